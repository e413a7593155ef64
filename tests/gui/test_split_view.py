"""Two views of one text, with real keys in both."""

from __future__ import annotations

import itertools
import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penwright.ui.editor.area import WritingArea
from penwright.ui.split_view import SecondArea, SplitView
from penwright.ui.typist import press, press_key
from penwright.ui.window import DeskWindow

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
TEXT = "# One 😀\n\nSome words.\n\n# Two\n\nOther words."


@pytest.fixture
def split(desk: DeskWindow) -> SplitView:
    split = SplitView(halves=desk.halves, sides=desk.sides, commands=desk.commands, parent=desk)
    desk.area.load_text(TEXT)
    return split


@pytest.fixture
def second(split: SplitView, desk: DeskWindow, qtbot: QtBot) -> SecondArea:
    QTest.keyClick(desk, Key.Key_Backslash, CONTROL)
    assert split.second is not None
    qtbot.waitUntil(split.second.hasFocus)
    return split.second


def type_keys(area: WritingArea, text: str) -> None:
    for letter in text:
        press(area, letter)


def test_both_halves_write_one_text(split: SplitView, second: SecondArea, desk: DeskWindow) -> None:
    QTest.keyClick(second, Key.Key_End, CONTROL)
    type_keys(second, " More 𠮷")
    assert desk.area.text() == second.text() == TEXT + " More 𠮷"
    assert desk.area.document().isModified() and desk.isWindowModified()
    QTest.keyClick(desk, Key.Key_F6)
    assert desk.area.hasFocus()
    QTest.keyClick(desk.area, Key.Key_Home, CONTROL)
    type_keys(desk.area, "\n")
    assert second.text() == "\n" + TEXT + " More 𠮷"
    assert second.textCursor().atEnd(), "each half keeps its own caret"
    assert desk.area.height() < 400 and second.height() < 400


def test_steps_are_those_of_the_text(split: SplitView, second: SecondArea, desk: DeskWindow) -> None:
    type_keys(desk.area, "a")
    QTest.keyClick(second, Key.Key_End, CONTROL)
    type_keys(second, "b\nc")
    QTest.keyClick(second, Key.Key_Z, CONTROL)
    QTest.keyClick(second, Key.Key_Z, CONTROL)
    assert second.text() == desk.area.text() != "a" + TEXT + "b\nc"
    for _ in range(5):
        QTest.keyClick(second, Key.Key_Z, CONTROL)
    assert second.text() == desk.area.text() == TEXT
    for _ in range(5):
        desk.commands["edit.redo"].trigger()
    assert second.text() == desk.area.text() == "a" + TEXT + "b\nc"


def test_a_ghost_shows_in_its_own_half(split: SplitView, second: SecondArea, desk: DeskWindow) -> None:
    QTest.keyClick(second, Key.Key_End, CONTROL)
    second.show_ghost(" and more")
    assert second.ghost_text and not desk.area.ghost_text
    assert desk.area.text() == second.text() == TEXT
    second.insert_accepted(" and more")
    assert desk.area.text() == second.text() == TEXT + " and more"
    QTest.keyClick(second, Key.Key_Z, CONTROL)
    assert desk.area.text() == second.text() == TEXT


def test_another_text_comes_into_both(split: SplitView, second: SecondArea, desk: DeskWindow) -> None:
    desk.area.setReadOnly(True)
    assert second.isReadOnly()
    type_keys(second, "nobody")
    desk.area.load_text("Another text. 渡口")
    desk.area.setReadOnly(False)
    assert second.text() == "Another text. 渡口" and not second.isReadOnly()
    type_keys(second, "x")
    assert desk.area.text() == "xAnother text. 渡口"


def test_menus_serve_the_half_in_use(split: SplitView, second: SecondArea, desk: DeskWindow) -> None:
    desk.commands["edit.select_all"].trigger()
    assert second.textCursor().hasSelection() and not desk.area.textCursor().hasSelection()
    desk.commands["edit.cut"].trigger()
    assert desk.area.text() == second.text() == ""
    desk.commands["edit.paste"].trigger()
    assert desk.area.text() == second.text() == TEXT


def test_it_closes_and_turns(split: SplitView, second: SecondArea, desk: DeskWindow) -> None:
    QTest.keyClick(desk, Key.Key_Bar, CONTROL | SHIFT)
    desk.commands["view.split_beside"].trigger()
    assert split.second is second and second.parentWidget().x() > 0
    desk.commands["view.split_beside"].trigger()
    assert split.second is None and desk.area.hasFocus()
    assert not desk.commands["view.split"].isChecked()
    type_keys(desk.area, "still here")
    assert desk.area.text().startswith("still here")


@pytest.mark.parametrize("seed", range(3))
def test_random_keys_keep_both_alike(split: SplitView, second: SecondArea, desk: DeskWindow, seed) -> None:
    choice = random.Random(seed)
    halves = itertools.cycle((desk.area, second))
    moves = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End)
    for number in range(250):
        area = next(halves) if number % 7 == 0 else choice.choice((desk.area, second))
        what = choice.random()
        if what < 0.45:
            press(area, choice.choice("ab ,.\n渡é-*"))
        elif what < 0.55:
            area.insert_pasted(choice.choice(("𠮷", "x\ny\n", "😀 z", "- a\n- b")))
        elif what < 0.75:
            press_key(area, choice.choice(moves), choice.choice((Qt.KeyboardModifier.NoModifier, SHIFT)))
        elif what < 0.9:
            press_key(area, choice.choice((Key.Key_Backspace, Key.Key_Delete)))
        else:
            press_key(area, choice.choice((Key.Key_Z, Key.Key_Y)), CONTROL)
        assert desk.area.text() == second.text(), f"after {number} keys of seed {seed}"
