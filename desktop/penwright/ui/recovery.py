"""Brings back what a crash left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from penwright.storage.documents import Documents
from penwright.storage.journal.recovering import Recovered, recovered
from penwright.ui.background import Errands
from penwright.ui.commands import Commands, Place
from penwright.ui.dialogs.recovery import RecoveryDialog
from penwright.ui.guard import Guard
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow


class Recovery(QObject):
    """Offers the journals that earlier runs left. looked(int): so many texts were found."""

    looked = Signal(int)

    def __init__(
        self,
        guard: Guard,
        *,
        themes: Themes,
        errands: Errands,
        windows: Callable[[], Iterable[DeskWindow]],
        open_window: Callable[[], DeskWindow],
        parent: QObject | None = None,
    ) -> None:
        """windows: that are open. open_window: one with an empty page."""
        super().__init__(parent)
        self._themes, self._errands = themes, errands
        self._windows, self._open_window = windows, open_window
        self._guard = guard
        self.dialog: RecoveryDialog | None = None

    def add_commands(self, commands: Commands, window: DeskWindow) -> None:
        """Add the command that shows what earlier runs left."""
        words = self.tr("&Recovered Texts…")
        commands.add(Place.FILE, "recovered", words, lambda: self.look(window, asked=True), before="close")

    def look(self, window: DeskWindow, *, asked: bool = False) -> None:
        """Look for texts that earlier runs left, and offer them. asked: say so if there are none."""

        def found(ones: list[Recovered]) -> None:
            self.looked.emit(len(ones))
            if ones:
                self._offer(ones, window)
            elif asked:
                window.show_notice(self.tr("There is nothing to recover."))

        self._errands.do(self, lambda: recovered(self._guard.sitting, Documents()), found, self._guard.failed)

    def take(self, one: Recovered) -> None:
        """Show a recovered text in a window; its journal goes once that window's own has it."""
        if one.text is None:
            return
        window = self._window_for(one)
        if not window.filing.take_back(one.as_file(), one.text):
            return
        window.activateWindow()

        def settle() -> None:
            if self._guard.writer.flush():
                one.left.delete()

        if self._guard.guarding:  # else it stays until the text is safe in its file
            self._errands.do(self, settle, failed=self._guard.failed)
        self._decided(one)

    def drop(self, one: Recovered) -> None:
        """Throw a recovered text away."""
        self._errands.do(self, one.left.delete, failed=self._guard.failed)
        self._decided(one)

    def forget(self, path: Path) -> None:
        """Delete what earlier runs left of the text at `path`; it waits for the disk and raises OSError."""
        for left in self._guard.sitting.left():
            if left.read().about.path == str(path.absolute()):
                left.delete()

    def _offer(self, ones: list[Recovered], window: QWidget) -> None:
        if self.dialog is None:
            dialog = self.dialog = RecoveryDialog(self._errands, self._themes, window)
            dialog.taken.connect(self.take)
            dialog.dropped.connect(self.drop)
            dialog.destroyed.connect(self._gone)
        self.dialog.offer(ones)
        self.dialog.show()
        self.dialog.activateWindow()

    def _window_for(self, one: Recovered) -> DeskWindow:
        for window in self._windows():
            path = window.filing.path
            same = path is not None and path.absolute() == one.path
            if same and not window.filing.busy and not window.area.document().isModified():
                return window
        for window in self._windows():
            if window.filing.untouched:
                return window
        return self._open_window()

    def _decided(self, one: Recovered) -> None:
        if self.dialog is not None:
            self.dialog.remove(one)

    def _gone(self) -> None:
        self.dialog = None
