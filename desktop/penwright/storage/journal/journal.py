"""One document's journal on the disk: numbered files to which records are only ever added.

A new file begins with the whole text once the old one has grown; the one before it stays until then, so that
no single damaged place costs all of it. A torn last record is what a kill leaves, and costs only itself.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from penwright.base.files import sync_folder, write_all
from penwright.storage.journal.records import About, Edit, Kind, frame, pack_about, pack_edit, pack_text
from penwright.storage.journal.replay import Replayed, replay

ENDING = ".journal"
_BYTES = (
    1 << 20
)  # of edits, before the text is written whole again; or as long as the text, if that is longer
_COUNT = 4_000  # edits, likewise: replaying them takes a few seconds in the largest text


def journal_files(folder: Path, name: str) -> list[Path]:
    """Return the files of the journal `name`, the oldest first."""
    return sorted(folder.glob(f"{name}-*{ENDING}"))


def journal_names(folder: Path) -> list[str]:
    """Return the names of all journals in `folder`."""
    return sorted({path.name.rpartition("-")[0] for path in folder.glob(f"*-*{ENDING}")})


def read_journal(folder: Path, name: str) -> Replayed:
    """Return what the journal holds. Raises OSError."""
    return replay(path.read_bytes() for path in journal_files(folder, name))


def delete_journal(folder: Path, name: str) -> None:
    """Delete every file of the journal. Raises OSError."""
    for path in journal_files(folder, name):
        path.unlink(missing_ok=True)


class Journal:
    """Writes one journal.

    Its methods wait for the disk and raise OSError; what was to be written is not there then, and the same
    may be tried again.

    folder: where it lies; there already. name: of its files, without a "-".
    """

    def __init__(self, folder: Path, name: str, *, count: int = _COUNT, size: int = _BYTES) -> None:
        self._folder = folder
        self._name = name
        self._count, self._size = count, size
        self._descriptor = -1
        self._generation = 0
        self._number = 0
        self._end = 0  # bytes of whole records in the newest file
        self._edits = 0  # in the newest file
        self._whole = 0  # bytes that the newest file begins with
        self._patience = 1  # times the limits, after a compacting that failed
        self._unsynced = False

    def begin(self, about: About, text: str) -> None:
        """Begin with this text, in place of what was there."""
        self._next_file(about, Kind.WHOLE, pack_text(text))

    def tell(self, about: About) -> None:
        """Note that the document is another now, as after saving it under another name."""
        self._append([(Kind.ABOUT, pack_about(about))])

    def add(self, edits: Iterable[Edit]) -> None:
        """Add changes."""
        packed = [(Kind.EDIT, pack_edit(edit)) for edit in edits]
        self._append(packed)
        self._edits += len(packed)

    def sync(self) -> None:
        """Have the disk keep what was added, also if the power fails."""
        if self._unsynced:
            os.fsync(self._descriptor)
            self._unsynced = False

    @property
    def overgrown(self) -> bool:
        """Whether it is time to write the text whole again."""
        grown = self._end - self._whole
        return (
            self._edits >= self._count * self._patience
            or grown >= max(self._size, self._whole) * self._patience
        )

    def compact(self) -> None:
        """Write the text whole into a new file, from what this journal itself holds."""
        found = read_journal(self._folder, self._name)
        try:
            if found.text is not None and not found.gap:
                self._next_file(found.about, Kind.AGAIN, pack_text(found.text))
            else:
                self._patience *= 2
        except OSError:
            self._patience *= 2  # the old file serves on; later it is tried again
            raise

    @property
    def ended(self) -> bool:
        """Whether nothing of it is open: it has not begun, or has ended."""
        return self._descriptor < 0

    def end(self) -> None:
        """Delete the journal: what it held is safe elsewhere, or not wanted."""
        self.close()
        self._unsynced, self._end, self._edits = False, 0, 0
        delete_journal(self._folder, self._name)

    def close(self) -> None:
        """Let go of the file; it stays."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    def _next_file(self, about: About, kind: Kind, payload: bytes) -> None:
        path = self._path(self._generation + 1)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        data = frame(self._number, Kind.ABOUT, pack_about(about)) + frame(self._number + 1, kind, payload)
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        except BaseException:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        self.close()
        self._descriptor = descriptor
        self._generation += 1
        self._number += 2
        self._end = self._whole = len(data)
        self._edits, self._patience, self._unsynced = 0, 1, False
        sync_folder(self._folder)
        kept = self._generation - (1 if kind is Kind.AGAIN else 0)
        for old in journal_files(self._folder, self._name):
            if old < self._path(kept):
                with contextlib.suppress(OSError):
                    old.unlink()

    def _append(self, packed: list[tuple[Kind, bytes]]) -> None:
        data = b"".join(
            frame(number, kind, payload) for number, (kind, payload) in enumerate(packed, self._number)
        )
        try:
            write_all(self._descriptor, data)
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(
                    self._descriptor, self._end
                )  # else the half of a record stays, and is passed over
            raise
        self._number += len(packed)
        self._end += len(data)
        self._unsynced = True

    def _path(self, generation: int) -> Path:
        return self._folder / f"{self._name}-{generation:06}{ENDING}"
