"""Two sheets get the same random keys; on one, suggestions come and go. Text, caret and selection stay alike.

Whatever a ghost is in the way of shows here: a letter lost or doubled, a caret that lands elsewhere, an undo
that takes back something else. The seed of a run is printed when it fails.
"""

from __future__ import annotations

import itertools
import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.core.answer import Answer
from penwright.core.gate import Eagerness
from penwright.core.suggestion import Suggestion
from penwright.core.take import Take
from penwright.engine.messages import Done, Request
from penwright.engine.scripted import ScriptedEngine
from penwright.ui.editor.area import WritingArea
from penwright.ui.suggesting import Suggesting

_Key = Qt.Key
_NONE, _SHIFT, _CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
TAKES = {
    (_Key.Key_Tab, _NONE): Take.ALL,
    (_Key.Key_Right, _CTRL): Take.WORD,
    (_Key.Key_Down, _CTRL): Take.SENTENCE,
}
MOVES = (_Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down, _Key.Key_Home, _Key.Key_End)
ERASERS = (_Key.Key_Backspace, _Key.Key_Delete)
GHOSTS = (
    " one two. Three",
    "and so",
    " 😀 done.",
    "渡口的灯。",
    ", or not",
    "e",
    " a b c d e f g h i j k l m n o p q r s t",
)
LETTERS = "abcde ,.\n渡口é😀"


class _Eager(ScriptedEngine):
    """Answers each request at once with one of GHOSTS."""

    def __init__(self, choice: random.Random, area: WritingArea) -> None:
        super().__init__(lambda _event: None)
        self._choice = choice
        self._area = area
        self.suggesting: Suggesting | None = None

    def ask(self, request: Request) -> None:
        text = self._choice.choice(GHOSTS)
        ends = tuple(range(1, len(text) + 1))
        self.waiting = Done(request.id, (Answer(text, ends, (-0.001,) * len(text)),), 1)

    def deliver(self) -> None:
        waiting, self.waiting = self.waiting, None
        if waiting is not None and self.suggesting is not None:
            self.suggesting.receive(waiting)

    waiting: Done | None = None


def _sheet(qtbot: QtBot) -> WritingArea:
    area = WritingArea()
    qtbot.addWidget(area)
    area.resize(420, 400)
    area.show()
    return area


def _state(area: WritingArea) -> tuple[str, int, int]:
    cursor = area.textCursor()
    return area.text(), cursor.position(), cursor.anchor()


def _step(choice: random.Random, sheet: WritingArea, twin: WritingArea) -> str:
    """Do one random thing to both; return what it was."""
    what = choice.random()
    both = (sheet, twin)
    if what < 0.5:
        letter = choice.choice(LETTERS)
        for area in both:
            if letter == "\n":
                QTest.keyClick(area, _Key.Key_Return)
            elif letter.isascii():
                QTest.keyClicks(area, letter)
            else:
                commit = QInputMethodEvent()
                commit.setCommitString(letter)
                QApplication.sendEvent(area, commit)
        return f"type {letter!r}"
    if what < 0.72:
        key, held = choice.choice((*TAKES, (_Key.Key_Escape, _NONE)))
        ghost = sheet.ghost_text
        QTest.keyClick(sheet, key, held)
        if not ghost:
            QTest.keyClick(twin, key, held)
        elif (key, held) in TAKES:
            twin.insert_accepted(Suggestion(0, ghost).take(TAKES[key, held])[0])
        return f"{key.name} with {ghost!r}"
    if what < 0.84:
        key, held = choice.choice(MOVES), choice.choice((_NONE, _NONE, _SHIFT, _CTRL))
        if (key, held) in TAKES:
            held = _NONE
        for area in both:
            QTest.keyClick(area, key, held)
        return f"{held.name} {key.name}"
    if what < 0.92:
        key, held = choice.choice(ERASERS), choice.choice((_NONE, _NONE, _CTRL))
        for area in both:
            QTest.keyClick(area, key, held)
        return f"{held.name} {key.name}"
    if what < 0.97:
        back = choice.random() < 0.7
        for area in both:
            (area.undo if back else area.redo)()
        return "undo" if back else "redo"
    for letters in ("ni", "", "ni"):
        for area in both:
            QApplication.sendEvent(area, QInputMethodEvent(letters, []))
    for area in both:
        commit = QInputMethodEvent()
        commit.setCommitString("你")
        QApplication.sendEvent(area, commit)
    return "compose"


def _run(qtbot: QtBot, seed: int, steps: int) -> None:
    choice = random.Random(seed)
    sheet, twin = _sheet(qtbot), _sheet(qtbot)
    sheet.activateWindow()
    sheet.setFocus()
    qtbot.waitUntil(sheet.hasFocus)
    engine = _Eager(choice, sheet)
    clock = itertools.count()  # each look is a second later: no pause holds anything back
    engine.suggesting = Suggesting(sheet, engine, itertools.count(1).__next__, clock.__next__)
    engine.suggesting.set_eagerness(Eagerness.ALWAYS)
    shown = 0
    for step in range(steps):
        did = _step(choice, sheet, twin)
        if choice.random() < 0.8:
            engine.deliver()
        shown += bool(sheet.ghost_text)
        assert _state(sheet) == _state(twin), f"seed {seed}, step {step}: {did}"
        if step % 50 == 0:
            QApplication.processEvents()
    assert shown > steps / 10, "suggestions were to be in the way"


@pytest.mark.parametrize("seed", range(3))
def test_suggestions_change_nothing_but_what_is_accepted(qtbot: QtBot, seed: int) -> None:
    _run(qtbot, seed, 400)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_suggestions_change_nothing_in_a_long_run(qtbot: QtBot, seed: int) -> None:
    _run(qtbot, seed, 3000)
