"""The log of suggestions: what was answered at a caret, what of it was shown or why not, what became of it.

Most complaints about suggestions are explained by reading it. It holds the writer's words, so it is kept
only when the writer wishes, in a folder that only the owner may enter, in files that only the owner may
read, and no more of it than LIMIT_BYTES in each of two files: the newer one and the one before it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from penwright.base.errors import SettingsError
from penwright.base.files import explain, read_bounded, write_all

LIMIT_BYTES = 512 * 1024
_NAME, _EARLIER = "suggestions.jsonl", "suggestions.1.jsonl"

Entry = Mapping[str, object]


class SuggestionLog:
    """The log's two files in a folder of their own.

    Its methods wait for the disk, so they are not for the window's thread.
    """

    def __init__(self, folder: Path, limit: int = LIMIT_BYTES) -> None:
        """folder: made at the first entry. limit: bytes of one file; a single entry may be longer."""
        self.folder = folder
        self._limit = limit
        self._path = folder / _NAME
        self._earlier = folder / _EARLIER

    def add(self, entries: Iterable[Entry]) -> None:
        """Write entries after those that are there. Raises SettingsError."""
        lines = [json.dumps(entry, separators=(",", ":")).encode("ascii") + b"\n" for entry in entries]
        if not lines:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for line in lines:
                self._write(line)
        except OSError as error:
            raise self._told(error, "files.writing") from error

    def _write(self, line: bytes) -> None:
        # O_NOFOLLOW: a link put there must not lead the writer's words elsewhere.
        flags = (
            os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        )
        descriptor = os.open(self._path, flags, 0o600)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
            size = os.fstat(descriptor).st_size
            if not size or size + len(line) <= self._limit:
                write_all(descriptor, line)
                return
        finally:
            os.close(descriptor)
        self._path.replace(self._earlier)
        self._write(line)

    def read(self) -> list[dict[str, object]]:
        """Return every entry, the newest first; a line that is damaged is left out. Raises SettingsError."""
        found: list[dict[str, object]] = []
        for path in (self._earlier, self._path):
            try:
                data, _stamp = read_bounded(path, 4 * self._limit)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise self._told(error, "files.reading") from error
            for line in data.split(b"\n"):
                with contextlib.suppress(ValueError, RecursionError):
                    entry = json.loads(line)
                    if isinstance(entry, dict):
                        found.append(entry)
        return found[::-1]

    def erase(self) -> None:
        """Delete both files. Raises SettingsError."""
        for path in (self._path, self._earlier):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise self._told(error, "files.writing") from error

    def _told(self, error: OSError, table: str) -> SettingsError:
        key, values = explain(error, self._path, table)
        return SettingsError(key, **values)
