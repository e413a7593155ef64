"""Whose journals are whose: each run of the program, a sitting, has a folder of its own with a lock in it.

The system lets go of the lock when the process ends, however it ends; so journals in a folder whose lock is
free were left by a crash. Whoever takes such a folder over holds its lock too, so that no two windows offer
one text.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from penwright.base.files import make_private_folder
from penwright.storage.journal.journal import delete_journal, journal_files, journal_names, read_journal
from penwright.storage.journal.replay import Replayed

if TYPE_CHECKING:
    from filelock import FileLock

_LOCK = "lock"
_PATIENCE = 5.0  # seconds for another program that is looking through the folders


@dataclass(frozen=True)
class Left:
    """A journal that a crash left.

    folder, name: where it lies. written: seconds since 1970, of its last record. size: bytes on the disk.
    """

    folder: Path
    name: str
    written: float
    size: int

    @property
    def id(self) -> str:
        """Return what it is called on the command line."""
        return self.name[:8]

    def read(self) -> Replayed:
        """Return what it holds. Raises OSError."""
        return read_journal(self.folder, self.name)

    def delete(self) -> None:
        """Delete it. Raises OSError."""
        delete_journal(self.folder, self.name)


class Sitting:
    """This run's folder of journals, and those of earlier runs that it has taken over."""

    def __init__(self, root: Path) -> None:
        """root: the folder of all sittings. Nothing is made before `begin`."""
        self._root = root
        self.folder = root / os.urandom(8).hex()
        self._locks: dict[Path, FileLock] = {}

    def begin(self) -> None:
        """Make this run's folder and lock it; again makes no difference. Raises OSError."""
        if self.folder in self._locks:
            return
        make_private_folder(self._root)
        with self._alone():
            make_private_folder(self.folder)
            if not self._hold(self.folder):
                raise OSError(errno.ENOLCK, "the recovery folder can't be locked", str(self.folder))

    def left(self) -> list[Left]:
        """Return what earlier runs left, the newest first, and take it over. Raises OSError."""
        if not self._root.is_dir():
            return []
        with self._alone():
            for folder in _folders(self._root):
                if folder not in self._locks and self._hold(folder) and not journal_names(folder):
                    self._let_go(folder)
        found = [left for folder in list(self._locks) if folder != self.folder for left in _left_in(folder)]
        return sorted(found, key=lambda left: left.written, reverse=True)

    def close(self) -> None:
        """Let go of every folder; those that hold nothing go."""
        if not self._locks:
            return
        with contextlib.suppress(OSError), self._alone():
            for folder in list(self._locks):
                self._let_go(folder)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep another program from looking at a folder that is made and not locked yet."""
        lock = _lock_in(self._root, _PATIENCE)
        try:
            lock.acquire()
        except TimeoutError as error:
            raise TimeoutError("another Penwright is busy with the recovery folder") from error
        try:
            yield
        finally:
            lock.release()

    def _hold(self, folder: Path) -> bool:
        lock = _lock_in(folder)
        try:
            lock.acquire()
        except OSError:
            return False  # a living process has it, or it is not ours to look at
        self._locks[folder] = lock
        return True

    def _let_go(self, folder: Path) -> None:
        lock = self._locks.pop(folder)
        if not journal_names(folder):
            shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def living(root: Path) -> list[Left]:
    """Return the journals that other processes are writing now, to be told of; they are not to be touched."""
    found: list[Left] = []
    for folder in _folders(root):
        lock = _lock_in(folder)
        try:
            lock.acquire()
        except OSError:
            found += _left_in(folder)
        else:
            lock.release()
    return found


def _lock_in(folder: Path, patience: float = 0.0) -> FileLock:
    """Return a folder's lock, not acquired: within `patience` seconds, or TimeoutError is raised."""
    from filelock import FileLock  # noqa: PLC0415 - only threads beside the window's lock anything

    return FileLock(folder / _LOCK, timeout=patience, mode=0o600, thread_local=False)


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.glob("*") if path.is_dir() and not path.is_symlink())


def _left_in(folder: Path) -> list[Left]:
    found = []
    for name in journal_names(folder):
        seen = [path.stat() for path in journal_files(folder, name)]
        found.append(
            Left(folder, name, max(each.st_mtime for each in seen), sum(each.st_size for each in seen))
        )
    return found
