"""The writer's own words on a disk that takes its time: no key waits for it, and no word is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenuBar
from pytestqt.qtbot import QtBot

from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.spelling.personal import PersonalWords
from penwright.storage.settings import Settings
from penwright.ui.commands import Commands
from penwright.ui.editor.area import WritingArea
from penwright.ui.halves import Halves
from penwright.ui.spelling import Spelling
from penwright.ui.spelling_room import SpellingRoom
from penwright.ui.typist import press

_LONG = 10_000  # milliseconds


class Slow(PersonalWords):
    """Lists that are written and read only while the gate is open, and never by the window's thread."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gate = threading.Event()
        self.gate.set()

    def _turn(self) -> None:
        assert threading.current_thread() is not threading.main_thread()
        assert self.gate.wait(20)

    def of_document(self, path: Path) -> frozenset[str]:
        self._turn()
        return super().of_document(path)

    def add(self, code: str, word: str) -> None:
        self._turn()
        super().add(code, word)

    def add_to_document(self, path: Path, words: list[str]) -> None:
        self._turn()
        super().add_to_document(path, words)


class Desk:
    """One text with its spelling, on such a disk."""

    def __init__(self, area: WritingArea, folder: Path, catalogue: Catalogue, qtbot: QtBot) -> None:
        self.area, self.qtbot = area, qtbot
        self.disks: list[Slow] = []
        self.said: list[str] = []
        self.file: Path | None = None
        self.room = SpellingRoom(
            Folders.under(folder), catalogue, languages=lambda: ["en-US"], words=self._disk
        )
        self.room.trouble.connect(self.said.append)
        self.bar = QMenuBar()
        self.spelling = Spelling(
            Halves(area),
            self.room,
            Commands(self.bar),
            wish=lambda **_changes: None,
            say=self.said.append,
            path=lambda: self.file,
        )
        self.room.follow(Settings())
        qtbot.waitUntil(lambda: bool(self.room.active), timeout=_LONG)

    def _disk(self, folder: Path) -> Slow:
        self.disks.append(Slow(folder))
        return self.disks[-1]

    @property
    def disk(self) -> Slow:
        return self.disks[0]

    def verdict(self, word: str) -> bool:
        """Return whether a word is right, once that is known."""
        self.qtbot.waitUntil(lambda: self.spelling.words.verdict(word) is not None, timeout=_LONG)
        return bool(self.spelling.words.verdict(word))

    def type(self, text: str) -> float:
        """Type, and return how long the slowest key took, in seconds."""
        slowest = 0.0
        for letter in text:
            began = time.perf_counter()
            press(self.area, letter)
            slowest = max(slowest, time.perf_counter() - began)
        return slowest

    def close(self) -> None:
        self.disk.gate.set()
        self.room.close()
        self.bar.deleteLater()


@pytest.fixture
def desk(area: WritingArea, tmp_path: Path, catalogue: Catalogue, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(area, tmp_path, catalogue, qtbot)
    yield desk
    desk.close()


def test_no_key_waits_for_a_disk_that_does_not_answer(desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "novel.md"
    desk.area.load_text("Zuurbel ")
    assert not desk.verdict("Zuurbel")
    desk.disk.gate.clear()
    desk.room.learn("en_US", "Quillonn")
    desk.spelling.words.learn("Zuurbel")
    assert desk.room.busy
    assert desk.verdict("Zuurbel") and desk.verdict("Quillonn"), "they count at once"
    assert desk.type("some more Zuurbel and Quillonn ") < 5, "the gate opens after 20 s"
    assert desk.room.busy, "the disk has not answered yet"
    desk.disk.gate.set()
    desk.qtbot.waitUntil(lambda: not desk.room.busy, timeout=_LONG)
    assert desk.disk.of_language("en_US") == {"Quillonn"}


def test_a_word_added_just_before_the_end_is_kept(desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "novel.md"
    desk.disk.gate.clear()
    for word in ("One", "Two", "Three"):
        desk.room.learn("en_US", word)
        desk.spelling.words.learn(word)
    threading.Timer(0.2, desk.disk.gate.set).start()
    desk.room.close()
    kept = PersonalWords(tmp_path / "data" / "words")
    assert kept.of_language("en_US") == kept.of_document(desk.file) == {"One", "Two", "Three"}


def test_words_of_a_text_count_once_they_are_read_and_wait_for_nobody(desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "novel.md"
    PersonalWords(tmp_path / "data" / "words").add_to_document(desk.file, ["Zuurbel"])
    desk.disk.gate.clear()
    desk.area.load_text("Zuurbel went on.")
    assert desk.type("A ") < 5
    assert desk.spelling.words.verdict("Zuurbel") is None, "not called wrong before the list is known"
    desk.spelling.words.learn("Quillonn")
    desk.disk.gate.set()
    desk.qtbot.waitUntil(lambda: not desk.room.busy, timeout=_LONG)
    assert desk.verdict("Zuurbel") and desk.verdict("Quillonn") and not desk.verdict("wrodd")
    assert PersonalWords(tmp_path / "data" / "words").of_document(desk.file) == {"Zuurbel", "Quillonn"}


def test_a_text_that_gets_another_name_meanwhile_takes_its_words_along(desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "novel.md"
    kept = PersonalWords(tmp_path / "data" / "words")
    kept.add_to_document(desk.file, ["Zuurbel"])
    desk.disk.gate.clear()
    desk.area.load_text("Zuurbel went on.")
    desk.file = tmp_path / "copy.md"
    desk.spelling.words.keep()
    desk.disk.gate.set()
    desk.qtbot.waitUntil(lambda: not desk.room.busy, timeout=_LONG)
    assert kept.of_document(tmp_path / "copy.md") == kept.of_document(tmp_path / "novel.md") == {"Zuurbel"}


def test_what_is_forgotten_stays_forgotten(desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "novel.md"
    desk.disk.gate.clear()
    desk.spelling.words.learn("Zuurbel")
    threading.Timer(0.2, desk.disk.gate.set).start()
    desk.room.own.forget_document(desk.file)
    desk.qtbot.waitUntil(lambda: not desk.room.busy, timeout=_LONG)
    assert not list((tmp_path / "data" / "words" / "texts").iterdir())


def test_a_word_that_can_not_be_kept_is_told_and_counts_as_long_as_the_program_runs(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "words").write_text("no folder")
    desk.room.learn("en_US", "Quillonn")
    desk.qtbot.waitUntil(lambda: bool(desk.said), timeout=_LONG)
    assert desk.verdict("Quillonn")
