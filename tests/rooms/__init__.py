"""A whole window whose engines are scripted: it has a template for conversations, or only continues."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.messages import Compose, Ready
from penwright.engine.scripted import ScriptedEngine
from penwright.ui.rewriting import Rewriting

_LONG = 20_000  # milliseconds; the machine may be busy
CHAT = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}\n{% endfor %}<|assistant|>"


class Room:
    """A window whose writing model is scripted: it has a template for conversations, or none."""

    def __init__(
        self, qapp: QApplication, folder: Path, catalogue: Catalogue, qtbot: QtBot, template: str
    ) -> None:
        self.engines: list[ScriptedEngine] = []
        self.qtbot = qtbot
        model = Ready(1, "m", "", 1, 1, 4096, 4096, 1, 1, 1.0, "", "", chat_template=template)

        def start(listener: Callable[..., None]) -> ScriptedEngine:
            self.engines.append(ScriptedEngine(listener, at_once=False, model=model, room=100_000))
            return self.engines[-1]

        self.desk = Desk(qapp, Folders.under(folder), catalogue, start, lambda: True)
        self.desk.rooms.engines.load()
        self.window = self.desk.open_window()
        self.area = self.window.area
        seat = self.desk.seats[self.window]
        self.rewriting: Rewriting = seat.rewriting
        self.review, self.styles = seat.review, seat.styles
        self.window.activateWindow()
        self.area.setFocus()
        qtbot.waitUntil(self.area.hasFocus)

    @property
    def engine(self) -> ScriptedEngine:
        return self.engines[0]

    def load(self, text: str, start: int | None = None, end: int | None = None) -> None:
        self.area.load_text(text)
        if start is not None:
            cursor = self.area.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end if end is not None else start, QTextCursor.MoveMode.KeepAnchor)
            self.area.setTextCursor(cursor)

    def choose(self, name: str) -> None:
        self.window.commands[f"write.rewrite.{name}"].trigger()

    def asked(self, count: int) -> Compose:
        self.qtbot.waitUntil(lambda: len(self.engine.composes) == count, timeout=_LONG)
        return self.engine.composes[-1]

    def answer(self, text: str, stop: str = "end") -> None:
        self.engine.stream(text)
        self.engine.finish(stop)

    def reviewed(self) -> None:
        self.qtbot.waitUntil(lambda: self.review.active, timeout=_LONG)

    def idle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.rewriting.busy, timeout=_LONG)
