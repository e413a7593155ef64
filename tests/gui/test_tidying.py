"""Python's garbage is collected on the window's thread alone, also what other threads leave."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.keeping_desk import desk_in, opened
from penwright.ui import tidying
from penwright.ui.tidying import Tidying
from penwright.ui.typist import press


class Loop:
    """Something in a cycle, that notes on which thread it goes."""

    def __init__(self, gone: list[threading.Thread]) -> None:
        self.gone, self.itself = gone, self

    def __del__(self) -> None:
        self.gone.append(threading.current_thread())


@pytest.fixture
def tidy(qapp: QApplication) -> Iterator[Tidying]:
    made = Tidying(qapp)
    yield made
    made.close()
    made.deleteLater()


def test_what_another_thread_leaves_goes_on_the_window_s(tidy: Tidying, qtbot: QtBot) -> None:
    gone: list[threading.Thread] = []

    def work() -> None:
        Loop(gone)
        kept = [[number] for number in range(200_000)]  # enough for Python to collect, if it did
        kept.clear()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert gone == []
    qtbot.waitUntil(lambda: bool(gone))
    assert gone == [threading.main_thread()]


def test_all_is_looked_through_in_a_pause_and_after_a_window_has_closed(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gc.isenabled()
    with desk_in(tmp_path) as desk:
        assert not gc.isenabled()
        window = opened(desk, qtbot)
        for _ in range(30):
            press(window.area, "a")
            desk._tidying.look()
        assert gc.get_freeze_count() == 0, "never while somebody writes"
        monkeypatch.setattr(tidying, "_PAUSE_S", 0.0)
        desk._tidying.look()
        assert gc.get_freeze_count() > 10_000
        gone: list[threading.Thread] = []
        window.of_this_window = Loop(gone)
        other = opened(desk, qtbot)
        window.discard()
        assert gc.get_freeze_count() == 0
        del window
        qtbot.wait(10)  # in which Qt lets the window go
        desk._tidying.look()
        assert gone == [threading.main_thread()]
        other.discard()
    assert gc.isenabled() and gc.get_freeze_count() == 0
