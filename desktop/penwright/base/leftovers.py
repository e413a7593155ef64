"""Temporary files that a kill in the middle of a save left beside a text: cleared, but never another's."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_BEGINNING, _ENDING = ".penwright-", ".tmp"
# Seconds: a file younger than that may have been made by another program that hasn't locked it yet; one that
# can't be locked (a network disk without locks) counts as left over only after the longer time.
_YOUNG, _SURELY = 5.0, 86_400.0


def temporary_path(target: Path) -> Path:
    """Return a name for a temporary file beside `target`; not made from its name, which may be very long."""
    return target.with_name(f"{_BEGINNING}{os.urandom(8).hex()}{_ENDING}")


def hold(descriptor: int) -> None:
    """Say that the temporary file is in use; the system forgets it when this process ends."""
    if sys.platform != "win32":  # there an open file can't be deleted anyway
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def clear_leftovers(folder: Path, *, young: float = _YOUNG) -> int:
    """Delete what earlier kills left in `folder`, and return how many files that were.

    young: seconds since the last change within which a file is left alone. Never raises for a file or a
    folder that can't be looked at or deleted.
    """
    cleared = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_BEGINNING) and entry.name.endswith(_ENDING):
                with contextlib.suppress(OSError):
                    cleared += _clear(Path(entry.path), young)
    return cleared


def _clear(path: Path, young: float) -> bool:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
        return False
    age = time.time() - status.st_mtime
    if age < young or (not _is_free(path) and age < _SURELY):
        return False
    path.unlink()
    return True


if sys.platform == "win32":

    def _is_free(_path: Path) -> bool:
        return True  # deleting fails where it is not

else:

    def _is_free(path: Path) -> bool:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True
