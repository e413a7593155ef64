"""How a model file of the writer's own is taken in: copied, or used where it lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from penwright.ui.model_desk import ModelDesk
from penwright.ui.notice import NoticeBar


class BringingIn(NoticeBar):
    """Asks in a line of the page; nobody has to answer at once."""

    def __init__(self, desk: ModelDesk, back_to: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(back_to, parent)
        self._desk = desk

    def choose_file(self) -> None:
        """Ask which file, with the platform's own dialog, and how."""
        name, _kind = QFileDialog.getOpenFileName(
            self, self.tr("Import a Model"), "", self.tr("Models (*.gguf)")
        )
        if name:
            self.ask_how([Path(name)])

    def ask_how(self, paths: list[Path]) -> None:
        """Ask whether these files are copied or used where they lie."""
        if len(paths) == 1:
            words = self.tr("Copy {0} into Penwright's folder, or use it where it lies?")
            words = words.format(paths[0].name)
        else:
            words = self.tr("Copy these {0} files into Penwright's folder, or use them where they lie?")
            words = words.format(len(paths))
        self.say(
            words,
            [
                (self.tr("Cop&y"), lambda: self._desk.bring_in(paths, copy=True)),
                (self.tr("&Use Where It Lies"), lambda: self._desk.bring_in(paths, copy=False)),
            ],
        )
        self.buttons[0].setFocus()


def models_in(event: QDropEvent) -> list[Path]:
    """Return the GGUF files that are dragged."""
    paths = (url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
    return [Path(path) for path in paths if path.lower().endswith(".gguf")]
