"""The journal of a window: whatever is done to the text, what is on the disk says the same."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.base.errors import DocumentError
from penwright.storage.journal.journal import journal_names, read_journal
from penwright.storage.journal.replay import Replayed
from penwright.storage.journal.writer import JournalWriter
from penwright.ui.journalling import Journalling
from penwright.ui.split_view import SplitView
from penwright.ui.window import DeskWindow

Found = Callable[[], Replayed | None]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    folder = tmp_path / "journals"
    writer = JournalWriter(folder, prepare=lambda: folder.mkdir(exist_ok=True))
    yield writer
    writer.close()


@pytest.fixture
def journalling(desk: DeskWindow, writer: JournalWriter) -> Journalling:
    journalling = Journalling(desk.area, desk.filing, writer)
    desk.closed.connect(journalling.close)
    return journalling


@pytest.fixture
def found(journalling: Journalling, writer: JournalWriter, tmp_path: Path) -> Found:
    """Return what reads the one journal there is, when all is written, or None where there is none."""

    def read() -> Replayed | None:
        assert writer.flush(20)
        names = journal_names(tmp_path / "journals")
        assert len(names) <= 1
        assert bool(names) == journalling.begun
        return read_journal(tmp_path / "journals", names[0]) if names else None

    return read


def settled(qtbot: QtBot, desk: DeskWindow) -> None:
    qtbot.waitUntil(lambda: not desk.filing.busy)


def test_typing_is_kept_and_a_save_ends_it(qtbot: QtBot, desk: DeskWindow, found: Found, answers) -> None:
    assert found() is None
    QTest.keyClicks(desk.area, "Hello")
    assert found().text == "Hello"
    assert found().about.path is None
    answers.path = Path("/there/a.md")
    desk.filing.save()
    settled(qtbot, desk)
    assert found() is None
    QTest.keyClicks(desk.area, "!")
    assert (found().text, found().about.path) == ("Hello!", "/there/a.md")


def test_an_opened_text_is_the_beginning(qtbot: QtBot, desk: DeskWindow, disk, found: Found) -> None:
    disk.files[Path("/a.md")] = "\ufeffOne 😀\nTwo"
    desk.open_path(Path("/a.md"))
    settled(qtbot, desk)
    assert found() is None, "nothing was changed"
    QTest.keyClicks(desk.area, "x")
    assert (found().text, found().edits) == ("x\ufeffOne 😀\nTwo", 1)


def test_what_is_typed_during_a_save_stays(
    qtbot: QtBot, desk: DeskWindow, disk, answers, found: Found
) -> None:
    QTest.keyClicks(desk.area, "One")
    answers.path = Path("/a.md")
    disk.gate.clear()
    desk.filing.save()
    QTest.keyClicks(desk.area, " two")
    assert found().text == "One two"
    disk.gate.set()
    settled(qtbot, desk)
    assert (found().text, found().about.path, found().edits) == ("One two", "/a.md", 1)
    disk.troubles.append(DocumentError("document.full"))
    desk.filing.save()
    settled(qtbot, desk)
    QTest.keyClicks(desk.area, "!")
    assert found().text == "One two!"


def test_a_document_that_does_not_add_up_is_written_whole(
    qtbot: QtBot, desk: DeskWindow, journalling: Journalling, found: Found, disk, answers
) -> None:
    QTest.keyClicks(desk.area, "One")
    desk.area.spliced.emit(1, 1, 7)
    assert found().text == "One"
    QTest.keyClicks(desk.area, " two")
    assert found().text == "One two"
    answers.path = Path("/a.md")
    disk.gate.clear()
    desk.filing.save()
    QTest.keyClicks(desk.area, "!")
    desk.area.spliced.emit(1, 1, 7)
    disk.gate.set()
    settled(qtbot, desk)
    assert (found().text, found().about.path) == ("One two!", "/a.md")


def test_none_is_kept_where_none_is_wanted(desk: DeskWindow, journalling: Journalling, found: Found) -> None:
    QTest.keyClicks(desk.area, "One")
    journalling.set_wanted(False)
    QTest.keyClicks(desk.area, " two")
    assert found() is None
    journalling.set_wanted(True)
    assert found().text == "One two"
    desk.discard()
    assert found() is None


def test_the_other_half_of_a_split_window_is_kept_too(desk: DeskWindow, found: Found) -> None:
    split = SplitView(halves=desk.halves, sides=desk.sides, commands=desk.commands, parent=desk)
    QTest.keyClicks(desk.area, "One ")
    QTest.keyClick(desk, Qt.Key.Key_Backslash, Qt.KeyboardModifier.ControlModifier)
    assert split.second is not None
    QTest.keyClick(split.second, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(split.second, "two")
    QTest.keyClick(split.second, Qt.Key.Key_Return)
    split.second.undo()
    assert found().text == desk.area.text() == "One two"


class Writer:
    """Does to the sheet what a writer may do to it, at random."""

    def __init__(self, choice: random.Random, desk: DeskWindow, compose: Callable[..., None]) -> None:
        self.choice, self.area, self.compose = choice, desk.area, compose

    def act(self) -> None:
        area = self.area
        deeds = (
            self.type,
            self.type,
            self.type,
            self.go,
            self.take_back,
            area.undo,
            area.redo,
            self.input_method,
            self.paste,
            lambda: area.show_ghost(" a ghost"),
            lambda: area.insert_accepted(self.choice.choice((" taken", "é。", "a\nb"))),
            self.replace_all,
            lambda: area.become(area.text()[: self.choice.randrange(0, 40)] + "new 😀 end"),
        )
        self.choice.choice(deeds)()

    def type(self) -> None:
        key = self.choice.choice(
            (Qt.Key.Key_Return, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, None, None, None)
        )
        if key is None:
            QTest.keyClicks(self.area, self.choice.choice(("Some ", "- ", "x", "> q")))
        else:
            QTest.keyClick(self.area, key)

    def go(self) -> None:
        cursor = self.area.textCursor()
        last = self.area.document().characterCount() - 1
        cursor.setPosition(self.choice.randint(0, last))
        cursor.setPosition(self.choice.randint(0, last), QTextCursor.MoveMode.KeepAnchor)
        if self.choice.random() < 0.6:
            cursor.clearSelection()
        self.area.setTextCursor(cursor)

    def take_back(self) -> None:
        QTest.keyClick(self.area, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)

    def input_method(self) -> None:
        self.compose(self.choice.choice(("ni", "x")))
        self.compose(self.choice.choice(("nihao", "xy", "")))
        self.compose("", commit=self.choice.choice(("你", "你好", "x")))

    def paste(self) -> None:
        QApplication.clipboard().setText(self.choice.choice(("pasted\ntext", "😀", "\u2029", "\ufeffa")))
        self.area.paste()

    def replace_all(self) -> None:
        text = self.area.text()
        if text.isascii():
            places = [at for at, letter in enumerate(text) if letter in "sx"]
            if places:
                self.area.replace([(at, at + 1, self.choice.choice(("", "zz"))) for at in places])


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_kills_and_recoveries(
    qtbot: QtBot,
    desk: DeskWindow,
    compose_on: Callable[..., None],
    found: Found,
    writer: JournalWriter,
    tmp_path: Path,
    disk,
    answers,
    seed: int,
) -> None:
    """At any moment a kill leaves a text that was there, and once the disk has it, the last one."""
    choice = random.Random(seed)
    scribe = Writer(choice, desk, compose_on)
    answers.path = Path("/a.md")
    history = {""}
    for number in range(150):
        scribe.act()
        history.add(desk.area.text())
        if number % 40 == 39:
            desk.filing.save()
            scribe.act()
            history.add(desk.area.text())
            settled(qtbot, desk)
        if choice.random() < 0.1:  # a kill now: what the disk has, cut anywhere in the last record
            copy = tmp_path / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            if (tmp_path / "journals").exists():
                shutil.copytree(tmp_path / "journals", copy)
                for name in journal_names(copy):
                    left = read_journal(copy, name)
                    assert left.text is None or left.text in history
        if choice.random() < 0.2:
            now = found()
            if now is None:
                assert not desk.area.document().isModified() or desk.area.text() == disk.files[answers.path]
            else:
                assert (now.text, now.gap) == (desk.area.text(), False)
    assert desk.area.text()
