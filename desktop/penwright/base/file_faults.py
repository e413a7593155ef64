"""Faults of files, as errors of the program: with a key of the catalogue and what its sentence needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from penwright.base.errors import PenwrightError
from penwright.base.files import explain, read_bounded, readable_name


@contextmanager
def telling(kind: type[PenwrightError], path: Path, table: str) -> Iterator[None]:
    """Raise `kind` for an OSError that is met at `path`; table: as `explain` has it."""
    try:
        yield
    except OSError as error:
        key, values = explain(error, path, table)
        raise kind(key, **values) from error


def read_whole(path: Path, limit: int, kind: type[PenwrightError], too_large: str) -> bytes:
    """Return a file's bytes, of which there may be `limit`.

    Raises `kind`: for a fault, and with the key `too_large` for a file that has more.
    """
    with telling(kind, path, "files.reading"):
        data, _stamp = read_bounded(path, limit)
    if len(data) > limit:
        raise kind(too_large, name=readable_name(path))
    return data
