"""Suggestions with the real engine and the starter, and real key events: what is asked, and what shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.api import Event
from penwright.engine.client import EngineClient
from penwright.engine.messages import Done, Failed, Request
from penwright.ui.window import DeskWindow

PASSAGE = "She closed the door and looked out of the wind"
_LONG = 30_000  # milliseconds; the machine may be busy


class _Recorded(EngineClient):
    """The real engine, and a record of what was asked of it and how it ended."""

    def __init__(self, listener: Callable[[Event], None]) -> None:
        self.requests: list[Request] = []
        self.ends: list[int] = []

        def hear(event: Event) -> None:
            if isinstance(event, Done | Failed):
                self.ends.append(event.id)
            listener(event)

        super().__init__(hear)

    def ask(self, request: Request) -> None:
        self.requests.append(request)
        super().ask(request)

    @property
    def visible(self) -> list[Request]:
        return [request for request in self.requests if not request.spare]

    def asked_beside(self, before: str) -> bool:
        """Whether the candidates at this place were asked for."""
        return any(each.spare and each.candidates > 1 and each.before == before for each in self.requests)

    def quiet(self) -> bool:
        return sorted(self.ends) == [request.id for request in self.requests]


@pytest.fixture
def real(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue
) -> Iterator[tuple[DeskWindow, _Recorded]]:
    """Return a window whose model is loaded, with PASSAGE typed and what follows it suggested."""
    engines: list[_Recorded] = []

    def start(listener: Callable[[Event], None]) -> _Recorded:
        engines.append(_Recorded(listener))
        return engines[0]

    desk = Desk(qapp, Folders.under(tmp_path), catalogue, start, lambda: False)
    window = desk.open_window()
    window.activateWindow()
    window.area.setFocus()
    desk.rooms.engines.load()
    qtbot.waitUntil(lambda: desk.rooms.engines.ready is not None and window.area.hasFocus(), timeout=_LONG)
    qtbot.keyClicks(window.area, PASSAGE)
    qtbot.waitUntil(lambda: window.area.ghost_text.startswith("ow"), timeout=_LONG)
    # What is asked ahead goes out one after the other, each once the window has heard of the one before.
    qtbot.waitUntil(lambda: engines[0].asked_beside(PASSAGE) and engines[0].quiet(), timeout=_LONG)
    yield window, engines[0]
    desk.close()


def test_what_follows_and_the_candidates_are_asked_for_and_then_there_is_silence(
    real: tuple[DeskWindow, _Recorded], qtbot: QtBot
) -> None:
    window, engine = real
    spare = [(request.before, request.candidates) for request in engine.requests if request.spare][-2:]
    assert spare == [(PASSAGE + window.area.ghost_text, 1), (PASSAGE, 3)]
    asked = len(engine.requests)
    qtbot.wait(500)
    assert len(engine.requests) == asked
    assert window.area.text() == PASSAGE


def test_a_typo_taken_back_and_a_caret_that_returns_ask_nothing(
    real: tuple[DeskWindow, _Recorded], qtbot: QtBot
) -> None:
    window, engine = real
    ghost = window.area.ghost_text
    asked = len(engine.visible)
    qtbot.keyClicks(window.area, "q")
    assert len(engine.visible) == asked + 1, "nothing is known of that"
    qtbot.keyClick(window.area, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: window.area.ghost_text == ghost, timeout=_LONG)
    qtbot.keyClick(window.area, Qt.Key.Key_Left)
    qtbot.keyClick(window.area, Qt.Key.Key_Right)
    assert window.area.ghost_text == ghost
    assert len(engine.visible) == asked + 1
    qtbot.waitUntil(engine.quiet, timeout=_LONG)


def test_after_tab_nothing_has_to_be_asked(real: tuple[DeskWindow, _Recorded], qtbot: QtBot) -> None:
    window, engine = real
    asked, ghost = len(engine.visible), window.area.ghost_text
    qtbot.keyClick(window.area, Qt.Key.Key_Tab)
    assert window.area.text() == PASSAGE + ghost
    assert len(engine.visible) == asked, "what follows was asked ahead"


def test_the_candidates_differ_and_come_back_in_a_ring(
    real: tuple[DeskWindow, _Recorded], qtbot: QtBot
) -> None:
    window, engine = real
    asked = len(engine.visible)
    seen = []
    for _ in range(3):
        qtbot.keyClick(window.area, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.AltModifier)
        seen.append(window.area.ghost_text)
    number, of = window.status_line.choice.strip("· ").split(" of ")
    assert int(of) == len(set(seen)) >= 2
    assert 1 <= int(number) <= int(of)
    assert len(engine.visible) == asked, "they were asked ahead"
    qtbot.waitUntil(engine.quiet, timeout=_LONG)
    assert window.area.text() == PASSAGE


def test_each_request_ends_once_while_someone_types_fast(
    real: tuple[DeskWindow, _Recorded], qtbot: QtBot
) -> None:
    window, engine = real
    for letter in "ow. Then she went down to the river":
        qtbot.keyClicks(window.area, letter)
        qtbot.wait(5)
    qtbot.waitUntil(engine.quiet, timeout=_LONG)
    assert len(engine.ends) == len(set(engine.ends))
    assert window.area.text() == PASSAGE + "ow. Then she went down to the river"
