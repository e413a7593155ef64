"""The page can be written in before anything else is there, and nothing of what is done then is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.keeping_desk import desk_in, settled
from penwright.app.desk import Desk
from penwright.storage.documents import Documents
from penwright.storage.journal.recovering import recovered
from penwright.storage.journal.sittings import Sitting
from penwright.ui.window import DeskWindow

# Types as soon as the page was painted, and is killed once the journal is there; nothing else ever comes.
PROGRAM = """
import os, signal, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtTest import QTest
from penwright.app import desk as desks, starting
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.ui.furnishing import Furnishing

Furnishing.add = lambda *_: None

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: write(watched.parent()))
        return False

def write(area):
    QTest.keyClicks(area, "The very first words")
    folder = Folders.of_user().data / "recovery"
    while not any(b"words" in path.read_bytes() for path in folder.glob("*/*.journal")):
        QTest.qWait(20)
    os.kill(os.getpid(), signal.SIGKILL)

opened = desks.Desk.open_window

def open_window(self, path=None):
    window = opened(self, path)
    self.watch = Watch()
    window.area.viewport().installEventFilter(self.watch)
    return window

desks.Desk.open_window = open_window
sys.exit(starting.run_window([], None, Catalogue(resources() / "i18n")))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_the_first_words_survive_a_kill(own_folders: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, timeout=100, check=False, env=environment
    )
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()
    sitting = Sitting(own_folders / "data" / "penwright" / "recovery")
    (found,) = recovered(sitting, Documents())
    sitting.close()
    assert found.text == "The very first words"


@pytest.fixture
def bare(tmp_path: Path, qtbot: QtBot, qapp: QApplication):
    """Give a desk and a window of it that was not painted yet, so that nothing else is there."""
    with desk_in(tmp_path / "home") as desk:
        window = desk.open_window()
        window.activateWindow()
        window.area.setFocus()
        assert desk._rooms is None
        yield desk, window


def test_keys_wait_for_nothing_and_features_come_by_themselves(
    bare: tuple[Desk, DeskWindow], qtbot: QtBot
) -> None:
    desk, window = bare
    QTest.keyClicks(window.area, "Before anything")
    assert window.area.text() == "Before anything" and desk._rooms is None
    assert desk.keeping.journals[window].begun
    with qtbot.waitSignal(desk.furnished, timeout=30_000):
        pass
    assert window in desk.rooms.seats
    # A screen's keys go to whatever has them, which is the page as before.
    assert window.area.hasFocus()
    QTest.keyClicks(window.area, " else")
    qtbot.waitUntil(lambda: desk.rooms.progress.session == 3, timeout=20_000)
    assert window.area.text() == "Before anything else"


def test_a_shortcut_that_is_pressed_too_early_is_not_lost(bare: tuple[Desk, DeskWindow]) -> None:
    desk, window = bare
    QTest.keyClicks(window.area, "The")
    QTest.keyPress(window.area, Qt.Key.Key_Shift)  # a writer's key alone furnishes nothing
    assert desk._rooms is None
    QTest.keyClick(window.area, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert desk.seats[window].find_bar.isVisible()
    assert window.area.text() == "The"


def test_a_menu_that_is_opened_too_early_is_full(bare: tuple[Desk, DeskWindow]) -> None:
    desk, window = bare
    bar = window.menuBar()
    before = len(bar.actions())
    (write,) = (action for action in bar.actions() if action.text() == "&Write")
    file = bar.actions()[0]
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(file).center())
    menu = file.menu()
    assert menu is not None
    assert "file.export" in {action.objectName() for action in menu.actions()}
    assert len(bar.actions()) == before and write.isVisible()
    menu.close()
    assert desk._rooms is not None


def test_a_click_on_the_page_furnishes_nothing(bare: tuple[Desk, DeskWindow]) -> None:
    desk, window = bare
    QTest.mouseClick(window.area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert desk._rooms is None


def test_what_is_pasted_too_early_becomes_markdown_all_the_same(bare: tuple[Desk, DeskWindow]) -> None:
    _desk, window = bare
    data = QMimeData()
    data.setHtml("<p>She was <b>home</b>.</p>")
    QGuiApplication.clipboard().setMimeData(data)
    QTest.keyClick(window.area, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.area.text() == "She was **home**."


def test_a_text_that_was_there_first_is_nobodys_progress(
    tmp_path: Path, qtbot: QtBot, own_words: Callable[[Path], None]
) -> None:
    path = tmp_path / "book.md"
    path.write_text("One two three wordle.", "utf-8")
    with desk_in(tmp_path / "home") as desk:
        own_words(path)
        window = desk.open_window(path)
        settled(qtbot, window)
        qtbot.waitUntil(lambda: window.area.tally.words == 4, timeout=20_000)
        desk.furnish()
        window.area.moveCursor(window.area.textCursor().MoveOperation.End)
        QTest.keyClicks(window.area, " Four")
        qtbot.waitUntil(lambda: desk.rooms.progress.session == 1, timeout=20_000)
        words = desk.seats[window].spelling.words
        qtbot.waitUntil(lambda: words.verdict("wordle") is True, timeout=20_000)
        window.filing.discard()


@pytest.fixture
def own_words(tmp_path: Path, catalogue) -> Callable[[Path], None]:
    """Return what keeps a word of a text's own, as an earlier run did."""
    from penwright.base.paths import Folders
    from penwright.ui.spelling_room import SpellingRoom

    def keep(path: Path) -> None:
        room = SpellingRoom(Folders.under(tmp_path / "home"), catalogue)
        room.own.add_to_document(path, frozenset(["wordle"]))
        room.close()

    return keep


def test_a_window_that_closes_at_once_leaves_nothing_undone(tmp_path: Path, qtbot: QtBot) -> None:
    with desk_in(tmp_path / "home") as desk:
        window = desk.open_window()
        window.close()
        assert not desk.windows and not desk.seats
