"""The disk fails at any moment of a save, or is full: what was there and what is written stay."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.keeping_desk import desk_in, opened, saved, settled
from penwright.app.desk import Desk
from penwright.storage.journal.journal import journal_names, read_journal

CALLS = ("open", "write", "fsync", "fchmod", "fchown", "replace", "mkdir", "unlink", "close")
root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk"
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 1 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "penwright-test", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


class Faults:
    """Makes the nth call that changes a disk fail, on the threads that save; half of a write gets through."""

    def __init__(self, patch: pytest.MonkeyPatch, code: int) -> None:
        self.code, self.at, self.calls = code, 0, 0
        for name in CALLS:
            patch.setattr(os, name, self._wrap(name, getattr(os, name)))

    def arm(self, at: int) -> None:
        self.at, self.calls = at, 0

    def _wrap(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **more: object) -> object:
            thread = threading.current_thread()
            reads = name == "open" and not int(str(arguments[1])) & (os.O_WRONLY | os.O_RDWR)
            # Spelling's process may just be started on a thread of its own: its pipes are no file's.
            starts = sys._getframe(1).f_globals.get("__name__") == "subprocess"
            elsewhere = thread is threading.main_thread() or thread.name == "journal"
            if not self.at or reads or starts or elsewhere:
                return real(*arguments, **more)
            self.calls += 1
            if self.calls != self.at:
                return real(*arguments, **more)
            if name == "write":
                os_write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            if name == "close":
                real(*arguments, **more)
            raise OSError(self.code, os.strerror(self.code))

        os_write = os.write
        return call


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_fault_at_every_call_of_a_save(qtbot: QtBot, qapp, tmp_path: Path, code: int) -> None:
    path = tmp_path / "book.md"
    path.write_bytes("\ufeffBegun.\r\n".encode())
    path.chmod(0o640)
    refusals = 0
    with pytest.MonkeyPatch.context() as patch, desk_in(tmp_path / "home") as desk:
        window = opened(desk, qtbot, path)
        faults = Faults(patch, code)
        before = "Begun.\n"
        for number in range(1, 200):
            QTest.keyClicks(window.area, "x")
            text = window.area.text()
            faults.arm(number)
            saved(qtbot, window)
            reached = faults.calls >= number
            faults.arm(0)
            lies = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            assert lies in (before, text), "whole, the old one or the new one"
            assert window.area.text() == text
            if window.isWindowModified():
                refusals += 1
                assert window.notice.text and "Your text is still in the window" in window.notice.text
                assert desk.keeping.guard.writer.flush(20)
                (name,) = journal_names(journals(desk))
                assert read_journal(journals(desk), name).text == text
                saved(qtbot, window)
            assert not window.isWindowModified()
            assert path.read_bytes().decode() == "\ufeff" + text.replace("\n", "\r\n")
            assert path.stat().st_mode & 0o777 == 0o640
            before = text
            if not reached:
                break
        else:
            pytest.fail("there was no end to the calls")
        window.notice.dismiss()
        saved(qtbot, window)
        assert not list(tmp_path.glob(".penwright-*"))
    assert refusals >= 4


def journals(desk: Desk) -> Path:
    return desk.keeping.guard.sitting.folder


@root
def test_a_full_disk_costs_nothing(qtbot: QtBot, qapp, small_disk: Path) -> None:
    """Text, journal and earlier versions all lie on a disk that fills up."""
    path = small_disk / "book.md"
    path.write_text("Begun.\n", "utf-8")
    with desk_in(small_disk / "home") as desk:
        window = opened(desk, qtbot, path)
        filling = small_disk / "filling"
        with filling.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(b"x" * 4096)
        QTest.keyClicks(window.area, "Mine ")
        saved(qtbot, window)
        qtbot.waitUntil(lambda: bool(window.notice.text), timeout=20_000)
        assert "is full" in window.notice.text or "No space left" in window.notice.text
        assert path.read_text("utf-8") == "Begun.\n"
        assert window.area.text() == "Mine Begun.\n" and window.isWindowModified()
        filling.unlink()
        saved(qtbot, window)
        settled(qtbot, window)
        assert path.read_text("utf-8") == "Mine Begun.\n"
        qtbot.waitUntil(lambda: desk.keeping.guard.writer.flush(20), timeout=30_000)
