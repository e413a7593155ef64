"""A review: changes that wait for a decision, each accepted or rejected, and which one is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from penwright.core.diff import Change
from penwright.core.reconciling import reconciled
from penwright.core.splice import Splice


class Verdict(Enum):
    """What the writer thinks of a change."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Part(Enum):
    """What a piece of the shown text is."""

    SAME = "same"
    OLD = "old"  # goes, if the change is accepted
    NEW = "new"  # comes, if the change is accepted
    CHOSEN = "chosen"  # of a change that is decided: the side that was chosen


@dataclass(frozen=True)
class Piece:
    """A stretch of the shown text. index: of its change, -1 for text that stays."""

    text: str
    part: Part
    index: int = -1


class Reviewing:
    """Decisions on changes. The text itself is never touched here.

    current: the index of the change that is looked at, -1 when there are none.
    """

    def __init__(self, changes: Iterable[Change]) -> None:
        self.changes = tuple(changes)
        self._verdicts = [Verdict.OPEN] * len(self.changes)
        self.current = 0 if self.changes else -1

    @property
    def left(self) -> int:
        """How many are not decided."""
        return self._verdicts.count(Verdict.OPEN)

    @property
    def accepted(self) -> tuple[Change, ...]:
        """The accepted changes, in order."""
        return tuple(change for change, verdict in self._decided() if verdict is Verdict.ACCEPTED)

    def verdict(self, index: int) -> Verdict:
        """Return what was decided of a change."""
        return self._verdicts[index]

    def step(self, by: int) -> None:
        """Look at the change `by` places on; the last is followed by the first."""
        if self.changes:
            self.current = (self.current + by) % len(self.changes)

    def decide(self, verdict: Verdict) -> None:
        """Decide the current change, and look at the next open one, if there is any."""
        if self.current < 0:
            return
        self._verdicts[self.current] = verdict
        for away in range(1, len(self.changes)):
            index = (self.current + away) % len(self.changes)
            if self._verdicts[index] is Verdict.OPEN:
                self.current = index
                return

    def decide_all(self, verdict: Verdict) -> None:
        """Decide every change, also those decided before."""
        self._verdicts = [verdict] * len(self.changes)

    def reconcile(self, splice: Splice, text: str) -> tuple[Change, ...]:
        """Move the changes along with an edit; return those that had to go because it touched them."""
        at = self.changes[self.current] if self.current >= 0 else None
        kept, dropped = reconciled(self.changes, splice, text)
        gone = set(dropped)
        stay = [index for index, change in enumerate(self.changes) if change not in gone]
        before = sum(index < self.current for index in stay)
        self._verdicts = [self._verdicts[index] for index in stay]
        self.changes = kept
        self.current = min(before, len(kept) - 1) if at is not None else -1
        return dropped

    def pieces(self, text: str, start: int, end: int) -> Iterator[Piece]:
        """Yield what is shown of `text` from start to end; every change lies between those."""
        at = start
        for index, change in enumerate(self.changes):
            if at < change.start:
                yield Piece(text[at : change.start], Part.SAME)
            yield from self.sides(index)
            at = change.end
        if at < end:
            yield Piece(text[at:end], Part.SAME)

    def sides(self, index: int) -> tuple[Piece, ...]:
        """Return what is shown of one change: both sides while it is open, else the chosen one."""
        change, verdict = self.changes[index], self._verdicts[index]
        if verdict is Verdict.OPEN:
            sides = (Piece(change.old, Part.OLD, index), Piece(change.new, Part.NEW, index))
            return tuple(side for side in sides if side.text)
        chosen = change.new if verdict is Verdict.ACCEPTED else change.old
        return (Piece(chosen, Part.CHOSEN, index),) if chosen else ()

    def _decided(self) -> Iterator[tuple[Change, Verdict]]:
        yield from zip(self.changes, self._verdicts, strict=True)
