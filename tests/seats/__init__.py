"""A sheet with suggestions of a scripted engine, so that each moment is the test's."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from penwright.core.gate import Eagerness
from penwright.engine.scripted import Script, ScriptedEngine
from penwright.ui.bridge import EngineBridge
from penwright.ui.editor.area import WritingArea
from penwright.ui.suggesting import Suggesting


@dataclass
class Seat:
    """A sheet, its suggestions and a scripted engine."""

    area: WritingArea
    suggesting: Suggesting
    engine: ScriptedEngine
    qtbot: QtBot

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.area, text)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.area, key, held)

    def settle(self, requests: int) -> None:
        """Wait until so many requests were asked and the answer to the last of them has arrived."""
        flow = self.suggesting.flow
        self.qtbot.waitUntil(
            lambda: len(self.engine.requests) == requests and flow.pending is None and flow.spare is None
        )

    def wait_for(self, ghost: str) -> None:
        self.qtbot.waitUntil(lambda: self.area.ghost_text == ghost, timeout=2000)


def seats(qtbot: QtBot) -> Callable[..., Seat]:
    """Return what makes a seat whose engine answers with the given texts."""

    def make(*texts: Script, spare: Sequence[Script] = (), at_once: bool = True) -> Seat:
        area = WritingArea()
        qtbot.addWidget(area)
        area.resize(800, 600)
        area.show()
        area.activateWindow()
        area.setFocus()
        qtbot.waitUntil(area.hasFocus)
        bridge = EngineBridge(area)
        engine = ScriptedEngine(bridge.post, texts, spare=spare, at_once=at_once)
        suggesting = Suggesting(area, engine, itertools.count(1).__next__)
        suggesting.set_eagerness(Eagerness.EAGER)
        bridge.happened.connect(suggesting.receive)
        return Seat(area, suggesting, engine, qtbot)

    return make
