"""The unfinished part of a file: `NAME.gguf.part`, its record, and who is at work on it.

A lock, held while a file is fetched, keeps two programs apart; the system lets go of it when its program
ends. A note `NAME.gguf.part.pause` asks the one that is at work, also in another program, to pause.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from penwright.base.errors import DownloadError
from penwright.base.files import explain, readable_name
from penwright.modelstore.records import Record, read_record, record_path

SUFFIX = ".part"


class DiskFault(Exception):  # noqa: N818 - never leaves modelstore
    """The disk refused; the cause is its OSError."""


class Part:
    """The unfinished part that belongs to the file at `final`, below the models folder `root`."""

    def __init__(self, final: Path, root: Path) -> None:
        self.final = final
        self.path = final.with_name(final.name + SUFFIX)
        self._pause = self.path.with_name(self.path.name + ".pause")
        # A lock's file is never deleted: who had opened it before could then hold it beside another.
        name = hashlib.sha256(final.relative_to(root).as_posix().encode("utf-8", "surrogateescape"))
        self._lock = root / ".locks" / f"{name.hexdigest()[:24]}.lock"

    def record(self) -> Record | None:
        """Return what the part should become, or None where that isn't known."""
        return read_record(self.path)

    def size(self) -> int:
        """Return how many bytes are there."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other downloads of this file away, here and in other programs.

        Raises DownloadError: download.busy, or why the folder can't be written in.
        """
        try:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            self.final.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock, is_singleton=False, thread_local=False)
            lock.acquire(timeout=0)
        except Timeout:
            raise DownloadError("download.busy", name=readable_name(self.final)) from None
        except OSError as error:
            raise folder_fault(error, self.final) from error
        try:
            self.clear_pause()
            yield
        finally:
            lock.release()

    def busy(self) -> bool:
        """Return whether a program is at work on it."""
        if not self._lock.exists():
            return False
        lock = FileLock(self._lock, is_singleton=False, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            return True
        lock.release()
        return False

    def ask_to_pause(self) -> None:
        """Ask whoever is at work to pause. Raises OSError."""
        self._pause.touch()

    def pause_asked(self) -> bool:
        """Return whether somebody asked to pause."""
        return self._pause.exists()

    def clear_pause(self) -> None:
        """Take the note away."""
        with contextlib.suppress(OSError):
            self._pause.unlink(missing_ok=True)

    def discard(self) -> None:
        """Delete the part and its record."""
        for path in (self.path, record_path(self.path)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`. Raises DiskFault."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError as error:
        raise DiskFault from error


def folder_fault(error: OSError, final: Path) -> DownloadError:
    """Return what a person is told where a model's folder can't be made or written in."""
    if error.errno in {errno.EACCES, errno.EPERM}:
        return DownloadError("download.folder_denied", folder=str(final.parent))
    key, values = explain(error, final, "files.writing")
    return DownloadError(key, **values)


def disk_fault(error: OSError, final: Path) -> DownloadError:
    """Return what a person is told where the disk refused in the middle; the part is kept."""
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
        return DownloadError("download.disk_full", name=readable_name(final))
    return folder_fault(error, final)


def unfinished(folder: Path) -> tuple[Part, ...]:
    """Return the parts in a models folder that can be gone on with, by name."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(f".gguf{SUFFIX}"):
                part = Part(Path(place, name.removesuffix(SUFFIX)), folder)
                if part.record() is not None:
                    found.append(part)
    return tuple(found)
