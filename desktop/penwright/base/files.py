"""Files, so that a fault costs nothing: bounded reads, atomic writes, who else holds a file.

Faults of the system come as OSError; `explain` turns one into a key of the text catalogue.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from penwright.base.errors import Value
from penwright.base.leftovers import hold, temporary_path
from penwright.base.windows_names import is_ordinary_name

if sys.platform != "win32":
    import fcntl

# One write call takes at most this many bytes, so that no single call on a slow disk lasts long.
_WRITE_BYTES = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)
# Opening a pipe or a serial line without this can wait for ever.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)

# What a person is told of a fault: a name in each table of sentences that `explain` is given. By the names of
# <errno.h>, since not every system has every one of them.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "ENOSPC": "disk_full",
        "EDQUOT": "quota",
        "EFBIG": "too_large",
        "EACCES": "denied",
        "EPERM": "denied",
        "EROFS": "read_only_disk",
        "ENOENT": "missing",
        "ENOTDIR": "not_a_folder",
        "EISDIR": "is_folder",
        "ENXIO": "special",
        "ENODEV": "special",
        "ENAMETOOLONG": "name_too_long",
        "EINVAL": "name_not_allowed",
        "EILSEQ": "name_not_allowed",
        "EBUSY": "busy",
        "ETXTBSY": "busy",
        "EIO": "disk_fault",
        "ELOOP": "link_loop",
        "ESTALE": "disconnected",
        "ENOTCONN": "disconnected",
        "EHOSTDOWN": "disconnected",
        "ETIMEDOUT": "disconnected",
    }
)
# Windows tells some apart only by its own numbers (learn.microsoft.com, "System Error Codes").
WINDOWS_KINDS: Mapping[int, str] = MappingProxyType(
    {
        21: "disconnected",  # not ready
        32: "busy",  # sharing violation
        33: "busy",  # lock violation
        53: "disconnected",  # bad network path
        64: "disconnected",  # network name deleted
        123: "name_not_allowed",
    }
)
FOLDER_DENIED = "folder_denied"
OTHER = "other"


def readable_name(path: Path) -> str:
    """Return the file's name fit for a sentence: what no screen can show is replaced."""
    name = path.name or str(path)
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def explain(error: OSError, path: Path, table: str) -> tuple[str, dict[str, Value]]:
    """Return the catalogue key, and the values of its sentence, for a fault met at `path`.

    table: where the sentences lie that fit what was being done: "files.reading", "files.writing" or
    "document.saving". Values: name, folder, and reason (the system's own words).
    """
    windows = WINDOWS_KINDS.get(getattr(error, "winerror", None) or 0)
    kind = windows or KINDS.get(errno.errorcode.get(error.errno or 0, ""), OTHER)
    folder = Path(os.path.realpath(path)).parent if kind != "name_not_allowed" else path.parent
    if kind == "denied" and error.filename == str(folder):
        kind = FOLDER_DENIED
    values: dict[str, Value] = {
        "name": readable_name(path),
        "folder": readable_name(folder),
        "reason": error.strerror or type(error).__name__,
    }
    return f"{table}.{kind}", values


@dataclass(frozen=True)
class Stamp:
    """What a file looked like when it was last read or written: enough to see that it changed since.

    size: bytes. mtime_ns: nanoseconds since 1970. inode: the file's number on its disk; an atomic
    write by another program gives a new one.
    """

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Return the stamp in a stat result."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


def stamp(path: Path) -> Stamp | None:
    """Return the stamp of the file at `path` (a link is followed), or None where there is none.

    Raises OSError for anything else that keeps it from being looked at.
    """
    try:
        return Stamp.of(_status(path))
    except FileNotFoundError:
        return None


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except ValueError as error:  # a NUL, or half a character, in the name
        raise OSError(errno.EINVAL, str(error), str(path)) from error


def _require_regular(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.ENXIO, "not a regular file", str(path))


