"""Text streamed into the page: provisional, stopped at any moment, taken as one undo step or thrown away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.client import EngineClient
from penwright.engine.messages import Chunk, Ready
from penwright.engine.scripted import ScriptedEngine
from penwright.ui.provisional import Provisional
from penwright.ui.window import DeskWindow

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
OWN = "She closed the door and"
NEW = " went down to the river.\nIt was 😀 late, 夜深了。"
_LONG = 30_000  # milliseconds; the machine may be busy


def ready(template: str = "") -> Ready:
    return Ready(1, "m.gguf", "a model", 1, 1, 4096, 4096, 100, 1, 1.0, "", "", chat_template=template)


class Page:
    """A window, its provisional text, and a scripted engine that tells it when a test says so."""

    def __init__(self, desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
        self.desk, self.engine, self.qtbot = desk, engine, qtbot
        self.window: DeskWindow = desk.open_window()
        self.area = self.window.area
        self.provisional: Provisional = desk.seats[self.window].provisional
        self.window.activateWindow()
        self.area.setFocus()
        qtbot.waitUntil(self.area.hasFocus)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.area, key, held)

    def go_on(self, text: str = OWN) -> None:
        self.area.load_text(text)
        self.area.moveCursor(self.area.textCursor().MoveOperation.End)
        asked = len(self.engine.composes)
        self.key(Qt.Key.Key_Return, CONTROL | ALT)
        self.qtbot.waitUntil(lambda: len(self.engine.composes) == asked + 1)

    def bar_words(self) -> str:
        return self.provisional.bar.words.text()

    def shows(self, text: str) -> None:
        self.qtbot.waitUntil(lambda: self.area.draft_text == text)


@pytest.fixture
def page(qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[Page]:
    engines: list[ScriptedEngine] = []

    def start(listener: Callable[..., None]) -> ScriptedEngine:
        engines.append(ScriptedEngine(listener, at_once=False, model=ready()))
        return engines[-1]

    desk = Desk(qapp, Folders.under(tmp_path), catalogue, start, lambda: True)
    desk.rooms.engines.load()
    yield Page(desk, engines[0], qtbot)
    desk.close()


def test_what_the_model_did_not_see_is_told(page: Page) -> None:
    page.go_on("Nobody came, and the tea was cold. " * 150 + OWN)
    page.engine.stream(NEW)
    page.engine.finish()
    page.qtbot.waitUntil(lambda: "Only the last" in page.bar_words())
    (piece,) = page.engine.composes[0].pieces
    assert piece.text.endswith(OWN)
    assert f"Only the last {len(piece.text)} of 5273 characters" in page.bar_words()


def test_it_grows_in_the_page_and_is_taken_as_one_step(page: Page) -> None:
    page.go_on()
    assert page.engine.composes[0].pieces[0].text == OWN
    for at in range(0, len(NEW), 9):
        page.engine.stream(NEW[at : at + 9])
        page.shows(NEW[: at + 9])
        assert page.area.text() == OWN
    page.engine.finish()
    page.qtbot.waitUntil(lambda: not page.provisional.writing)
    assert page.area.text() == OWN and not page.area.document().isUndoAvailable()
    page.key(Qt.Key.Key_Return, CONTROL | SHIFT)
    assert page.area.text() == OWN + NEW
    assert page.area.draft_text == "" and page.provisional.bar.isHidden()
    page.qtbot.keyClicks(page.area, " x")
    page.area.undo()
    assert page.area.text() == OWN + NEW, "what was typed afterwards is a step of its own"
    page.area.undo()
    assert page.area.text() == OWN


def test_the_writer_goes_on_meanwhile(page: Page) -> None:
    page.go_on("First.\n" + OWN)
    page.engine.stream(NEW[:12])
    page.shows(NEW[:12])
    cursor = page.area.textCursor()
    cursor.setPosition(5)
    page.area.setTextCursor(cursor)
    page.qtbot.keyClicks(page.area, " line")
    page.engine.stream(NEW[12:])
    page.engine.finish()
    page.qtbot.waitUntil(lambda: not page.provisional.writing)
    assert page.area.textCursor().position() == 10
    page.key(Qt.Key.Key_Return, CONTROL | SHIFT)
    assert page.area.text() == "First line.\n" + OWN + NEW
    assert page.area.textCursor().position() == 10, "the caret stays the writer's"


def test_stop_keeps_what_is_there_and_nothing_comes_after(page: Page) -> None:
    page.go_on()
    page.engine.stream(" went down")
    page.shows(" went down")
    page.key(Qt.Key.Key_Escape)
    assert not page.provisional.writing
    assert page.engine.cancelled[-1] == page.engine.composes[0].id
    page.engine.tell(Chunk(page.engine.composes[0].id, " to nowhere"))
    page.qtbot.wait(60)
    assert page.area.draft_text == " went down"
    page.key(Qt.Key.Key_Return, CONTROL | SHIFT)
    assert page.area.text() == OWN + " went down"


def test_thrown_away_it_leaves_no_trace(page: Page) -> None:
    page.go_on()
    page.engine.stream(NEW)
    page.shows(NEW)
    page.key(Qt.Key.Key_Backspace, CONTROL | SHIFT)
    assert (page.area.text(), page.area.draft_text) == (OWN, "")
    assert not page.area.document().isModified() and not page.area.document().isUndoAvailable()
    assert page.area.hasFocus()


def test_an_engine_that_dies_mid_stream_leaves_the_text_and_says_so(page: Page) -> None:
    page.go_on()
    page.engine.stream(" went")
    page.shows(" went")
    page.engine.break_off()
    page.qtbot.waitUntil(lambda: not page.provisional.writing)
    assert page.area.text() == OWN
    assert "engine" in page.provisional.bar.words.text().lower()
    assert page.area.draft_text == " went", "what came stays, for the writer to decide"
    page.key(Qt.Key.Key_Backspace, CONTROL | SHIFT)
    page.go_on()
    page.engine.break_off()
    page.qtbot.waitUntil(lambda: not page.provisional.writing)
    assert page.area.text() == OWN and page.provisional.bar.isHidden()
    assert "engine" in page.window.notice.text.lower()


def test_another_text_or_a_closed_window_ends_it(page: Page) -> None:
    page.go_on()
    page.engine.stream(" went")
    page.shows(" went")
    page.area.load_text("Another.")
    assert not page.provisional.writing and page.provisional.bar.isHidden()
    assert page.engine.cancelled[-1] == page.engine.composes[0].id
    page.engine.tell(Chunk(page.engine.composes[0].id, " down"))
    page.qtbot.wait(60)
    assert (page.area.text(), page.area.draft_text) == ("Another.", "")
    page.go_on("More")
    page.engine.stream(" and more")
    page.shows(" and more")
    page.window.discard()
    QCoreApplication.sendPostedEvents()
    page.engine.tell(Chunk(page.engine.composes[-1].id, " still"))
    page.qtbot.wait(60)


def test_a_text_that_waits_is_not_written_over(page: Page) -> None:
    page.go_on()
    page.engine.stream(NEW)
    page.shows(NEW)
    page.engine.finish()
    page.qtbot.waitUntil(lambda: not page.provisional.writing)
    page.key(Qt.Key.Key_Return, CONTROL | ALT)
    assert len(page.engine.composes) == 1
    assert page.window.notice.text and page.area.draft_text == NEW
    page.qtbot.mouseClick(page.window.notice.buttons[0], Qt.MouseButton.LeftButton)
    assert page.area.text() == OWN + NEW


def test_nothing_to_go_on_with_and_nothing_written_are_said(page: Page) -> None:
    page.key(Qt.Key.Key_Return, CONTROL | ALT)
    assert page.window.notice.text and page.engine.composes == []
    page.go_on()
    page.engine.finish()
    page.qtbot.waitUntil(lambda: not page.provisional.writing)
    assert "nothing" in page.window.notice.text
    assert page.area.text() == OWN and page.provisional.bar.isHidden()


def test_after_a_space_there_is_no_second_one(page: Page) -> None:
    page.go_on("She ")
    assert page.engine.composes[0].pieces[0].text == "She"
    page.engine.stream(" went.")
    page.shows("went.")


def test_the_starter_writes_into_the_page_and_stops_at_once(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue
) -> None:
    desk = Desk(qapp, Folders.under(tmp_path), catalogue, EngineClient, lambda: True)
    desk.rooms.engines.load()
    try:
        window = desk.open_window()
        provisional = desk.seats[window].provisional
        window.activateWindow()
        qtbot.waitUntil(window.area.hasFocus)
        qtbot.waitUntil(lambda: desk.rooms.engines.ready is not None, timeout=_LONG)
        qtbot.keyClicks(window.area, "The old man walked along the river. He thought of")
        qtbot.keyClick(window.area, Qt.Key.Key_Return, CONTROL | ALT)
        qtbot.waitUntil(lambda: len(window.area.draft_text.split()) > 3, timeout=_LONG)
        qtbot.keyClicks(window.area, "x")
        begun = time.perf_counter()
        qtbot.keyClick(window.area, Qt.Key.Key_Escape)
        assert time.perf_counter() - begun < 1.0
        assert not provisional.writing
        kept = window.area.draft_text
        qtbot.wait(300)
        assert window.area.draft_text == kept
        own = window.area.text()
        qtbot.keyClick(window.area, Qt.Key.Key_Return, CONTROL | SHIFT)
        assert kept.strip() in window.area.text() and len(window.area.text()) == len(own) + len(kept)
        window.area.undo()
        assert window.area.text() == own
    finally:
        desk.close()
