"""Suggestions on a sheet, driven by real key events; the engine is scripted, so that each moment is ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtWidgets import QApplication

from penwright.core.answer import Answer
from penwright.core.fate import Fate, Told
from penwright.engine.messages import Done, Failed, Ready
from seats import Seat

ALT = Qt.KeyboardModifier.AltModifier


def test_typing_brings_a_suggestion(seat: Callable[..., Seat]) -> None:
    sheet = seat("", "", "", " decided to meet.")
    sheet.type("They")
    sheet.wait_for(" decided to meet.")
    assert sheet.area.text() == "They"
    assert [request.before for request in sheet.engine.visible] == ["T", "Th", "The", "They"]


def test_typing_through_asks_nothing_of_the_engine(seat: Callable[..., Seat]) -> None:
    sheet = seat(" decided to meet.")
    sheet.type("X")
    sheet.wait_for(" decided to meet.")
    sheet.type(" decided")
    assert sheet.area.ghost_text == " to meet."
    assert sheet.area.text() == "X decided"
    assert len(sheet.engine.visible) == 1


def test_another_letter_takes_it_away_and_asks_anew(seat: Callable[..., Seat]) -> None:
    sheet = seat(" decided")
    sheet.type("X")
    sheet.wait_for(" decided")
    sheet.type("y")
    assert sheet.area.ghost_text == ""
    assert len(sheet.engine.visible) == 2


@pytest.mark.parametrize(
    ("key", "held", "text", "rest"),
    [
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier, "A one two. Three", ""),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, "A one", " two. Three"),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier, "A one two.", " Three"),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "A", ""),
    ],
)
def test_accepting_keys(
    seat: Callable[..., Seat], key: Qt.Key, held: Qt.KeyboardModifier, text: str, rest: str
) -> None:
    sheet = seat(" one two. Three")
    sheet.type("A")
    sheet.wait_for(" one two. Three")
    sheet.key(key, held)
    assert sheet.area.text() == text
    assert sheet.area.ghost_text == rest


def test_one_accept_is_one_undo_and_the_next_is_asked(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one two.")
    sheet.type("A")
    sheet.wait_for(" one two.")
    sheet.key(Qt.Key.Key_Tab)
    assert [(request.before, request.spare) for request in sheet.engine.requests[:2]] == [
        ("A", False),
        ("A one two.", True),
    ]
    sheet.type("b")
    sheet.area.undo()
    assert sheet.area.text() == "A one two."
    sheet.area.undo()
    assert sheet.area.text() == "A"


def test_keys_mean_what_they_always_mean_without_a_ghost(seat: Callable[..., Seat]) -> None:
    sheet = seat()
    sheet.type("one two")
    sheet.key(Qt.Key.Key_Home)
    sheet.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert sheet.area.textCursor().position() == 4
    sheet.key(Qt.Key.Key_Tab)
    assert sheet.area.text() == "one \ttwo"


def test_stale_answer_with_a_wrong_id_is_dropped(seat: Callable[..., Seat]) -> None:
    sheet = seat(at_once=False)
    sheet.type("A")
    sheet.engine.tell(Done(999, (Answer(" one", (4,), (-0.01,)),), 1))
    sheet.qtbot.wait(80)
    assert sheet.area.ghost_text == ""


def test_stale_answer_to_an_older_revision_is_dropped(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one", at_once=False)
    sheet.type("Ab")
    sheet.engine.answer(0)
    sheet.qtbot.wait(80)
    assert sheet.area.ghost_text == ""


def test_stale_answer_to_another_document_is_dropped(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one", at_once=False)
    sheet.type("A")
    sheet.area.load_text("A")
    sheet.engine.answer(0)
    sheet.qtbot.wait(80)
    assert sheet.area.ghost_text == ""


def test_composition_starts_no_suggestion_and_clears_a_shown_one(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one")
    sheet.type("A")
    sheet.wait_for(" one")
    QApplication.sendEvent(sheet.area, QInputMethodEvent("ni", []))
    assert sheet.area.ghost_text == ""
    assert len(sheet.engine.visible) == 1
    commit = QInputMethodEvent()
    commit.setCommitString("你")
    QApplication.sendEvent(sheet.area, commit)
    assert sheet.area.text() == "A你"
    assert sheet.engine.visible[-1].before == "A你"
    assert len(sheet.engine.visible) == 2


def test_undo_and_paste_ask_nothing(seat: Callable[..., Seat]) -> None:
    sheet = seat()
    sheet.type("A")
    QApplication.clipboard().setText(" pasted")
    sheet.area.paste()
    sheet.area.undo()
    assert len(sheet.engine.visible) == 1


def test_what_was_lost_with_the_engine_is_asked_again(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one", at_once=False)
    sheet.type("A")
    sheet.engine.tell(Failed(sheet.engine.visible[0].id, "engine.ended"))
    sheet.engine.tell(Ready(1, "", "", 0, 0, 256, 256, 10, 1, 1.0, "", ""))
    sheet.qtbot.waitUntil(lambda: len(sheet.engine.visible) == 2)
    sheet.engine.answer()
    sheet.wait_for(" one")


def test_switched_off_it_answers_only_when_asked(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one")
    sheet.suggesting.set_enabled(False)
    sheet.type("A")
    assert sheet.engine.visible == []
    sheet.key(Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    sheet.wait_for(" one")
    assert sheet.area.text() == "A"


def test_losing_the_focus_takes_the_ghost_away(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one")
    sheet.type("A")
    sheet.wait_for(" one")
    sheet.area.clearFocus()
    assert sheet.area.ghost_text == ""


def test_in_mid_sentence_it_pushes_the_rest_along(seat: Callable[..., Seat]) -> None:
    sheet = seat()
    sheet.type("They it.")
    for _ in range(4):
        sheet.key(Qt.Key.Key_Left)
    sheet.engine.add("have")
    sheet.type(" ")
    sheet.wait_for("have")
    assert sheet.area.text() == "They  it."
    block = sheet.area.document().firstBlock()
    assert block.layout().preeditAreaPosition() == 5
    assert block.layout().preeditAreaText().endswith("have")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_answers_out_of_order(seat: Callable[..., Seat], order: tuple[int, int]) -> None:
    sheet = seat("s were", at_once=False)
    sheet.type("A")
    sheet.type("s")
    sheet.engine.add(" he")
    for index in order:
        sheet.engine.answer(index)
    # The first text goes to whichever answers first; it has to fit where it was asked.
    sheet.wait_for(" were" if order[0] == 0 else "s were")


def test_an_answer_that_never_comes_delays_nothing(seat: Callable[..., Seat]) -> None:
    sheet = seat(None, " one", spare=[None])
    sheet.type("Ab")
    sheet.wait_for(" one")
    sheet.key(Qt.Key.Key_Tab)
    assert sheet.area.text() == "Ab one"
    assert [request.before for request in sheet.engine.visible] == ["A", "Ab", "Ab one"]


def test_a_failed_request_leaves_the_sheet_as_it_is(seat: Callable[..., Seat]) -> None:
    sheet = seat(at_once=False)
    sheet.type("A")
    sheet.engine.fail(key="engine.evaluation_failed")
    sheet.type("b")
    sheet.engine.fail()
    sheet.engine.add(" one")
    sheet.type("c")
    sheet.engine.answer()
    sheet.wait_for(" one")


def test_on_battery_it_asks_once_the_writer_pauses(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one")
    sheet.suggesting.set_on_battery(True)
    sheet.type("They")
    assert sheet.engine.requests == []
    sheet.wait_for(" one")
    sheet.qtbot.wait(50)
    assert [(request.before, request.spare) for request in sheet.engine.requests] == [("They", False)]


def test_idle_it_asks_nothing(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one two", spare=[" three", [" one two"]])
    sheet.type("A")
    sheet.wait_for(" one two")
    sheet.settle(3)
    sheet.qtbot.wait(300)
    assert len(sheet.engine.requests) == 3


def test_a_screen_reader_says_it_only_when_asked(
    seat: Callable[..., Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    sheet = seat(" one two")
    sheet.type("A")
    sheet.wait_for(" one two")
    assert said == []
    sheet.key(Qt.Key.Key_Slash, ALT)
    assert said == ["one two"]
    sheet.key(Qt.Key.Key_Escape)
    sheet.key(Qt.Key.Key_Slash, ALT)
    assert said == ["one two", "No suggestion"]
    assert sheet.area.text() == "A"


def test_what_became_of_a_suggestion_is_told(seat: Callable[..., Seat]) -> None:
    sheet = seat(" one two")
    told: list[Told] = []
    sheet.suggesting.told.connect(told.append)
    sheet.type("A")
    sheet.wait_for(" one two")
    sheet.type(" o")
    sheet.key(Qt.Key.Key_Tab)
    assert [(one.fate, one.typed, one.taken, one.kept.at.before) for one in told[:1]] == [
        (Fate.TAKEN, 2, 6, "A")
    ]
