"""The log of suggestions in the window: kept when wished, off the window's thread, read and erased."""

from __future__ import annotations

import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.base.paths import Folders
from penwright.core.answer import Answer
from penwright.core.fate import Fate, Told
from penwright.core.gate import Verdict
from penwright.core.recall import Kept
from penwright.core.snapshot import Snapshot
from penwright.engine.api import Listener
from penwright.engine.scripted import ScriptedEngine
from penwright.storage.settings_file import SettingsFile
from penwright.storage.suggestion_log import Entry, SuggestionLog
from penwright.ui.dialogs.suggestion_log import LogDialog
from penwright.ui.suggestion_journal import Journal


def told(text: str = " window", reason: str = "") -> Told:
    kept = Kept(1, Snapshot("one", 1, "out of the"), (Answer(text, (len(text),), (-0.5,)),), 1)
    if reason:
        return Told(kept, Verdict("", reason, 0.1), Fate.WITHHELD)
    return Told(kept, Verdict(text, "", 0.6), Fate.TAKEN, taken=len(text))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "suggestions"


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    journal = Journal(SuggestionLog(folder), lambda: datetime(2026, 1, 2, 3, 4, 5))
    journal.set_keeping(True)
    yield journal
    journal.close()


def read(qtbot: QtBot, journal: Journal) -> list[dict[str, object]]:
    with qtbot.waitSignal(journal.entries, timeout=5_000) as blocker:
        journal.read()
    found: list[dict[str, object]] = blocker.args[0]
    return found


def test_off_nothing_is_kept(folder: Path, qtbot: QtBot) -> None:
    journal = Journal(SuggestionLog(folder))
    journal.note(told())
    assert read(qtbot, journal) == []
    journal.close()
    assert not folder.exists()


def test_notes_are_written_together_and_away_from_the_windows_thread(qtbot: QtBot) -> None:
    batches: list[tuple[int, bool]] = []

    class Listening(SuggestionLog):
        def add(self, entries: Iterable[Entry]) -> None:
            main = threading.current_thread() is threading.main_thread()
            batches.append((len(list(entries)), main))

    journal = Journal(Listening(Path("never made")))
    journal.set_keeping(True)
    for _ in range(50):
        journal.note(told())
    assert batches == [], "no key waits for the disk"
    qtbot.waitUntil(lambda: bool(batches), timeout=8_000)
    journal.close()
    assert batches == [(50, False)]


def test_what_waits_is_written_at_the_end(folder: Path) -> None:
    journal = Journal(SuggestionLog(folder))
    journal.set_keeping(True)
    journal.note(told())
    journal.close()
    assert len(SuggestionLog(folder).read()) == 1


def test_switched_off_it_keeps_what_it_has(journal: Journal, folder: Path, qtbot: QtBot) -> None:
    journal.note(told(" one"))
    journal.set_keeping(False)
    journal.note(told(" two"))
    assert [entry["shown"] for entry in read(qtbot, journal)] == [" one"]


def test_erasing_takes_what_waits_too(journal: Journal, folder: Path, qtbot: QtBot) -> None:
    journal.note(told(" one"))
    journal.write()
    journal.note(told(" two"))
    with qtbot.waitSignal(journal.entries, timeout=5_000) as blocker:
        journal.erase()
    assert blocker.args == [[]]
    assert list(folder.iterdir()) == []


def test_a_disk_that_can_not_is_told_once(qtbot: QtBot) -> None:
    class Full(SuggestionLog):
        def add(self, entries: Iterable[Entry]) -> None:
            raise SettingsError("files.writing.disk_full")

    journal = Journal(Full(Path("never made")))
    journal.set_keeping(True)
    troubles: list[object] = []
    journal.trouble.connect(troubles.append)
    for _ in range(3):
        journal.note(told())
        journal.write()
        qtbot.waitUntil(lambda: journal._running is None and not journal._jobs, timeout=5_000)
    journal.close()
    assert len(troubles) == 1


def test_the_dialog_shows_the_newest_first_and_why_nothing_was_shown(journal: Journal, qtbot: QtBot) -> None:
    journal.note(told(" window"))
    journal.note(told(" door", "unsure"))
    dialog = LogDialog(keeping=True)
    qtbot.addWidget(dialog)
    journal.entries.connect(dialog.take)
    dialog.erasing_asked.connect(journal.erase)
    dialog.show()
    journal.read()
    qtbot.waitUntil(lambda: "window" in dialog.text.toPlainText(), timeout=5_000)
    words = dialog.text.toPlainText()
    assert words.index("not sure enough") < words.index("taken")
    assert "out of the|" in words
    assert "2026-01-02 03:04:05" in words
    qtbot.mouseClick(dialog.erase, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "window" not in dialog.text.toPlainText(), timeout=5_000)
    assert not dialog.erase.isEnabled()


def test_a_damaged_entry_is_shown_as_far_as_it_goes(qtbot: QtBot) -> None:
    dialog = LogDialog(keeping=False)
    qtbot.addWidget(dialog)
    dialog.take([{}, {"answers": 3}, {"answers": [1, {"text": "one"}], "fate": ["odd"]}])
    assert "one" in dialog.text.toPlainText()
    dialog.take([{"shown": "x"}] * 600)
    assert "100" in dialog.text.toPlainText().splitlines()[-1]


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, catalogue: Catalogue) -> Iterator[Callable[..., Desk]]:
    """Return what makes a running program whose engine answers with these texts."""
    made: list[Desk] = []

    def make(*texts: str) -> Desk:
        def start(listener: Listener) -> ScriptedEngine:
            return ScriptedEngine(listener, texts)

        made.append(Desk(qapp, Folders.under(tmp_path), catalogue, start, lambda: False))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_in_the_program_it_is_off_until_the_writer_switches_it_on(
    desk: Callable[..., Desk], tmp_path: Path, qtbot: QtBot
) -> None:
    running = desk(" one two", " three four", " five six")
    window = running.open_window()
    running.furnish()
    window.activateWindow()
    window.area.setFocus()
    qtbot.waitUntil(window.area.hasFocus)
    qtbot.keyClicks(window.area, "A")
    qtbot.waitUntil(lambda: bool(window.area.ghost_text), timeout=5_000)
    qtbot.keyClick(window.area, Qt.Key.Key_Tab)
    log = tmp_path / "data" / "suggestions"
    assert not log.exists()
    dialog = running.rooms.journal.show(window)
    qtbot.waitUntil(lambda: bool(dialog.text.toPlainText()), timeout=5_000)
    assert not dialog.keep.isChecked()
    dialog.keep.click()
    assert SettingsFile(tmp_path / "config").load()[0].suggestion_log is True
    window.activateWindow()
    window.area.setFocus()
    qtbot.keyClicks(window.area, " b")
    qtbot.waitUntil(lambda: bool(window.area.ghost_text), timeout=5_000)
    qtbot.keyClick(window.area, Qt.Key.Key_Escape)
    dialog.refresh.click()
    qtbot.waitUntil(lambda: "sent away" in dialog.text.toPlainText(), timeout=5_000)
    if sys.platform != "win32":
        assert stat.S_IMODE(log.stat().st_mode) == 0o700
    dialog.keep.click()
    assert SettingsFile(tmp_path / "config").load()[0].suggestion_log is False
    dialog.close()
