"""The list of models that are used where they lie, kept in `in-place.json` in the models folder."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

from penwright.base.files import read_bounded, write_atomically
from penwright.modelstore.records import Record, sound

_LIMIT = 1_000_000  # bytes


class InPlace:
    """The list; it is read anew each time, since another Penwright may write it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "in-place.json"

    def entries(self) -> tuple[tuple[Path, Record], ...]:
        """Return the files and what is known of each; a list that can't be read counts as empty."""
        try:
            data, _stamp = read_bounded(self._path, _LIMIT)
            kept: object = json.loads(data)
        except (OSError, ValueError, RecursionError):
            return ()
        found = []
        for path, values in kept.items() if isinstance(kept, dict) else ():
            try:
                record = Record(**{field.name: values[field.name] for field in fields(Record)})
            except (TypeError, KeyError):
                continue
            if sound(record) and Path(path).is_absolute():
                found.append((Path(path), record))
        return tuple(found)

    def put(self, path: Path, record: Record) -> None:
        """Add or change an entry. Raises OSError."""
        self._write({**dict(self.entries()), path: record})

    def drop(self, path: Path) -> None:
        """Take an entry out. Raises OSError."""
        self._write({each: record for each, record in self.entries() if each != path})

    def _write(self, records: dict[Path, Record]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        table = {str(path): asdict(record) for path, record in records.items()}
        write_atomically(self._path, (json.dumps(table, indent=1) + "\n").encode("utf-8"))
