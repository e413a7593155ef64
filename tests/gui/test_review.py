"""The review in the page, with real keys and the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from penwright.base.paths import resources
from penwright.core.diff import changes
from penwright.core.reviewing import Verdict
from penwright.ui.review import Review
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow

OLD = "First line stays.\nThe cat sat 😀 on the mat.\nIt were a fine day.\nLast line stays."
NEW = "First line stays.\nThe dog sat 😀 on the rug.\nIt was a fine day.\nLast line stays."
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def review(desk: DeskWindow, qtbot: QtBot) -> Review:
    desk.area.load_text(OLD)
    return Review(desk.halves, Themes.from_folder(resources() / "themes"), desk.commands)


@pytest.fixture
def begun(review: Review, qtbot: QtBot) -> Review:
    review.begin(changes(OLD, NEW))
    qtbot.waitUntil(review.sheet.hasFocus)
    return review


def shown(review: Review) -> str:
    return review.sheet.toPlainText()


def test_both_sides_are_shown_and_the_text_is_untouched(begun: Review, desk: DeskWindow) -> None:
    assert shown(begun).splitlines()[1:3] == ["The catdog sat 😀 on the matrug.", "It werewas a fine day."]
    assert desk.area.text() == OLD
    assert not desk.area.document().isModified()
    struck, underlined = formats_of(begun, "cat"), formats_of(begun, "dog")
    assert struck.fontStrikeOut() and not struck.fontUnderline()
    assert underlined.fontUnderline() and not underlined.fontStrikeOut()
    assert struck.foreground().color() != underlined.foreground().color()
    assert begun.words == "1 of 3 · “cat” becomes “dog”"


def formats_of(review: Review, words: str):
    cursor = review.sheet.document().find(words)
    cursor.setPosition(cursor.selectionStart() + 1)
    return cursor.charFormat()


def test_keys_accept_and_reject_and_the_outcome_is_one_undo_step(
    begun: Review, desk: DeskWindow, qtbot: QtBot
) -> None:
    ended = QSignalSpy(begun.ended)
    sheet = begun.sheet
    qtbot.keyClick(sheet, Qt.Key.Key_Return)  # cat -> dog
    qtbot.keyClick(sheet, Qt.Key.Key_Delete)  # mat stays
    assert "The dog sat 😀 on the mat." in shown(begun)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)  # were -> was
    assert desk.area.text() == OLD, "nothing is taken before the end"
    qtbot.keyClick(sheet, Qt.Key.Key_Return)  # all decided
    mixed = OLD.replace("cat", "dog").replace("were", "was")
    assert desk.area.text() == mixed
    assert list(ended.at(0)) == [2, 3]
    assert desk.area.hasFocus() and not begun.active
    qtbot.keyClick(desk.area, Qt.Key.Key_Z, CONTROL)
    assert desk.area.text() == OLD
    desk.area.redo()
    assert desk.area.text() == mixed


def test_typing_afterwards_is_a_step_of_its_own(begun: Review, desk: DeskWindow, qtbot: QtBot) -> None:
    begun.take_all(Verdict.ACCEPTED)
    assert desk.area.text() == NEW
    qtbot.keyClicks(desk.area, "x")
    desk.area.undo()
    assert desk.area.text() == NEW
    desk.area.undo()
    assert desk.area.text() == OLD


def test_next_previous_and_thinking_it_over(begun: Review, desk: DeskWindow, qtbot: QtBot) -> None:
    sheet = begun.sheet
    qtbot.keyClick(sheet, Qt.Key.Key_Tab)
    assert begun.words.startswith("2 of 3")
    qtbot.keyClick(sheet, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(sheet, Qt.Key.Key_Up)
    assert begun.words.startswith("3 of 3")
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    qtbot.keyClick(sheet, Qt.Key.Key_Up)
    assert begun.words.endswith("accepted")
    qtbot.keyClick(sheet, Qt.Key.Key_Backspace)
    assert "It were a fine" in shown(begun)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert desk.area.text() == OLD


def test_escape_leaves_everything_as_it_was(begun: Review, desk: DeskWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(begun.sheet, Qt.Key.Key_Return)
    qtbot.keyClick(begun.sheet, Qt.Key.Key_Escape)
    assert desk.area.text() == OLD
    assert not desk.area.document().isModified() and not desk.area.document().isUndoAvailable()
    assert desk.area.hasFocus()


def test_letters_change_nothing(begun: Review, desk: DeskWindow, qtbot: QtBot) -> None:
    before = shown(begun)
    qtbot.keyClicks(begun.sheet, "abc 1")
    assert (shown(begun), desk.area.text()) == (before, OLD)


def test_the_mouse_chooses_and_the_buttons_decide(begun: Review, desk: DeskWindow, qtbot: QtBot) -> None:
    start, _end = begun.sheet.place(1)
    cursor = begun.sheet.textCursor()
    cursor.setPosition(start + 1)
    where = begun.sheet.cursorRect(cursor).center()
    qtbot.mouseClick(begun.sheet.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert begun.words.startswith("2 of 3")
    for words in ("Accept", "Done"):
        button = next(one for one in desk.findChildren(QPushButton) if one.text() == words)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.area.text() == OLD.replace("mat", "rug")


def test_an_edit_meanwhile_moves_the_changes_and_drops_the_touched_one(
    begun: Review, desk: DeskWindow, qtbot: QtBot
) -> None:
    lapsed = QSignalSpy(begun.lapsed)
    qtbot.keyClick(begun.sheet, Qt.Key.Key_Return)
    for place, put in ((OLD.index("mat") + 1 + 1, "oo"), (0, "New first. ")):  # the emoji is two units
        cursor = desk.area.textCursor()
        cursor.setPosition(place)
        cursor.insertText(put)
    assert list(lapsed.at(0)) == [1]
    begun.take_all(Verdict.ACCEPTED)
    assert desk.area.text() == "New first. " + NEW.replace("rug", "mooat")


def test_another_text_ends_the_review(begun: Review, desk: DeskWindow) -> None:
    desk.area.load_text("Another.")
    assert not begun.active
    assert desk.area.text() == "Another."


def test_paragraph_ends_that_go_are_seen_and_go(review: Review, desk: DeskWindow, qtbot: QtBot) -> None:
    desk.area.load_text("one\ntwo\nthree")
    review.begin(changes("one\ntwo\nthree", "one\nthree"))
    assert shown(review) == "one\ntwo¶\nthree"
    qtbot.waitUntil(review.sheet.hasFocus)
    qtbot.keyClick(review.sheet, Qt.Key.Key_Return)
    assert shown(review) == "one\nthree"
    qtbot.keyClick(review.sheet, Qt.Key.Key_Return)
    assert desk.area.text() == "one\nthree"


def test_commands_only_during_a_review(review: Review, desk: DeskWindow) -> None:
    action = desk.commands["write.review_accept"]
    assert not action.isEnabled()
    review.begin(changes(OLD, NEW))
    assert action.isEnabled()
    action.trigger()
    assert "The dog sat" in shown(review)
    review.leave()
    assert not action.isEnabled()


def test_no_changes_end_at_once(review: Review, desk: DeskWindow) -> None:
    ended = QSignalSpy(review.ended)
    review.begin(())
    assert list(ended.at(0)) == [0, 0]
    assert not review.active
