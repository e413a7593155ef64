"""From a journal's records to the text they lead to."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from penwright.core.snapshot import utf16_units
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

_JOINED = 4_000  # letters of one change, at most, that others are joined to


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
        self._length = 0  # in code units, with what waits
        self._waiting: Edit | None = None  # not in the text yet: what follows it may be one change with it
        self._known = False  # the text is what was written up to the record read last
        self._any = False  # some text was read
        self._number = -1
        self._edits = 0
        self._gap = False

    def take(self, data: bytes) -> None:
        """Apply the records in one file of the journal."""
        for record in records(data):
            self._apply(record)
            time.sleep(0)  # the window, which wants to go on, comes before the next record

    def result(self) -> Replayed:
        """Return where they led."""
        self._settle()
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
            self._length, self._waiting = len(self._text) // 2, None
            self._known = self._any = True

    def _edit(self, edit: Edit) -> None:
        length = self._length - edit.removed + utf16_units(edit.inserted)
        if edit.position + edit.removed > self._length or length != edit.length:
            raise ValueError("an edit that doesn't fit")
        self._length = length
        self._edits += 1
        last = self._waiting
        one = joined(last, edit) if last is not None and len(last.inserted) < _JOINED else None
        if one is None:
            self._settle()
        self._waiting = one or edit

    def _settle(self) -> None:
        """Bring what waits into the text: each such step moves all of the text after it."""
        edit, self._waiting = self._waiting, None
        if edit is not None:
            start, end = 2 * edit.position, 2 * (edit.position + edit.removed)
            self._text[start:end] = units(edit.inserted)


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
