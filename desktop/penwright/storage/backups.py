"""Earlier versions of the writer's texts: what a file held before a save replaced it.

Each text has a folder named after its path, with one compressed file a version. They are the owner's alone.
The last ten stay, then one an hour for a day, one a day for a month and one a week for a year; of more than
the space that a text or all of them may take, the oldest go first.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from penwright.base.files import make_private_folder, read_bounded, write_atomically
from penwright.base.leftovers import clear_leftovers

_NAME = "%Y%m%dT%H%M%S.%fZ"
_NAME_LENGTH = len("20260101T000000.000000Z")
_OF = "of.json"
_LATEST = 10
_SAFE = 3  # of a text stay, whatever space they take
_ROUNDS = (
    (timedelta(days=1), "%Y%m%d%H"),
    (timedelta(days=31), "%Y%m%d"),
    (timedelta(days=366), "%G%V"),
)
_LIMIT_BYTES = 64_000_000  # of one text's versions, compressed
_LIMIT_ALL_BYTES = 512_000_000
_READ_BYTES = 256_000_000  # more is no text of ours


@dataclass(frozen=True)
class Version:
    """An earlier version. when: it was replaced, in UTC. size: bytes on the disk, compressed."""

    path: Path
    when: datetime
    size: int

    @property
    def digest(self) -> str:
        """What its content is known by."""
        return self.path.name[_NAME_LENGTH + 1 :].removesuffix(".gz")


def kept_times(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Return which of these versions stay: the latest, and the last one of each hour, day and week."""
    newest_first = sorted(times, reverse=True)
    kept = set(newest_first[:_LATEST])
    for span, pattern in _ROUNDS:
        seen: set[str] = set()
        for when in newest_first:
            if now - when <= span and (part := when.strftime(pattern)) not in seen:
                seen.add(part)
                kept.add(when)
    return kept


def trace_name(path: Path) -> str:
    """Return what stands for a text wherever something is kept about it: a digest of its real path."""
    real = os.path.normcase(os.path.realpath(path))
    return hashlib.sha256(os.fsencode(real)).hexdigest()[:32]


class Backups:
    """The earlier versions of all texts. Its methods wait for the disk and raise OSError."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        limit: int = _LIMIT_BYTES,
        limit_all: int = _LIMIT_ALL_BYTES,
    ) -> None:
        """folder: made with the first version. limit, limit_all: bytes of one text's versions, and of all."""
        self._folder = folder
        self._clock = clock
        self._limit, self._limit_all = limit, limit_all

    def keep(self, path: Path) -> None:
        """Keep what the file at `path` holds now; nothing where there is no file, or it is kept already."""
        try:
            data, _stamp = read_bounded(path, _READ_BYTES)
        except FileNotFoundError:
            return
        self.keep_bytes(path, data)

    def keep_bytes(self, path: Path, data: bytes) -> None:
        """Keep `data` as a version of the text at `path`."""
        versions = self.versions(path)
        digest = hashlib.sha256(data).hexdigest()[:16]
        if not data or (versions and versions[0].digest == digest):
            return
        folder = self._folder_of(path)
        make_private_folder(self._folder)
        make_private_folder(folder)
        named = folder / _OF
        if not named.exists():
            write_atomically(named, json.dumps({"path": str(path.absolute())}).encode("ascii"), private=True)
        now = self._clock()
        if versions and now <= versions[0].when:  # a clock that was set back
            now = versions[0].when + timedelta(microseconds=1)
        packed = gzip.compress(data, compresslevel=3, mtime=0)
        write_atomically(folder / f"{now.strftime(_NAME)}-{digest}.gz", packed, private=True)
        self._thin(path, now)

    def versions(self, path: Path) -> list[Version]:
        """Return the versions of the text at `path`, the newest first."""
        return _versions_in(self._folder_of(path))

    def read(self, version: Version) -> bytes:
        """Return what the file held. Raises OSError, also for a damaged version."""
        packed, _stamp = read_bounded(version.path, _READ_BYTES)
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(packed, _READ_BYTES)
        except zlib.error as error:
            raise OSError("the version is damaged") from error
        if not unpacker.eof:
            raise OSError("the version is damaged")
        return data

    def forget(self, path: Path) -> None:
        """Delete every version of the text at `path`."""
        folder = self._folder_of(path)
        if folder.exists():
            shutil.rmtree(folder)

    def tidy(self) -> None:
        """Make room where all versions together take too much: the oldest go, but never a text's last few."""
        if not self._folder.is_dir():
            return
        spare: list[Version] = []
        size = 0
        for folder in self._folder.iterdir():
            clear_leftovers(folder)
            versions = _versions_in(folder)
            size += sum(version.size for version in versions)
            spare += versions[_SAFE:]
        for version in sorted(spare, key=lambda each: each.when):
            if size <= self._limit_all:
                break
            version.path.unlink(missing_ok=True)
            size -= version.size

    def _folder_of(self, path: Path) -> Path:
        return self._folder / trace_name(path)

    def _thin(self, path: Path, now: datetime) -> None:
        versions = self.versions(path)
        kept = kept_times((version.when for version in versions), now)
        size = 0
        for number, version in enumerate(versions):
            size += version.size
            if version.when not in kept or (number >= _SAFE and size > self._limit):
                with contextlib.suppress(OSError):  # tried again with the next version
                    version.path.unlink()
                size -= version.size


def _versions_in(folder: Path) -> list[Version]:
    found = []
    if folder.is_dir():
        for path in folder.glob("*.gz"):
            with contextlib.suppress(ValueError, FileNotFoundError):
                when = datetime.strptime(path.name[:_NAME_LENGTH], _NAME).replace(tzinfo=UTC)
                found.append(Version(path, when, path.stat().st_size))
    return sorted(found, key=lambda version: version.when, reverse=True)
