"""What a crash left, held against the files as they are now: what is worth offering, and what is not."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from penwright.base.errors import DocumentError
from penwright.base.files import stamp
from penwright.storage.documents import Documents, TextFile
from penwright.storage.journal.records import About
from penwright.storage.journal.replay import Replayed
from penwright.storage.journal.sittings import Left, Sitting


@dataclass(frozen=True)
class Recovered:
    """A text that a crash left.

    text: what was written, or None where nothing of it can be read. file: as it lies on the disk now, or None
    where there is none that can be opened. gap: its last part is missing, for the journal is damaged.
    """

    left: Left
    about: About
    text: str | None
    gap: bool
    file: TextFile | None

    @property
    def path(self) -> Path | None:
        """Where the text was to lie, or None for one that had no file yet."""
        return Path(self.about.path) if self.about.path else None

    @property
    def written(self) -> datetime:
        """When it was last written on."""
        return datetime.fromtimestamp(self.left.written, UTC)

    @property
    def original(self) -> str:
        """The text in the file, or "" where there is none."""
        return self.file.text if self.file is not None else ""

    @property
    def overtaken(self) -> bool:
        """Whether another program has changed the file since."""
        if self.file is None or self.file.stamp is None:
            return False
        return (self.file.stamp.size, self.file.stamp.mtime_ns) != (self.about.size, self.about.mtime_ns)

    def as_file(self) -> TextFile | None:
        """Return the file that the text is to go into, for the window that takes it back.

        One that another program has changed has no stamp, so that saving asks.
        """
        if self.path is None:
            return None
        if self.file is not None:
            return (
                replace(self.file, stamp=None, notes=()) if self.overtaken else replace(self.file, notes=())
            )
        about = self.about
        return TextFile(self.path, "", about.encoding, about.bom, about.newline)


def recovered(sitting: Sitting, documents: Documents) -> list[Recovered]:
    """Return the texts that earlier runs left, the newest first. Raises OSError.

    Those that differ in nothing from their file, and empty ones without a file, go: they hold nothing that
    isn't safe. One that can't be read now stays where it is.
    """
    found: list[Recovered] = []
    for left in sitting.left():
        with contextlib.suppress(OSError):
            one = _recovered(left, left.read(), documents)
            if one.text is not None and not one.gap and one.text == _lying(one):
                left.delete()
            else:
                found.append(one)
    return found


def _lying(one: Recovered) -> str | None:
    if one.file is not None:
        return one.file.text
    never_there = one.path is None or one.about.size < 0
    return "" if never_there else None


def _recovered(left: Left, found: Replayed, documents: Documents) -> Recovered:
    file = None
    if found.about.path:
        path = Path(found.about.path)
        with contextlib.suppress(DocumentError, OSError):
            if stamp(path) is not None:
                file = documents.open(path)
    return Recovered(left, found.about, found.text, found.gap, file)
