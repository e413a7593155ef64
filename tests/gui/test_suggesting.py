"""Suggestions on a sheet, driven by real key events; the engine is scripted, so that each moment is ours."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from penwright.core.answer import Answer
from penwright.core.fate import Fate, Told
from penwright.core.gate import Eagerness
from penwright.engine.messages import Done, Failed, Ready
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


@pytest.fixture
def seat(qtbot: QtBot) -> Iterator[Callable[..., Seat]]:
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
