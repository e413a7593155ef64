"""Another program changes the file, or takes it away: the writer decides, and nothing of either is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.keeping_desk import desk_in, opened, saved, settled
from penwright.app.desk import Desk
from penwright.core.reviewing import Verdict
from penwright.ui.window import DeskWindow


@pytest.fixture
def desk(qapp, tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path / "home") as desk:
        yield desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "book.md"
    path.write_text("One two three.\n", "utf-8")
    return path


@pytest.fixture
def window(desk: Desk, qtbot: QtBot, path: Path) -> DeskWindow:
    return opened(desk, qtbot, path)


def press(window: DeskWindow, words: str) -> None:
    (button,) = [each for each in window.notice.buttons if each.text() == words]
    button.click()


def refused(qtbot: QtBot, window: DeskWindow, path: Path) -> None:
    """Write on both sides, and try to save."""
    QTest.keyClicks(window.area, "Mine. ")
    path.write_text("One zwei three.\n", "utf-8")
    saved(qtbot, window)
    assert "Another program has changed book.md" in window.notice.text
    assert path.read_text("utf-8") == "One zwei three.\n"


def test_mine_is_kept(qtbot: QtBot, desk: Desk, window: DeskWindow, path: Path) -> None:
    refused(qtbot, window, path)
    press(window, "Keep &Mine")
    settled(qtbot, window)
    assert path.read_text("utf-8") == "Mine. One two three.\n"
    (version,) = desk.keeping.backups.versions(path)
    assert desk.keeping.backups.read(version) == b"One zwei three.\n", "theirs is not lost"


def test_theirs_is_taken_and_mine_can_be_undone_to(
    qtbot: QtBot, desk: Desk, window: DeskWindow, path: Path
) -> None:
    refused(qtbot, window, path)
    press(window, "Take &Theirs")
    qtbot.waitUntil(lambda: window.area.text() == "One zwei three.\n")
    assert not window.isWindowModified()
    (version,) = desk.keeping.backups.versions(path)
    assert desk.keeping.backups.read(version) == b"Mine. One two three.\n", "mine is not lost"
    window.area.undo()
    assert window.area.text() == "Mine. One two three.\n"
    assert window.isWindowModified()
    saved(qtbot, window)
    assert path.read_text("utf-8") == "Mine. One two three.\n"


def test_both_are_compared_and_brought_together(
    qtbot: QtBot, desk: Desk, window: DeskWindow, path: Path
) -> None:
    refused(qtbot, window, path)
    press(window, "C&ompare")
    review = desk.seats[window].review
    qtbot.waitUntil(lambda: review.active)
    changes = review.reviewing.changes
    assert [(change.old, change.new) for change in changes] == [("Mine. ", ""), ("two", "zwei")]
    review.decide(Verdict.REJECTED)
    review.decide(Verdict.ACCEPTED)
    review.take()
    assert window.area.text() == "Mine. One zwei three.\n"
    saved(qtbot, window)
    assert path.read_text("utf-8") == "Mine. One zwei three.\n"
    assert not window.notice.text


def test_a_change_is_noticed_when_the_writer_comes_back(
    qtbot: QtBot, desk: Desk, window: DeskWindow, path: Path
) -> None:
    outside = window.findChild(_outside())
    outside.look()
    path.write_text("Theirs.\n", "utf-8")
    qtbot.wait(50)
    outside.look()
    qtbot.waitUntil(lambda: "Another program has changed book.md" in window.notice.text)
    assert window.area.text() == "One two three.\n", "not without being asked"
    press(window, "Keep &Mine")
    assert window.isWindowModified()
    saved(qtbot, window)
    assert path.read_text("utf-8") == "One two three.\n"
    path.write_text("Theirs again.\n", "utf-8")
    outside.look()
    qtbot.waitUntil(lambda: "Another program has changed book.md" in window.notice.text)
    press(window, "Take &Theirs")
    assert window.area.text() == "Theirs again.\n"
    assert not window.isWindowModified()


def test_a_file_that_has_gone_is_said_and_written_again(qtbot: QtBot, window: DeskWindow, path: Path) -> None:
    path.unlink()
    window.findChild(_outside()).look()
    qtbot.waitUntil(lambda: "is not where it was" in window.notice.text)
    assert window.isWindowModified(), "closing asks"
    saved(qtbot, window)
    assert path.read_text("utf-8") == "One two three.\n"
    assert not window.isWindowModified()


def test_a_folder_that_has_gone_is_made_again(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    window = opened(desk, qtbot, folder / "new.md")
    QTest.keyClicks(window.area, "x")
    folder.rmdir()
    folder.parent.rmdir()
    saved(qtbot, window)
    assert "is not there" in window.notice.text
    press(window, "&Make the Folder")
    settled(qtbot, window)
    assert (folder / "new.md").read_text("utf-8") == "x"


def test_an_unreadable_change_is_told_when_saving(qtbot: QtBot, window: DeskWindow, path: Path) -> None:
    path.write_bytes(b"\0\1\2")
    window.findChild(_outside()).look()
    QTest.keyClicks(window.area, "x")
    saved(qtbot, window)
    press(window, "Take &Theirs")
    qtbot.waitUntil(lambda: "not a plain text" in window.notice.text)
    assert window.area.text() == "xOne two three.\n"


def _outside() -> type:
    from penwright.ui.outside import Outside

    return Outside
