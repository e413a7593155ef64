"""A sentence of the writing model's: asked with Ctrl+Enter, shown like a suggestion, stopped by typing on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, bundled_model
from penwright.engine.api import Phase, Status
from penwright.engine.client import EngineClient
from penwright.engine.scripted import ScriptedEngine
from penwright.storage.settings_file import SettingsFile
from penwright.ui.suggesting import SENTENCE_TOKENS
from penwright.ui.typist import press
from penwright.ui.window import DeskWindow

SENTENCE = " went down to the river and waited there."


class Room:
    """A desk with two scripted engines: the first suggests, the second writes. Neither answers by itself."""

    def __init__(self, application: QApplication, folder: Path, catalogue: Catalogue) -> None:
        self.engines: list[ScriptedEngine] = []
        self.desk = Desk(application, Folders.under(folder), catalogue, self._start, lambda: True)

    def _start(self, listener: Callable[..., None]) -> ScriptedEngine:
        texts = [SENTENCE] * 3 if self.engines else []
        self.engines.append(ScriptedEngine(listener, texts, at_once=False))
        return self.engines[-1]


@pytest.fixture
def room(qapp: QApplication, tmp_path: Path, catalogue: Catalogue) -> Iterator[Room]:
    made = Room(qapp, tmp_path, catalogue)
    yield made
    made.desk.close()


def focused(desk: Desk, qtbot: QtBot) -> DeskWindow:
    window = desk.open_window()
    desk.furnish()
    window.activateWindow()
    window.area.setFocus()
    qtbot.waitUntil(window.area.hasFocus)
    return window


def go_on(window: DeskWindow, qtbot: QtBot) -> None:
    """Press Ctrl+Enter, which is the menu's."""
    qtbot.keyClick(window.area, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_the_second_engine_writes_the_sentence(room: Room, qtbot: QtBot, tmp_path: Path) -> None:
    window = focused(room.desk, qtbot)
    room.desk.rooms.engines.load()
    window.writing_model_chosen.emit(bundled_model())
    assert SettingsFile(Folders.under(tmp_path).config).load()[0].writing_model == str(bundled_model())
    assert len(room.engines) == 1, "it is not started before it is asked"
    for letter in "She":
        press(window.area, letter)
    go_on(window, qtbot)
    assert window.area.text() == "She", "the key writes nothing"
    asked = room.engines[1].requests
    assert [(request.before, request.max_tokens, request.patient) for request in asked] == [
        ("She", SENTENCE_TOKENS, True)
    ]
    assert room.engines[1].loads[0].held == bundled_model().stat().st_size
    room.engines[1].answer()
    qtbot.waitUntil(lambda: window.area.ghost_text == SENTENCE)
    qtbot.keyClick(window.area, Qt.Key.Key_Tab)
    assert window.area.text() == "She" + SENTENCE
    window.area.undo()
    assert window.area.text() == "She", "it is one step"


def test_typing_on_stops_it(room: Room, qtbot: QtBot) -> None:
    window = focused(room.desk, qtbot)
    room.desk.rooms.engines.load()
    window.writing_model_chosen.emit(bundled_model())
    press(window.area, "A")
    go_on(window, qtbot)
    request = room.engines[1].requests[0].id
    press(window.area, "x")
    qtbot.waitUntil(lambda: request in room.engines[1].cancelled)
    room.engines[1].answer()
    qtbot.wait(30)
    assert window.area.ghost_text == ""


def test_without_one_the_suggesting_model_writes_it(room: Room, qtbot: QtBot) -> None:
    window = focused(room.desk, qtbot)
    room.desk.rooms.engines.load()
    window.writing_model_chosen.emit(bundled_model())
    window.writing_model_chosen.emit(None)
    press(window.area, "A")
    go_on(window, qtbot)
    assert len(room.engines) == 1
    assert room.engines[0].requests[-1].max_tokens == SENTENCE_TOKENS


def test_what_it_does_is_said_and_what_is_wrong_too(room: Room, qtbot: QtBot) -> None:
    window = focused(room.desk, qtbot)
    room.desk.rooms.engines.load()
    window.writing_model_chosen.emit(bundled_model())
    press(window.area, "A")
    go_on(window, qtbot)
    writer = room.engines[1]
    writer.tell(Status(Phase.LOADING))
    qtbot.waitUntil(lambda: "reading the writing model in" in window.status_line.texts())
    values = {"path": "big.gguf", "needed_mb": 9000, "free_mb": 12}
    writer.tell(Status(Phase.REFUSED, 0, "engine.no_memory", values))
    qtbot.waitUntil(lambda: "9000" in window.notice.text)
    assert "reading the writing model in" not in window.status_line.texts()


def test_a_file_that_is_no_model_is_told(room: Room, qtbot: QtBot, tmp_path: Path) -> None:
    window = focused(room.desk, qtbot)
    room.desk.rooms.engines.load()
    (tmp_path / "no.gguf").write_text("no model")
    window.writing_model_chosen.emit(tmp_path / "no.gguf")
    assert "no.gguf" in window.notice.text
    assert not room.desk.rooms.engines.writer.taken


def test_two_real_models_side_by_side(
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    catalogue: Catalogue,
    shape: Callable[..., Path],
) -> None:
    desk = Desk(qapp, Folders.under(tmp_path), catalogue, EngineClient, lambda: True)
    window = focused(desk, qtbot)
    desk.rooms.engines.load()
    qtbot.waitUntil(lambda: desk.rooms.engines.ready is not None, timeout=30_000)
    window.writing_model_chosen.emit(shape("llama", kind="Q8_0"))
    for letter in "She closed the":
        press(window.area, letter)
    go_on(window, qtbot)
    qtbot.waitUntil(lambda: bool(window.area.ghost_text), timeout=30_000)
    assert desk.rooms.engines.writer.engine.awake
    desk.close()
