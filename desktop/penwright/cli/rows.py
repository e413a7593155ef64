"""A file of JSON lines, for whoever wants to look at each one."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from penwright.base.errors import UsageError
from penwright.base.files import explain


class Rows:
    """Writes rows as they come; a fault of the disk is told as a UsageError."""

    def __init__(self, file: IO[str], path: Path) -> None:
        self._file = file
        self._path = path

    @staticmethod
    @contextmanager
    def to(path: str | None) -> Iterator[Rows | None]:
        """Open `path` anew, or nothing when there is none. Raises UsageError."""
        if path is None:
            yield None
            return
        try:
            file = Path(path).open("w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - closed below
        except OSError as error:
            raise _told(error, Path(path)) from error
        except ValueError as error:  # a NUL in the name
            raise _told(OSError(errno.EINVAL, str(error)), Path(path)) from error
        try:
            yield Rows(file, Path(path))
        finally:
            with _faults_told(Path(path)):
                file.close()

    def write(self, row: dict[str, object]) -> None:
        """Write one row. Raises UsageError."""
        with _faults_told(self._path):
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")


@contextmanager
def _faults_told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _told(error, path) from error


def _told(error: OSError, path: Path) -> UsageError:
    key, values = explain(error, path, "files.writing")
    return UsageError(key, **values)
