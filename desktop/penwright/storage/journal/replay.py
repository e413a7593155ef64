"""From a journal's records to the text they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from penwright.storage.journal.records import (
    About,
    Edit,
    Kind,
    Record,
    records,
    unpack_about,
    unpack_edit,
    unpack_text,
)


def units(text: str) -> bytes:
    """Return `text` in UTF-16 units of two bytes each, as Qt counts them."""
    return text.encode("utf-16-le", "surrogatepass")


@dataclass(frozen=True)
class Replayed:
    """What a journal holds.

    text: None where no whole text could be read. edits: how many changes lead to it. gap: records after it
    could not be used, since something before them is damaged; a last record that is torn is none.
    next_number: for the record that would follow.
    """

    about: About
    text: str | None
    edits: int
    gap: bool
    next_number: int


class Replay:
    """Applies records one after the other.

    A record counts only where every one before it was read, for an edit's position means nothing else. After
    a gap the next whole text is taken.
    """

    def __init__(self) -> None:
        self._about = About()
        self._text = bytearray()
        self._known = False  # the text is what was written up to the record read last
        self._any = False  # some text was read
        self._number = -1
        self._edits = 0
        self._gap = False

    def take(self, data: bytes) -> None:
        """Apply the records in one file of the journal."""
        for record in records(data):
            self._apply(record)

    def result(self) -> Replayed:
        """Return where they led."""
        text = self._text.decode("utf-16-le", "surrogatepass") if self._any else None
        return Replayed(self._about, text, self._edits, self._gap, self._number + 1)

    def _apply(self, record: Record) -> None:
        if record.number <= self._number:
            return  # written again after a fault that had let it through
        follows = self._number < 0 or record.number == self._number + 1
        if not record.sound:
            # What it held is lost, unless it only said again what is known; the same number may come once
            # more.
            if record.kind is Kind.AGAIN and follows and self._known:
                self._number = record.number
            return
        self._number = record.number
        if not follows:
            self._known = False
        try:
            self._use(record)
        except ValueError:
            self._known = False
        self._gap = self._any and not self._known

    def _use(self, record: Record) -> None:
        if record.kind is Kind.ABOUT:
            self._about = unpack_about(record.payload)
        elif record.kind is Kind.EDIT:
            if self._known:
                self._edit(unpack_edit(record.payload))
        elif not (record.kind is Kind.AGAIN and self._known):
            self._text = bytearray(units(unpack_text(record.payload)))
            self._known = self._any = True

    def _edit(self, edit: Edit) -> None:
        start, end = 2 * edit.position, 2 * (edit.position + edit.removed)
        inserted = units(edit.inserted)
        if end > len(self._text) or len(self._text) - (end - start) + len(inserted) != 2 * edit.length:
            raise ValueError("an edit that doesn't fit")
        self._text[start:end] = inserted
        self._edits += 1


def replay(files: Iterable[bytes]) -> Replayed:
    """Return what the files of one journal lead to, the oldest first."""
    whole = Replay()
    for data in files:
        whole.take(data)
    return whole.result()


def joined(last: Edit, edit: Edit) -> Edit | None:
    """Return one change for two of a run of typing or of taking back, or None where they stay two."""
    end = last.position + len(units(last.inserted)) // 2
    if edit.removed == 0 and edit.position == end:
        return Edit(last.position, last.removed, last.inserted + edit.inserted, edit.length)
    within = edit.position + edit.removed == end and edit.position >= last.position
    if within and last.inserted.isascii():
        kept = last.inserted[: edit.position - last.position]
        return Edit(last.position, last.removed, kept + edit.inserted, edit.length)
    return None
