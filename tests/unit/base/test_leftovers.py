"""What kills left is cleared; what is in use, or was never ours, stays."""

import fcntl
import os
import time
from pathlib import Path

import pytest

from penwright.base.files import write_atomically
from penwright.base.leftovers import clear_leftovers, temporary_path
from penwright.base.windows_names import is_ordinary_name


def left(folder: Path, age: float = 60) -> Path:
    path = temporary_path(folder / "a.md")
    path.write_bytes(b"half")
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_what_a_kill_left_is_cleared(tmp_path):
    old, young = left(tmp_path), left(tmp_path, age=0)
    other = tmp_path / "mine.tmp"
    other.write_text("x")
    link = tmp_path / ".penwright-link.tmp"
    link.symlink_to(other)
    assert clear_leftovers(tmp_path) == 1
    assert not old.exists() and young.exists() and other.exists() and link.is_symlink()
    assert clear_leftovers(tmp_path, young=-1) == 1
    assert clear_leftovers(tmp_path / "nowhere") == 0


def test_a_save_under_way_is_left_alone(tmp_path):
    path = left(tmp_path)
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert clear_leftovers(tmp_path) == 0
    assert clear_leftovers(tmp_path) == 1


def test_a_save_holds_its_temporary_file(tmp_path, monkeypatch):
    seen: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append(clear_leftovers(tmp_path, young=-1))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write_atomically(tmp_path / "a.md", b"text")
    assert set(seen) == {0} and (tmp_path / "a.md").read_bytes() == b"text"


@pytest.mark.parametrize(
    "name",
    [
        "con",
        "NUL.md",
        "Com1.txt",
        "lpt9",
        "aux .md",
        "a:b",
        "a<b.md",
        "what?.md",
        "a.md.",
        "a ",
        "a\tb",
        "com\u00b9",
        'a"b',
        "a|b",
    ],
)
def test_names_that_windows_takes_for_something_else(name):
    assert not is_ordinary_name(name, "win32")
    assert is_ordinary_name(name, "linux")


@pytest.mark.parametrize(
    "name", ["console.md", "a.con", "com.md", "COM10.txt", "日記.md", "a b.md", ".hidden", "null"]
)
def test_names_that_windows_takes(name):
    assert is_ordinary_name(name, "win32")


def test_a_forbidden_name_is_refused_before_anything_is_touched(tmp_path, monkeypatch):
    monkeypatch.setattr("penwright.base.files.is_ordinary_name", lambda name: is_ordinary_name(name, "win32"))
    with pytest.raises(OSError, match="ordinary") as caught:
        write_atomically(tmp_path / "a:b.md", b"x")
    assert caught.value.errno == 22 and list(tmp_path.iterdir()) == []
