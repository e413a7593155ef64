"""Files that are no plain UTF-8 text: opened as what they are or refused in a sentence, and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.keeping_desk import desk_in, opened, saved, settled
from penwright.app.desk import Desk
from penwright.storage.documents import Documents
from penwright.ui.asking import Asking

CHINESE = "春天来了,花开了。海边的灯一盏一盏亮起来,风从东边吹来。" * 8
FRENCH = "Été à la mer, où les bateaux dormaient près du café. " * 8

REFUSED = {
    "binary": (bytes(range(256)) * 64, "not a plain text"),
    "NUL": (b"one\0two\n" * 20, "not a plain text"),
    "broken UTF-8": (CHINESE.encode() + b"\xe6\x98\n" + FRENCH.encode(), "damaged places"),
}
OPENED = {
    "UTF-16": (("\ufeff" + CHINESE).encode("utf-16-le"), CHINESE, ""),
    "Latin-1": (FRENCH.encode("latin-1"), FRENCH, "not UTF-8"),
    "GB18030": (CHINESE.encode("gb18030"), CHINESE, "not UTF-8"),
    "mixed ends": (b"one\r\ntwo\nthree\r\n", "one\ntwo\nthree\n", "end in different ways"),
    "bidi controls": ("one \u202etwo\n".encode(), "one \u202etwo\n", "turn the direction"),
    "empty": (b"", "", ""),
}


@pytest.fixture
def desk(qapp, tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path / "home") as desk:
        yield desk


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_text_is_refused_and_stays(qtbot: QtBot, desk: Desk, tmp_path: Path, kind: str) -> None:
    data, words = REFUSED[kind]
    path = tmp_path / "file.md"
    path.write_bytes(data)
    window = opened(desk, qtbot, path)
    assert words in window.notice.text
    assert window.filing.untouched
    assert path.read_bytes() == data


@pytest.mark.parametrize("kind", OPENED)
def test_what_is_another_text_comes_and_goes_as_it_is(
    qtbot: QtBot, desk: Desk, tmp_path: Path, kind: str
) -> None:
    data, text, words = OPENED[kind]
    path = tmp_path / "file.md"
    path.write_bytes(data)
    window = opened(desk, qtbot, path)
    assert window.area.text() == text
    assert words in window.notice.text
    assert path.read_bytes() == data, "opening changes nothing"
    QTest.keyClicks(window.area, "x")
    assert desk.keeping.guard.writer.flush(20)
    saved(qtbot, window)
    assert not window.isWindowModified()
    window.area.undo()
    saved(qtbot, window)
    assert path.read_bytes() == (b"one\r\ntwo\r\nthree\r\n" if kind == "mixed ends" else data)
    assert Documents().open(path).text == text


def test_a_line_of_a_hundred_megabytes_is_refused(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    window = opened(desk, qtbot, path)
    assert "texts up to 32 MB" in window.notice.text
    assert window.filing.untouched
    assert path.stat().st_size == 100_000_000


def test_a_long_line_is_opened_typed_in_and_saved(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_bytes(b"word " * 40_000)
    window = opened(desk, qtbot, path)
    QTest.keyClicks(window.area, "x")
    saved(qtbot, window)
    assert path.read_bytes() == b"x" + b"word " * 40_000


class Names(Asking):
    def __init__(self, path: Path) -> None:
        self.path = path

    def save_path(self, parent, suggested) -> Path:
        return self.path


@pytest.mark.parametrize(
    ("name", "words"), [("n" * 300, "too long"), ("a\0b", "not allow"), ("there", "folder")]
)
def test_a_name_that_no_disk_takes_costs_nothing(
    qtbot: QtBot, desk: Desk, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "there").mkdir()
    window = opened(desk, qtbot)
    QTest.keyClicks(window.area, "Mine")
    window.filing._asking = names = Names(tmp_path / name)
    saved(qtbot, window)
    assert words in window.notice.text
    assert window.area.text() == "Mine" and window.isWindowModified()
    names.path = tmp_path / "good.md"
    (save_as,) = [each for each in window.notice.buttons if each.text() == "Save &As…"]
    save_as.click()
    settled(qtbot, window)
    assert (tmp_path / "good.md").read_text("utf-8") == "Mine"
