"""What became of each answer, for a log of suggestions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from penwright.core.gate import Verdict
from penwright.core.recall import Found, Kept


class Fate(Enum):
    """How a suggestion ended."""

    WITHHELD = "withheld"  # never to be shown; the verdict says why
    UNSEEN = "unseen"  # typed over before its moment of showing
    TYPED = "typed"  # shown, and typed letter by letter to its end
    TAKEN = "taken"  # a key took all that was left of it
    LEFT = "left"  # shown, and then the writer wrote or did something else
    DISMISSED = "dismissed"  # sent away with Esc


@dataclass(frozen=True)
class Told:
    """One line of such a log.

    kept: the caret, the answers there and the request that brought them. verdict: what the gate said.
    back: how many letters were typed between the answer and the moment it was judged. typed, taken: how
    many letters of the suggestion the writer typed, and took with a key.
    """

    kept: Kept
    verdict: Verdict
    fate: Fate
    back: int = 0
    typed: int = 0
    taken: int = 0


class Life:
    """Follows one suggestion at a time, and tells of it when it ends."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self._tell = tell
        self._told: Told | None = None

    def begin(self, found: Found) -> None:
        """Note a suggestion that waits for its moment, or an answer that is not worth one."""
        self.end(Fate.LEFT)
        told = Told(found.kept, found.verdict, Fate.UNSEEN, found.back)
        if found.suggestion.text:
            self._told = told
        else:
            self._tell(replace(told, fate=Fate.WITHHELD))

    def seen(self) -> None:
        """Note that it shows."""
        if self._told is not None:
            self._told = replace(self._told, fate=Fate.LEFT)

    def went(self, *, typed: int = 0, taken: int = 0) -> None:
        """Note letters of it that were typed, or taken with a key."""
        if self._told is not None:
            now = self._told
            self._told = replace(now, typed=now.typed + typed, taken=now.taken + taken)

    def end(self, fate: Fate) -> None:
        """Tell of it, if there is one. What never showed is UNSEEN, however it ended."""
        told, self._told = self._told, None
        if told is not None:
            unseen = told.fate is Fate.UNSEEN
            self._tell(replace(told, fate=Fate.UNSEEN if unseen else fate))
