"""A write happens wholly or not at all, under real faults where the system lets them be made."""

import errno
import os
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from penwright.base.files import (
    explain,
    stamp,
    write_atomically,
)

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs the right to mount or setuid")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def temporaries(folder: Path) -> list[Path]:
    return list(folder.glob(".penwright-*"))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="pw") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"a small disk can't be mounted: {made.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_new_and_existing(tmp_path):
    path = tmp_path / "a.txt"
    first = write_atomically(path, b"one")
    assert (path.read_bytes(), stamp(path)) == (b"one", first)
    second = write_atomically(path, b"two!")
    assert (path.read_bytes(), stamp(path)) == (b"two!", second)
    assert first != second
    assert names_in(tmp_path) == ["a.txt"]
    write_atomically(path, b"")
    assert path.read_bytes() == b""


@posix
def test_mode_of_a_new_file_follows_the_umask_unless_private(tmp_path):
    old = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a", b"x")
        write_atomically(tmp_path / "b", b"x", private=True)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755, 0o666])
def test_mode_is_kept(mode, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomically(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    write_atomically(path, b"new", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@root
def test_owner_is_kept(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 65534, 1234)
    write_atomically(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 1234)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_extended_attributes_are_kept(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.note", b"kept")
    except OSError as error:
        pytest.skip(f"this disk keeps no extended attributes: {error}")
    write_atomically(path, b"new")
    assert os.getxattr(path, "user.note") == b"kept"


@posix
def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    target, link, second = tmp_path / "there" / "a", tmp_path / "link", tmp_path / "second"
    target.write_bytes(b"old")
    link.symlink_to("there/a")
    second.symlink_to("link")
    write_atomically(second, b"new")
    assert second.is_symlink() and link.is_symlink() and target.read_bytes() == b"new"
    target.unlink()
    write_atomically(link, b"again")  # a dangling one makes its target
    assert link.is_symlink() and target.read_bytes() == b"again"


@posix
def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_bytes(b"")
    for path, kind in {
        tmp_path: "is_folder",
        tmp_path / "pipe": "special",
        Path("/dev/null"): "special",
        tmp_path / "loop": "link_loop",
        tmp_path / "gone" / "a": "missing",
        tmp_path / "file" / "a": "not_a_folder",
        tmp_path / ("n" * 300): "name_too_long",
        tmp_path / "a\0b": "name_not_allowed",
        tmp_path / "\ud800": "name_not_allowed",
    }.items():
        with pytest.raises(OSError) as caught:
            write_atomically(path, b"x")
        assert explain(caught.value, path, "files.writing")[0] == f"files.writing.{kind}"
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert names_in(tmp_path) == ["file", "loop", "pipe"]


def test_the_longest_name_can_be_written(tmp_path):
    path = tmp_path / ("n" * 255)
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"


FAULTS = [errno.ENOSPC, errno.EDQUOT, errno.EIO]


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_at_every_write_leaves_the_old_file(code, tmp_path, monkeypatch):
    path, data = tmp_path / "a", bytes(range(256)) * 40
    path.write_bytes(b"old")
    real, calls = os.write, 0

    def write(descriptor: int, piece: memoryview) -> int:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(code, os.strerror(code))
        return real(descriptor, piece[:1000])

    monkeypatch.setattr(os, "write", write)
    pieces = -(-len(data) // 1000)
    for failing in range(1, pieces + 1):  # noqa: B007 - read by write()
        calls = 0
        with pytest.raises(OSError) as caught:
            write_atomically(path, data)
        assert caught.value.errno == code
        assert path.read_bytes() == b"old" and names_in(tmp_path) == ["a"]
        with pytest.raises(OSError):
            calls = 0
            write_atomically(tmp_path / "new", data)
        assert names_in(tmp_path) == ["a"]
    failing, calls = 0, 0
    write_atomically(path, data)  # short writes alone are no fault
    assert path.read_bytes() == data and calls == pieces


@pytest.mark.parametrize("name", ["fsync", "fchmod", "close", "replace"])
def test_a_fault_of_any_other_step_leaves_the_old_file(name, tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    real_close = os.close

    def fail(*arguments: object) -> None:
        if name == "close":
            real_close(arguments[0])
            if calls.append(1) or len(calls) == 1:
                return  # the first closes the target, which was opened to see whether it may be written
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    calls: list[int] = []
    monkeypatch.setattr(Path if name == "replace" else os, name, fail)
    with pytest.raises(OSError):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old" and names_in(tmp_path) == ["a"]


def test_an_interrupt_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old" and names_in(tmp_path) == ["a"]


@posix
def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch):
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "no")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@root
def test_a_full_disk(small_disk):
    path = small_disk / "a"
    path.write_bytes(b"old")
    with pytest.raises(OSError) as caught:
        write_atomically(path, b"x" * 1_000_000)
    assert explain(caught.value, path, "files.writing")[0] == "files.writing.disk_full"
    assert path.read_bytes() == b"old" and names_in(small_disk) == ["a"]
    write_atomically(path, b"x" * 50_000)


@root
def test_a_disk_that_can_only_be_read(small_disk):
    path = small_disk / "a"
    path.write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for name in ("a", "new"):
        with pytest.raises(OSError) as caught:
            write_atomically(small_disk / name, b"new")
        assert explain(caught.value, path, "files.writing")[0] == "files.writing.read_only_disk"


@root
def test_a_file_marked_immutable(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    if subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False).returncode:
        pytest.skip("this disk has no immutable mark")
    try:
        with pytest.raises(OSError) as caught:
            write_atomically(path, b"new")
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)
    assert explain(caught.value, path, "files.writing")[0] == "files.writing.denied"
    assert path.read_bytes() == b"old" and names_in(tmp_path) == ["a"]


AS_NOBODY = """
import os, sys
from pathlib import Path
from penwright.base.files import explain, read_bounded, write_atomically
os.setgroups([]); os.setgid(65534); os.setuid(65534)
for name in sys.argv[2:]:
    path = Path(name)
    try:
        if sys.argv[1] == "read": read_bounded(path, 9)
        else: write_atomically(path, b"new")
        print("done")
    except OSError as error:
        print(explain(error, path, "t")[0])
"""


@root
def test_what_another_user_may_not_do(run, open_folder):
    mine, readable, closed = open_folder / "mine", open_folder / "readable", open_folder / "closed"
    mine.write_bytes(b"old")
    mine.chmod(0o600)
    readable.write_bytes(b"old")
    readable.chmod(0o444)
    closed.mkdir(mode=0o755)
    (closed / "open").write_bytes(b"old")
    (closed / "open").chmod(0o666)
    names = [mine, readable, closed / "new", closed / "open", open_folder / "new"]
    written, _ = run(AS_NOBODY, "write", *names).communicate()
    assert written.split() == ["t.denied", "t.denied", "t.folder_denied", "t.folder_denied", "done"]
    read, _ = run(AS_NOBODY, "read", *names).communicate()
    assert read.split() == ["t.denied", "done", "t.missing", "done", "done"]
    assert mine.read_bytes() == readable.read_bytes() == b"old"
    assert temporaries(open_folder) == temporaries(closed) == []


@root
def test_rights_do_not_pass_to_another_group(run, open_folder):
    path = open_folder / "a"
    path.write_bytes(b"old")
    os.chown(path, 0, 1234)
    path.chmod(0o676)
    output, _ = run(AS_NOBODY, "write", path).communicate()
    assert output.split() == ["done"]
    status = path.stat()
    assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (65534, 0o666)


KILLED = """
import os, sys, time
from pathlib import Path
from penwright.base.files import write_atomically
real, count = os.write, [0]
def write(descriptor, piece):
    count[0] += 1
    if count[0] == int(sys.argv[2]):
        print("ready", flush=True); time.sleep(60)
    return real(descriptor, piece[:1000])
os.write = write
write_atomically(Path(sys.argv[1]), b"new" * 1000)
"""


@posix
@pytest.mark.parametrize("at", [1, 3])
def test_a_kill_in_the_middle_leaves_the_old_file(run, at, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with run(KILLED, path, at) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes() == b"old"
    write_atomically(path, b"next")
    assert path.read_bytes() == b"next"
