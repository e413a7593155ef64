"""Opening, saving and closing: the text is never lost, and what goes wrong is said."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penwright.base.errors import DocumentError
from penwright.storage.documents import TextFile
from penwright.ui.asking import Unsaved
from penwright.ui.window import DeskWindow


def _settled(qtbot: QtBot, desk: DeskWindow) -> None:
    qtbot.waitUntil(lambda: not desk.filing.busy)


def test_the_title_names_the_file_and_marks_changes(qtbot: QtBot, desk: DeskWindow, disk) -> None:
    assert desk.windowTitle() == "Untitled[*] – Penwright"
    assert not desk.isWindowModified()
    path = Path("book.md")
    disk.files[path] = "One"
    desk.open_path(path)
    _settled(qtbot, desk)
    assert desk.windowTitle() == "book.md[*] – Penwright"
    assert desk.area.text() == "One"
    assert not desk.isWindowModified()
    QTest.keyClicks(desk.area, "x")
    assert desk.isWindowModified()
    QTest.keyClick(desk.area, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not desk.isWindowModified()


def test_a_ghost_is_never_saved(qtbot: QtBot, desk: DeskWindow, disk, answers) -> None:
    QTest.keyClicks(desk.area, "Real")
    desk.area.show_ghost(" ghost")
    assert desk.area.ghost_text
    answers.path = Path("a.md")
    QTest.keyClick(desk.area, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    _settled(qtbot, desk)
    assert disk.saves == [(Path("a.md"), "Real", None, False)]
    assert not desk.isWindowModified()
    assert desk.filing.path == Path("a.md")


def test_a_failed_open_says_why_and_changes_nothing(qtbot: QtBot, desk: DeskWindow, disk) -> None:
    disk.troubles.append(DocumentError("document.full"))
    desk.open_path(Path("a.md"))
    _settled(qtbot, desk)
    assert desk.notice.text == "The disk is full."
    assert desk.filing.untouched
    assert not desk.area.isReadOnly()


def test_notes_of_a_file_are_said(qtbot: QtBot, desk: DeskWindow, disk) -> None:
    disk.files[Path("note.md")] = "x"
    desk.open_path(Path("note.md"))
    _settled(qtbot, desk)
    assert desk.notice.text == "Look at note.md."


def test_a_failed_save_keeps_text_and_mark(qtbot: QtBot, desk: DeskWindow, disk, answers) -> None:
    QTest.keyClicks(desk.area, "Real")
    answers.path = Path("a.md")
    disk.troubles.append(DocumentError("document.full"))
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.notice.text == "The disk is full."
    assert desk.area.text() == "Real"
    assert desk.isWindowModified()
    assert desk.filing.path is None
    QTest.keyClick(desk.area, Qt.Key.Key_Escape)
    assert desk.notice.text == ""


def test_an_unknown_failure_is_said_and_raised(qtbot: QtBot, desk: DeskWindow, disk, answers) -> None:
    QTest.keyClicks(desk.area, "Real")
    answers.path = Path("a.md")
    disk.troubles.append(ZeroDivisionError())
    with qtbot.captureExceptions() as raised:
        desk.filing.save()
        _settled(qtbot, desk)
    assert raised[0][0] is ZeroDivisionError
    assert desk.notice.text
    assert desk.isWindowModified()
    assert not desk.filing.busy


def _saved(qtbot: QtBot, desk: DeskWindow, answers) -> None:
    QTest.keyClicks(desk.area, "One")
    answers.path = Path("a.md")
    desk.filing.save()
    _settled(qtbot, desk)


def test_a_file_changed_on_disk_is_asked_about(qtbot: QtBot, desk: DeskWindow, disk, answers) -> None:
    _saved(qtbot, desk, answers)
    QTest.keyClicks(desk.area, "!")
    disk.troubles.append(DocumentError("document.changed_on_disk", name="a.md"))
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.notice.text == "a.md was changed."
    assert [b.text() for b in desk.notice.buttons] == [
        "Keep &Mine",
        "Take &Theirs",
        "C&ompare",
        "Save &As…",
        "&Cancel",
    ]
    assert len(disk.saves) == 1
    desk.show_notice("Another matter.")  # takes its place; saving again asks again
    disk.troubles.append(DocumentError("document.changed_on_disk", name="a.md"))
    desk.filing.save()
    _settled(qtbot, desk)
    desk.notice.buttons[0].click()
    _settled(qtbot, desk)
    assert disk.saves[1] == (Path("a.md"), "One!", "utf-8", True)
    assert not desk.isWindowModified()
    assert desk.notice.text == ""


def test_what_cannot_be_encoded_can_be_saved_as_utf8(
    qtbot: QtBot, desk: DeskWindow, disk, answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("old.txt")
    monkeypatch.setattr(disk, "open", lambda path: TextFile(path, "x", "latin-1"))
    desk.open_path(path)
    _settled(qtbot, desk)
    desk.area.insertPlainText("中")
    disk.troubles.append(DocumentError("document.cannot_encode", character="中"))
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.notice.text == "It has no 中."
    desk.notice.buttons[0].click()
    _settled(qtbot, desk)
    assert disk.saves == [(path, "中x", "utf-8", False)]


def test_typing_during_a_save_keeps_the_mark(qtbot: QtBot, desk: DeskWindow, disk, answers) -> None:
    QTest.keyClicks(desk.area, "One")
    answers.path = Path("a.md")
    disk.gate.clear()
    desk.filing.save()
    QTest.keyClicks(desk.area, " two")
    disk.gate.set()
    _settled(qtbot, desk)
    assert disk.files[Path("a.md")] == "One"
    assert desk.area.text() == "One two"
    assert desk.isWindowModified()


def test_typing_during_an_open_loses_nothing(qtbot: QtBot, desk: DeskWindow, disk) -> None:
    disk.files[Path("a.md")] = "One"
    disk.gate.clear()
    desk.open_path(Path("a.md"))
    QTest.keyClicks(desk.area, "lost")
    assert desk.area.text() == ""
    qtbot.waitUntil(lambda: desk.notice.text == "Opening…")
    disk.gate.set()
    _settled(qtbot, desk)
    assert desk.notice.text == ""
    QTest.keyClicks(desk.area, "x")
    assert desk.area.text() == "xOne"


def test_closing_waits_for_a_save(qtbot: QtBot, desk: DeskWindow, disk, answers) -> None:
    closed: list[bool] = []
    desk.closed.connect(lambda: closed.append(True))
    QTest.keyClicks(desk.area, "One")
    answers.path = Path("a.md")
    disk.gate.clear()
    desk.filing.save()
    assert not desk.close()
    assert desk.isVisible()
    disk.gate.set()
    qtbot.waitUntil(lambda: closed == [True])
    assert disk.files[Path("a.md")] == "One"
    assert not desk.isVisible()


@pytest.mark.parametrize("answer", Unsaved)
def test_closing_asks_about_unsaved_work(
    qtbot: QtBot, desk: DeskWindow, disk, answers, answer: Unsaved
) -> None:
    closed: list[bool] = []
    desk.closed.connect(lambda: closed.append(True))
    QTest.keyClicks(desk.area, "One")
    answers.answers.append(answer)
    answers.path = Path("a.md")
    assert desk.close() == (answer is Unsaved.DISCARD)
    if answer is Unsaved.SAVE:
        qtbot.waitUntil(lambda: closed == [True])
        assert disk.files[Path("a.md")] == "One"
    _settled(qtbot, desk)
    assert desk.isVisible() == (answer is Unsaved.CANCEL)
    assert closed == ([] if answer is Unsaved.CANCEL else [True])
    assert answers.answers == []


@pytest.mark.parametrize("dialog", [True, False])
def test_a_failed_save_keeps_the_window(qtbot: QtBot, desk: DeskWindow, disk, answers, dialog: bool) -> None:
    QTest.keyClicks(desk.area, "One")
    answers.answers.append(Unsaved.SAVE)
    answers.path = Path("a.md") if dialog else None  # None: the writer cancels the file dialog
    disk.troubles.append(DocumentError("document.full"))
    desk.close()
    _settled(qtbot, desk)
    assert desk.isVisible()
    assert desk.isWindowModified()
    disk.troubles.clear()
    answers.path = Path("b.md")
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.isVisible()  # that close is over
