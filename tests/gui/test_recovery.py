"""After a crash: what was lost is offered, looked at, taken back or thrown away, and nothing goes unasked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.scripted import ScriptedEngine
from penwright.storage.journal.journal import journal_files, journal_names
from penwright.ui.dialogs.recovery import RecoveryDialog
from penwright.ui.window import DeskWindow

MakeDesk = Callable[[], Desk]


@pytest.fixture
def make_desk(qapp: QApplication, tmp_path: Path, catalogue: Catalogue) -> Iterator[MakeDesk]:
    desks: list[Desk] = []

    def make() -> Desk:
        folders = Folders.under(tmp_path / "home")
        desks.append(Desk(qapp, folders, catalogue, lambda listen: ScriptedEngine(listen, ()), lambda: False))
        return desks[-1]

    yield make
    for desk in desks:
        if isValid(desk):
            desk.close()


def opened(desk: Desk, qtbot: QtBot, path: Path | None = None) -> DeskWindow:
    window = desk.open_window(path)
    desk.furnish()
    qtbot.waitUntil(lambda: not window.filing.busy)
    return window


def crash(desk: Desk, tmp_path: Path) -> None:
    """Leave behind what a kill would: the journals as they are now, in a folder that nobody holds."""
    desk.keeping.errands.close()
    assert desk.keeping.guard.writer.flush(20)
    root = tmp_path / "home" / "data" / "recovery"
    aside = tmp_path / "aside"
    shutil.copytree(root, aside, ignore=shutil.ignore_patterns("lock"))
    desk.close()
    for folder in aside.iterdir():
        shutil.copytree(folder, root / f"left-{folder.name}")
    shutil.rmtree(aside)


def left(tmp_path: Path) -> list[str]:
    root = tmp_path / "home" / "data" / "recovery"
    return [name for folder in root.iterdir() if folder.is_dir() for name in journal_names(folder)]


def offer(desk: Desk, qtbot: QtBot, window: DeskWindow) -> RecoveryDialog | None:
    with qtbot.waitSignal(desk.rooms.returning.recovery.looked):
        desk.rooms.returning.recovery.look(window)
    return desk.rooms.returning.recovery.dialog


def compared(qtbot: QtBot, dialog: RecoveryDialog) -> str:
    qtbot.waitUntil(lambda: dialog.comparison.words.text() not in ("", "Comparing…"))
    return dialog.comparison.words.text()


def test_what_was_written_in_a_file_comes_back(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    path.write_bytes("\ufeffOne\r\ntwo\r\n".encode())
    desk = make_desk()
    QTest.keyClicks(opened(desk, qtbot, path).area, "Before ")
    crash(desk, tmp_path)
    desk = make_desk()
    window = opened(desk, qtbot, path)
    assert window.area.text() == "One\ntwo\n"
    dialog = offer(desk, qtbot, window)
    assert dialog is not None
    assert "book.md" in dialog.list.item(0).text()
    assert compared(qtbot, dialog) == "Places that differ: 1. Words that come: 1, that go: 0."
    assert "Before" in dialog.comparison.page.toPlainText()
    dialog.take.click()
    assert (
        desk.rooms.returning.recovery.dialog is None or not desk.rooms.returning.recovery.dialog.isVisible()
    )
    assert window.area.text() == "Before One\ntwo\n"
    assert window.isWindowModified()
    qtbot.waitUntil(lambda: len(left(tmp_path)) == 1)  # the old one went, the window's own is there
    window.area.undo()
    assert window.area.text() == "One\ntwo\n"
    window.area.redo()
    window.filing.save()
    qtbot.waitUntil(lambda: not window.filing.busy)
    assert path.read_bytes() == "\ufeffBefore One\r\ntwo\r\n".encode()
    assert desk.keeping.guard.writer.flush(20)
    assert left(tmp_path) == []


def test_a_text_that_never_had_a_file_comes_back(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk = make_desk()
    QTest.keyClicks(opened(desk, qtbot).area, "Never saved")
    QTest.keyClicks(opened(desk, qtbot).area, "Nor this")
    opened(desk, qtbot)
    crash(desk, tmp_path)
    desk = make_desk()
    window = opened(desk, qtbot)
    dialog = offer(desk, qtbot, window)
    assert dialog is not None
    assert [dialog.list.item(row).text().split("\n")[0] for row in range(2)] == ["Untitled"] * 2
    assert compared(qtbot, dialog) == "2 words"
    dialog.take_all.click()
    assert {each.area.text() for each in desk.seats} == {"Never saved", "Nor this"}
    assert all(each.filing.path is None and each.isWindowModified() for each in desk.seats)
    crash(desk, tmp_path)  # again, before they were saved
    desk = make_desk()
    dialog = offer(desk, qtbot, opened(desk, qtbot))
    assert dialog is not None and dialog.list.count() == 2


def test_what_is_not_decided_is_offered_again(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk = make_desk()
    QTest.keyClicks(opened(desk, qtbot).area, "Kept")
    crash(desk, tmp_path)
    for _ in range(3):
        desk = make_desk()
        window = opened(desk, qtbot)
        dialog = offer(desk, qtbot, window)
        assert dialog is not None
        dialog.later.click()
        desk.close()
    desk = make_desk()
    window = opened(desk, qtbot)
    window.commands["file.recovered"].trigger()
    qtbot.waitUntil(lambda: desk.rooms.returning.recovery.dialog is not None)
    QTest.keyClick(desk.rooms.returning.recovery.dialog, Qt.Key.Key_Escape)
    assert len(left(tmp_path)) == 1


def test_what_is_thrown_away_is_gone(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk = make_desk()
    QTest.keyClicks(opened(desk, qtbot).area, "Unwanted")
    crash(desk, tmp_path)
    desk = make_desk()
    window = opened(desk, qtbot)
    dialog = offer(desk, qtbot, window)
    assert dialog is not None
    dialog.drop.click()
    assert dialog.drop.text() == "&Really Throw It Away"
    dialog.show_row(0)
    assert dialog.drop.text() == "Throw It A&way", "looking at another takes it back"
    dialog.drop.click()
    assert len(left(tmp_path)) == 1
    dialog.drop.click()
    qtbot.waitUntil(lambda: left(tmp_path) == [])
    assert window.area.text() == ""
    assert offer(desk, qtbot, window) is None
    desk.rooms.returning.recovery.look(window, asked=True)
    qtbot.waitUntil(lambda: window.notice.text == "There is nothing to recover.")


def test_what_is_safe_in_its_file_is_not_offered(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    path.write_text("One\n", "utf-8")
    desk = make_desk()
    area = opened(desk, qtbot, path).area
    QTest.keyClicks(area, "x")
    area.undo()
    crash(desk, tmp_path)
    desk = make_desk()
    assert offer(desk, qtbot, opened(desk, qtbot)) is None
    assert left(tmp_path) == []


def test_a_file_changed_since_is_asked_about_when_saved(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "book.md"
    path.write_text("One\n", "utf-8")
    desk = make_desk()
    QTest.keyClicks(opened(desk, qtbot, path).area, "Mine ")
    crash(desk, tmp_path)
    path.write_text("Theirs\n", "utf-8")
    desk = make_desk()
    window = opened(desk, qtbot)
    dialog = offer(desk, qtbot, window)
    assert dialog is not None
    dialog.take.click()
    assert (window.area.text(), window.filing.path) == ("Mine One\n", path)
    window.filing.save()
    qtbot.waitUntil(lambda: not window.filing.busy)
    assert "changed" in window.notice.text
    assert path.read_text("utf-8") == "Theirs\n"


def test_a_vanished_file_and_a_damaged_journal_are_said(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "book.md"
    path.write_text("One\n", "utf-8")
    desk = make_desk()
    QTest.keyClicks(opened(desk, qtbot, path).area, "Mine ")
    crash(desk, tmp_path)
    path.unlink()
    root = tmp_path / "home" / "data" / "recovery"
    (folder,) = [each for each in root.iterdir() if each.is_dir()]
    (broken := root / "left-other").mkdir()
    (name,) = journal_names(folder)
    (broken / journal_files(folder, name)[0].name).write_bytes(b"nothing" * 20)
    desk = make_desk()
    dialog = offer(desk, qtbot, opened(desk, qtbot))
    assert dialog is not None and dialog.list.count() == 2
    rows = [dialog.list.item(row).text().split("\n")[0] for row in range(2)]
    dialog.list.setCurrentRow(rows.index("Untitled"))
    assert not dialog.take.isEnabled() and dialog.drop.isEnabled()
    dialog.take_all.click()
    assert dialog.list.count() == 1, "what can't be read is not thrown away"
    (window,) = desk.seats
    assert (window.area.text(), window.filing.path) == ("Mine One\n", path)
    window.filing.save()
    qtbot.waitUntil(lambda: not window.filing.busy)
    assert path.read_text("utf-8") == "Mine One\n"
    dialog.later.click()


def test_a_disk_that_refuses_is_said_once(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "home" / "data").mkdir(parents=True)
    (tmp_path / "home" / "data" / "recovery").write_bytes(b"a file where the folder should be")
    desk = make_desk()
    window = opened(desk, qtbot)
    QTest.keyClicks(window.area, "x")
    qtbot.waitUntil(lambda: "kept against a crash" in window.notice.text, timeout=20_000)
    window.notice.dismiss()
    (tmp_path / "home" / "data" / "recovery").unlink()
    QTest.keyClicks(window.area, "y")
    qtbot.waitUntil(lambda: desk.keeping.guard.writer.flush(20), timeout=20_000)
    assert len(left(tmp_path)) == 1
    assert not window.notice.text
