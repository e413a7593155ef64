"""What was asked ahead or is known still: the next suggestion, other candidates, the one just here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from seats import Seat

ALT = Qt.KeyboardModifier.AltModifier


def test_after_tab_the_next_is_there_at_once(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one two.", spare=[" Three four.", [" one two.", " five"]])
    sheet.type("A")
    sheet.wait_for(" one two.")
    sheet.settle(3)
    sheet.key(Qt.Key.Key_Tab)
    assert sheet.area.ghost_text == " Three four."
    assert [request.before for request in sheet.engine.visible] == ["A"]


def test_a_typo_taken_back_finds_the_suggestion_again(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one two", "yz")
    sheet.type("A")
    sheet.wait_for(" one two")
    sheet.type(" on")
    sheet.type("x")
    sheet.key(Qt.Key.Key_Backspace)
    sheet.wait_for("e two")
    assert len(sheet.engine.visible) == 2


def test_another_candidate_is_promoted_by_its_letters(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one two", spare=["", [" one two", " three", " five"]])
    sheet.type("A")
    sheet.wait_for(" one two")
    sheet.settle(3)
    sheet.type(" t")
    assert sheet.area.ghost_text == "hree"
    assert len(sheet.engine.visible) == 1


def test_the_caret_that_comes_back_finds_the_suggestion(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one")
    sheet.type("A")
    sheet.wait_for(" one")
    sheet.key(Qt.Key.Key_Left)
    assert sheet.area.ghost_text == ""
    sheet.key(Qt.Key.Key_Right)
    assert sheet.area.ghost_text == " one"
    sheet.key(Qt.Key.Key_Escape)
    sheet.key(Qt.Key.Key_Left)
    sheet.key(Qt.Key.Key_Right)
    assert sheet.area.ghost_text == "", "it was sent away"
    assert len(sheet.engine.visible) == 1


def test_coming_back_to_the_window_finds_the_suggestion(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one")
    sheet.type("A")
    sheet.wait_for(" one")
    sheet.area.clearFocus()
    assert sheet.area.ghost_text == ""
    sheet.area.setFocus()
    assert sheet.area.ghost_text == " one"


def test_a_menu_leaves_the_suggestion_where_it_is(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one")
    sheet.type("A")
    sheet.wait_for(" one")
    menu = QMenu(sheet.area)
    menu.addAction("Anything")
    menu.popup(sheet.area.mapToGlobal(sheet.area.rect().center()))
    sheet.qtbot.waitUntil(menu.isVisible)
    assert sheet.area.ghost_text == " one"
    menu.close()
    assert sheet.area.ghost_text == " one"
    sheet.area.activateWindow()  # the offscreen platform has made the menu the active window
    sheet.wait_for(" one")
    sheet.key(Qt.Key.Key_Tab)
    assert sheet.area.text() == "A one"


def test_candidates_are_cycled_in_place(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one", [" one", " two.", " three"], spare=[None])
    places: list[tuple[int, int]] = []
    sheet.suggesting.chosen.connect(lambda number, of: places.append((number, of)))
    sheet.type("A")
    sheet.wait_for(" one")
    sheet.engine.add("", "", spare=True)
    sheet.key(Qt.Key.Key_BracketRight, ALT)
    assert sheet.engine.visible[-1].candidates == 3
    sheet.wait_for(" two.")
    sheet.key(Qt.Key.Key_BracketRight, ALT)
    assert sheet.area.ghost_text == " three"
    sheet.key(Qt.Key.Key_BracketLeft, ALT)
    sheet.key(Qt.Key.Key_BracketLeft, ALT)
    assert sheet.area.ghost_text == " one"
    assert places == [(2, 3), (3, 3), (2, 3), (1, 3)]
    sheet.key(Qt.Key.Key_BracketLeft, ALT)
    sheet.key(Qt.Key.Key_Tab)
    assert sheet.area.text() == "A three"
    assert places[-1] == (0, 0)
    assert len(sheet.engine.visible) == 3, "first, candidates, and what follows the one taken"


def test_without_a_ghost_the_key_for_another_asks_for_one(seat: Callable[..., Seat]) -> None:
    sheet = seat([" one", " two"])
    sheet.suggesting.set_enabled(False)
    sheet.type("A")
    assert sheet.engine.requests == []
    sheet.key(Qt.Key.Key_BracketRight, ALT)
    sheet.wait_for(" one")
    assert sheet.area.text() == "A"
