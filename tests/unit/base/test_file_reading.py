"""Stamps, bounded reading, locks of others, and the words for what goes wrong."""

import contextlib
import errno
import os
import subprocess
from pathlib import Path

import pytest

from penwright.base import files
from penwright.base.files import (
    Stamp,
    explain,
    held_by_another,
    lock_note,
    read_bounded,
    readable_name,
    stamp,
)

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs the right to mount or setuid")


def test_stamp(tmp_path):
    path = tmp_path / "a"
    assert stamp(path) is None
    path.write_bytes(b"one")
    first = stamp(path)
    assert first == Stamp.of(path.stat())
    os.utime(path, ns=(1, 1))
    assert stamp(path) != first
    with pytest.raises(OSError):
        stamp(tmp_path / "a\0")


@posix
def test_reading_never_waits_and_never_opens_a_device(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, code in {
        tmp_path / "pipe": errno.ENXIO,
        Path("/dev/zero"): errno.ENXIO,
        tmp_path: errno.EISDIR,
    }.items():
        with pytest.raises(OSError) as caught:
            read_bounded(path, 10)
        assert caught.value.errno == code


def test_reading_is_bounded(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    assert read_bounded(path, 100) == (b"x" * 100, stamp(path))
    assert len(read_bounded(path, 50)[0]) == 51


HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR)
getattr(fcntl, sys.argv[2])(descriptor, getattr(fcntl, sys.argv[3]))
print("ready", flush=True)
sys.stdin.read()
"""


@posix
@pytest.mark.parametrize("kind", ["flock", "lockf"])
@pytest.mark.parametrize("strength", ["LOCK_EX", "LOCK_SH"])
def test_a_lock_of_another_process(run, kind, strength, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"text")
    before = stamp(path)
    assert not held_by_another(path)
    with run(HOLDER, path, kind, strength) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        assert held_by_another(path)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate("", timeout=5)
    assert not held_by_another(path)
    assert (path.read_bytes(), stamp(path)) == (b"text", before)


def test_a_lock_note(tmp_path):
    path = tmp_path / "a.txt"
    note = tmp_path / ".~lock.a.txt#"
    assert lock_note(path) is None and not held_by_another(path)
    note.write_text("x")
    assert lock_note(path) == note and held_by_another(path)


@posix
def test_a_lock_note_beside_the_target_of_a_link(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a").write_bytes(b"")
    (tmp_path / "there" / ".~lock.a#").write_bytes(b"")
    (tmp_path / "link").symlink_to("there/a")
    assert held_by_another(tmp_path / "link")


@posix
def test_what_cannot_be_locked_is_not_held(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert not held_by_another(tmp_path / "pipe")
    assert not held_by_another(tmp_path)
    assert not held_by_another(tmp_path / "gone")


@pytest.mark.parametrize(("code", "kind"), sorted(files.KINDS.items()))
def test_every_fault_has_its_kind(code, kind, tmp_path):
    number = getattr(errno, code, None)
    if number is None:
        pytest.skip(f"this system has no {code}")
    key, values = explain(OSError(number, os.strerror(number)), tmp_path / "a", "files.reading")
    assert key == f"files.reading.{kind}"
    assert values == {"name": "a", "folder": tmp_path.name, "reason": os.strerror(number)}


def test_unknown_faults_speak_the_words_of_the_system(tmp_path):
    assert explain(OSError(errno.EDOM, "Strange"), tmp_path / "a", "t") == (
        "t.other",
        {"name": "a", "folder": tmp_path.name, "reason": "Strange"},
    )
    assert explain(OSError(), tmp_path / "a", "t")[1]["reason"] == "OSError"


def test_numbers_of_windows_go_first(tmp_path):
    error = PermissionError(errno.EACCES, "in use")
    error.winerror = 32  # type: ignore[attr-defined]
    assert explain(error, tmp_path / "a", "t")[0] == "t.busy"


def test_names_fit_a_sentence():
    assert readable_name(Path("/x/日記.txt")) == "日記.txt"
    assert readable_name(Path("/x/a\nb\x1b\udcff")) == "a\ufffdb\ufffd\ufffd"
    assert readable_name(Path("/")) == "/"
