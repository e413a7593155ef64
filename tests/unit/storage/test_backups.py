"""Earlier versions: kept before they are replaced, thinned with time, bounded, private, and given back."""

import errno
import gzip
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.storage.backups import Backups, kept_times
from penwright.storage.documents import Documents

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backups(tmp_path: Path, clock: Clock) -> Backups:
    return Backups(tmp_path / "data" / "earlier", clock)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "text.md"


def texts(backups: Backups, path: Path) -> list[bytes]:
    return [backups.read(version) for version in backups.versions(path)]


def test_each_save_keeps_what_it_replaces(path, backups, clock):
    documents = Documents(keep_earlier=backups.keep)
    saved = documents.save(path, "one", None)
    assert backups.versions(path) == []
    for text in ("two", "three", "three", "four"):
        clock.now += timedelta(minutes=1)
        saved = documents.save(path, text, saved)
        assert saved.notes == ()
    assert texts(backups, path) == [b"three", b"two", b"one"]
    assert backups.versions(path)[0].when == clock.now - timedelta(minutes=1), "an equal one is kept once"


def test_bytes_come_back_in_their_encoding(path, backups):
    data = "\ufeffé\r\n日".encode("utf-16-le")
    path.write_bytes(data)
    backups.keep(path)
    (version,) = backups.versions(path)
    file = Documents().decode(path, backups.read(version))
    assert (file.text, file.encoding, file.bom, file.newline) == ("é\n日", "utf-16-le", True, "\r\n")


def test_the_text_is_found_through_a_link(path, backups, tmp_path):
    path.write_text("x")
    (tmp_path / "link.md").symlink_to(path)
    backups.keep(tmp_path / "link.md")
    assert texts(backups, path) == [b"x"]


def test_only_the_owner_may_read_them(path, backups, tmp_path):
    path.write_text("secret")
    before = os.umask(0)
    try:
        backups.keep(path)
    finally:
        os.umask(before)
    for each in (tmp_path / "data").rglob("*"):
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600), each


def test_a_clock_that_was_set_back_loses_no_order(path, backups, clock):
    for text in (b"one", b"two", b"three"):
        backups.keep_bytes(path, text)
        clock.now -= timedelta(days=1)
    assert texts(backups, path) == [b"three", b"two", b"one"]


def test_the_rotation():
    every_minute = [NOON - timedelta(minutes=minute) for minute in range(60 * 24 * 60)]
    kept = sorted(kept_times(every_minute, NOON), reverse=True)
    assert kept[:10] == every_minute[:10]
    ages = [NOON - when for when in kept]
    assert sum(age <= timedelta(days=1) for age in ages) in range(33, 36)  # 10, and one an hour
    assert sum(timedelta(days=1) < age <= timedelta(days=31) for age in ages) in range(29, 32)
    assert sum(age > timedelta(days=31) for age in ages) in range(4, 6)  # one a week


@given(st.lists(st.integers(0, 500 * 24 * 3600), min_size=1, max_size=120))
def test_thinning_again_and_again_keeps_what_thinning_once_keeps(seconds):
    times = [NOON - timedelta(seconds=second) for second in seconds]
    once = kept_times(times, NOON)
    assert kept_times(once, NOON) == once
    assert max(times) in once


def test_the_space_is_bounded(path, tmp_path, clock):
    backups = Backups(tmp_path / "earlier", clock, limit=50_000, limit_all=60_000)
    for name in ("a.md", "b.md"):
        for _ in range(9):
            clock.now += timedelta(minutes=1)
            backups.keep_bytes(tmp_path / name, os.urandom(10_000))
    assert [len(backups.versions(tmp_path / name)) for name in ("a.md", "b.md")] == [4, 4]
    backups.tidy()
    assert [len(backups.versions(tmp_path / name)) for name in ("a.md", "b.md")] == [3, 3]
    for _ in range(5):
        clock.now += timedelta(minutes=1)
        backups.keep_bytes(path, os.urandom(40_000))
    assert len(backups.versions(path)) == 3, "the last few stay, whatever they take"


def test_forgetting_leaves_nothing(path, backups, tmp_path):
    for text in (b"one", b"two"):
        backups.keep_bytes(path, text)
    backups.keep_bytes(tmp_path / "other.md", b"stays")
    backups.forget(path)
    backups.forget(path)
    assert backups.versions(path) == []
    assert texts(backups, tmp_path / "other.md") == [b"stays"]


def test_a_damaged_version_is_said(path, backups):
    backups.keep_bytes(path, b"text" * 100)
    (version,) = backups.versions(path)
    whole = version.path.read_bytes()
    for at in range(len(whole)):
        version.path.write_bytes(whole[:at])
        with pytest.raises(OSError, match="damaged"):
            backups.read(version)
    version.path.write_bytes(gzip.compress(b"x")[:-8] + b"\0" * 8)
    with pytest.raises(OSError, match="damaged"):
        backups.read(version)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_every_fault_at_every_call(code, path, tmp_path, monkeypatch):
    """No fault there keeps a text from being saved; it is said, and nothing half is left."""
    documents_folder = tmp_path / "texts"
    documents_folder.mkdir()
    for number in range(1, 100):
        folder = tmp_path / f"earlier-{number}"
        backups = Backups(folder, Clock())
        text = documents_folder / f"{number}.md"
        saved = Documents().save(text, "old", None)
        calls: list[str] = []

        def fail(name, real, folder=folder, calls=calls, number=number):
            def call(*arguments, **more):
                where = str(arguments[0])
                if isinstance(arguments[0], int):
                    where = str(Path(f"/proc/self/fd/{arguments[0]}").readlink())
                if str(folder) in where and not (name == "open" and not arguments[1] & os.O_CREAT):
                    calls.append(name)
                    if len(calls) == number:
                        raise OSError(code, os.strerror(code), str(folder))
                return real(*arguments, **more)

            return call

        with monkeypatch.context() as patch:
            for name in ("open", "write", "fsync", "mkdir", "replace", "fchmod"):
                patch.setattr(os, name, fail(name, getattr(os, name)))
            saved = Documents(keep_earlier=backups.keep).save(text, "new", saved)
        assert text.read_text() == "new"
        assert all(backups.read(version) == b"old" for version in backups.versions(text))
        assert not list(folder.rglob("*.tmp"))
        if len(calls) < number:
            assert saved.notes == () and texts(backups, text) == [b"old"]
            break
    else:
        pytest.fail("there was no end to the calls")
    assert number > 6
