"""Earlier versions are seen and restored; forgetting leaves none of them; private mode makes none."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.keeping_desk import desk_in, opened, saved
from penwright.app.desk import Desk
from penwright.ui.dialogs.versions import VersionsDialog
from penwright.ui.versions import Versions
from penwright.ui.window import DeskWindow


@pytest.fixture
def desk(qapp, tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path / "home") as desk:
        yield desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "book.md"
    path.write_text("Begun.\n", "utf-8")
    return path


def written(qtbot: QtBot, desk: Desk, path: Path) -> DeskWindow:
    """Save twice over what the file held."""
    window = opened(desk, qtbot, path)
    for letter in "ab":
        QTest.keyClicks(window.area, letter)
        saved(qtbot, window)
    return window


def shown(qtbot: QtBot, window: DeskWindow) -> VersionsDialog:
    window.commands["file.versions"].trigger()
    versions = window.findChild(Versions)
    qtbot.waitUntil(lambda: versions.dialog is not None and versions.dialog.restore.isEnabled())
    return versions.dialog


def traces(home: Path, words: bytes) -> list[Path]:
    """Return the files under `home` whose names or contents tell of the text."""
    files = [each for each in home.rglob("*") if each.is_file()]
    return [each for each in files if words in each.read_bytes() or each.suffix == ".gz"]


def test_versions_are_compared_and_restored(qtbot: QtBot, desk: Desk, path: Path) -> None:
    window = written(qtbot, desk, path)
    dialog = shown(qtbot, window)
    assert dialog.list.count() == 2
    dialog.list.setCurrentRow(1)
    qtbot.waitUntil(lambda: dialog.comparison.words.text().startswith("Places that differ: 1"))
    assert "Begun." in dialog.comparison.page.toPlainText()
    dialog.restore.click()
    assert window.area.text() == "Begun.\n"
    assert window.isWindowModified()
    window.area.undo()
    assert window.area.text() == "abBegun.\n"
    assert not window.isWindowModified()


def test_a_version_is_opened_beside(qtbot: QtBot, desk: Desk, path: Path) -> None:
    window = written(qtbot, desk, path)
    dialog = shown(qtbot, window)
    dialog.open_new.click()
    assert [each.area.text() for each in desk.seats] == ["abBegun.\n", "aBegun.\n"]


def test_a_damaged_version_is_said(qtbot: QtBot, desk: Desk, path: Path) -> None:
    window = written(qtbot, desk, path)
    desk.keeping.backups.versions(path)[0].path.write_bytes(b"\x1f\x8bno")
    window.commands["file.versions"].trigger()
    versions = window.findChild(Versions)
    qtbot.waitUntil(lambda: versions.dialog is not None and "damaged" in versions.dialog.where.text())
    assert not versions.dialog.restore.isEnabled()
    versions.dialog.leave.click()


def test_where_there_is_none_it_is_said(qtbot: QtBot, desk: Desk, path: Path) -> None:
    window = opened(desk, qtbot)
    window.commands["file.versions"].trigger()
    assert "no earlier version" in window.notice.text


def test_forgetting_removes_every_trace(qtbot: QtBot, desk: Desk, path: Path, tmp_path: Path) -> None:
    window = written(qtbot, desk, path)
    desk.rooms.spelling.own.add_to_document(path, frozenset(["Begunn"]))
    desk.keeping.sessions.note()
    QTest.keyClicks(window.area, "unsaved")
    assert desk.keeping.guard.writer.flush(20)
    qtbot.waitUntil((tmp_path / "home" / "data" / "session.json").exists)
    assert len(traces(tmp_path / "home", b"Begun")) >= 4
    window.commands["file.forget"].trigger()
    assert "can't be brought back" in window.notice.text
    window.notice.buttons[0].click()
    qtbot.waitUntil(lambda: window.notice.text == "book.md is forgotten.", timeout=20_000)
    assert desk.keeping.guard.writer.flush(20)
    assert traces(tmp_path / "home", b"Begun") == []
    assert traces(tmp_path / "home", b"book.md") == []
    assert path.read_text("utf-8") == "abBegun.\n"
    assert window.area.text() == "abunsavedBegun.\n"
    QTest.keyClicks(window.area, "!")
    assert desk.keeping.guard.writer.flush(20)
    assert len(traces(tmp_path / "home", b"abunsaved!Begun")) == 1, (
        "what is written from now on is kept again"
    )


def test_private_mode_keeps_nothing(qtbot: QtBot, desk: Desk, path: Path, tmp_path: Path) -> None:
    window = opened(desk, qtbot, path)
    QTest.keyClicks(window.area, "x")
    desk.rooms.wish(private_mode=True)
    saved(qtbot, window)
    QTest.keyClicks(window.area, "y")
    desk.keeping.sessions.note()
    desk.keeping.errands.close()
    assert desk.keeping.guard.writer.flush(20)
    assert traces(tmp_path / "home", b"Begun") == []
    assert traces(tmp_path / "home", b"book.md") == []
    desk.rooms.wish(private_mode=False)
    assert desk.keeping.guard.writer.flush(20)
    assert len(traces(tmp_path / "home", b"xyBegun")) == 1


def test_all_that_is_kept_is_the_owners_alone(qtbot: QtBot, desk: Desk, path: Path, tmp_path: Path) -> None:
    window = written(qtbot, desk, path)
    QTest.keyClicks(window.area, "x")
    desk.keeping.sessions.note()
    desk.keeping.errands.close()
    assert desk.keeping.guard.writer.flush(20)
    kept = [each for each in (tmp_path / "home" / "data").rglob("*") if each.name != "dictionaries"]
    assert len(kept) > 6
    for each in kept:
        allowed = 0o700 if each.is_dir() else 0o600
        assert stat.S_IMODE(each.stat().st_mode) == allowed, each