def open_regular(path: Path) -> tuple[int, os.stat_result]:
    """Open a file for reading and return its descriptor, which the caller closes, and its status.

    It never waits: a pipe, socket or device is refused with ENXIO, a folder with EISDIR, and a device
    isn't opened at all, since opening one may already do something. Raises OSError.
    """
    _require_regular(_status(path).st_mode, path)
    descriptor = os.open(path, os.O_RDONLY | _BINARY | _AT_ONCE)
    try:
        status = os.fstat(descriptor)
        _require_regular(status.st_mode, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def read_bounded(path: Path, limit: int) -> tuple[bytes, Stamp]:
    """Return what a regular file holds and its stamp from before the reading.

    limit: bytes; of a longer file, limit + 1 bytes are returned. Raises OSError.
    """
    descriptor, status = open_regular(path)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - from a descriptor
        return file.read(limit + 1), Stamp.of(status)


def write_atomically(path: Path, data: bytes, *, private: bool = False) -> Stamp:
    """Replace what the file at `path` holds by `data`, wholly or not at all, and return its new stamp.

    A link is followed: the file that it names is replaced. An existing file keeps its mode, its owner
    and its extended attributes as far as the system permits; other hard links to it keep the old text.
    private: only the owner may read the file. Raises OSError; the old file is unchanged then, and no
    temporary file is left. What a kill leaves beside it is cleared by `clear_leftovers`
    (penwright.base.leftovers).
    """
    try:
        target = Path(os.path.realpath(path))
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error), str(path)) from error
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if not is_ordinary_name(target.name):
        raise OSError(errno.EINVAL, "not an ordinary name", str(path))
    before = _writable_status(target)
    temporary = temporary_path(target)
    create_mode = 0o666 if before is None and not private else 0o600
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, create_mode)
    except OSError as error:
        # The folder is at fault, and the temporary name would tell a person nothing.
        raise OSError(error.errno, error.strerror, str(target.parent)) from error
    try:
        try:
            hold(descriptor)
            if before is not None:
                _keep_attributes(descriptor, target, before, private=private)
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        written = Stamp.of(temporary.stat())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(target.parent)
    return written


def _writable_status(target: Path) -> os.stat_result | None:
    try:
        status = _status(target)
    except FileNotFoundError:
        return None
    _require_regular(status.st_mode, target)
    # Replacing needs no right to the file itself, but a file that was made read-only stays as it is.
    # Opening, unlike os.access, tells the reason; nothing is changed by it.
    os.close(os.open(target, os.O_WRONLY | _BINARY | _AT_ONCE))
    return status


def _keep_attributes(descriptor: int, target: Path, before: os.stat_result, *, private: bool) -> None:
    # On Windows a new file takes the folder's access list, as the old one did.
    if sys.platform != "win32":
        mode = stat.S_IMODE(before.st_mode)
        now = os.fstat(descriptor)
        if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
            try:
                os.fchown(descriptor, before.st_uid, before.st_gid)
            except OSError:
                # Somebody else's file: set-id bits and the old group's rights must not pass to our group.
                mode = (mode & 0o707) | (mode & 0o007) << 3
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                for name in os.listxattr(target):
                    with contextlib.suppress(OSError):
                        os.setxattr(descriptor, name, os.getxattr(target, name))
        os.fchmod(descriptor, 0o600 if private else mode)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, in pieces of a megabyte. Raises OSError; some of it may be written then."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest[:_WRITE_BYTES]) :]


def sync_folder(folder: Path) -> None:
    """Have the disk keep which files `folder` has, where the system can."""
    # On Windows folders can't be opened. Elsewhere the text is in place by now; a disk that can't sync a
    # folder makes no failure of that.
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def make_private_folder(folder: Path) -> None:
    """Make the folder, and those above it, so that only the owner may enter; one that is there becomes so.

    On Windows a user's folders have the owner's access list already. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) != 0o700:
        folder.chmod(0o700)


def lock_note(path: Path) -> Path | None:
    """Return the `.~lock.NAME#` file that LibreOffice lays beside what it has open, or None."""
    for known in (path, Path(os.path.realpath(path))):
        note = known.with_name(f".~lock.{known.name}#")
        if os.path.lexists(note):
            return note
    return None


def held_by_another(path: Path) -> bool:
    """Return whether another program holds the file: a lock note lies beside it, or it is locked.

    The file isn't changed. A file that can't be opened, or a disk without locks, counts as not held.
    """
    return lock_note(path) is not None or _locked(path)


if sys.platform == "win32":

    def _locked(path: Path) -> bool:
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY))
        except OSError as error:
            return WINDOWS_KINDS.get(error.winerror or 0) == "busy"
        return False

else:

    def _locked(path: Path) -> bool:
        try:
            _require_regular(_status(path).st_mode, path)
            try:
                descriptor = os.open(path, os.O_RDWR | _AT_ONCE)
            except PermissionError:
                descriptor = os.open(path, os.O_RDONLY | _AT_ONCE)
        except OSError:
            return False
        try:
            # Both kinds, one after the other: on Linux they don't see each other.
            return any(_refused(lock, descriptor) for lock in (fcntl.flock, fcntl.lockf))
        finally:
            os.close(descriptor)

    def _refused(lock: Callable[[int, int], object], descriptor: int) -> bool:
        try:
            lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Others (EBADF of a read-only descriptor, ENOLCK) say nothing about another program.
            return error.errno in {errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK}
        lock(descriptor, fcntl.LOCK_UN)
        return False
