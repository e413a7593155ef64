"""The requests of one editor: a visible one and a spare one at most, and those that were given up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from penwright.core.actions import Action, Ask, Cancel
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Snapshot

CANDIDATES = 3  # for the writer to choose from, and to fall back on
_GIVEN_UP = 8  # requests that may still be answered although nothing waits for them


class For(Enum):
    """What a request is for."""

    SHOWING = "showing"
    CHOOSING = "choosing"  # the writer wants to see other candidates
    NEXT = "next"  # spare: what follows once the shown suggestion is taken
    WRITING = "writing"  # a sentence of the writing model's
    OTHERS = "others"  # spare: the candidates beside the shown one

    @property
    def spare(self) -> bool:
        """Whether it can wait."""
        return self in (For.NEXT, For.OTHERS)

    @property
    def candidates(self) -> int:
        """How many answers are asked for."""
        return CANDIDATES if self in (For.CHOOSING, For.OTHERS) else 1


@dataclass(frozen=True)
class Asked:
    """A request. eagerness: for the gate. at: when it was asked. step: CHOOSING, how far to go."""

    request: int
    snapshot: Snapshot
    purpose: For
    eagerness: Eagerness
    at: float
    step: int = 0


class Pending:
    """Keeps the rule of two: a visible request supersedes all, a spare one only another spare one.

    visible, spare: what is under way. What was superseded or cancelled is remembered for a while: its answer
    may be on the way, and is worth keeping.
    """

    def __init__(self, next_id: Callable[[], int]) -> None:
        self.visible: Asked | None = None
        self.spare: Asked | None = None
        self._next_id = next_id
        self._given_up: OrderedDict[int, Asked] = OrderedDict()

    def ask(self, snapshot: Snapshot, purpose: For, eagerness: Eagerness, now: float, step: int = 0) -> Ask:
        """Begin a request, and return the action for it."""
        asked = Asked(self._next_id(), snapshot, purpose, eagerness, now, step)
        if purpose.spare:
            self._set_aside(self.spare)
            self.spare = asked
        else:
            self._set_aside(self.visible)
            self._set_aside(self.spare)
            self.visible, self.spare = asked, None
        return Ask(asked.request, snapshot, purpose.candidates, purpose.spare, purpose is For.WRITING)

    def wish(self, snapshot: Snapshot, eagerness: Eagerness) -> bool:
        """Have the answer for `snapshot` judged so, if it is being asked for; False when it is not."""
        asked = self.visible
        if asked is None or asked.purpose is not For.SHOWING or asked.snapshot != snapshot:
            return False
        self.visible = replace(asked, eagerness=eagerness)
        return True

    def go_further(self, step: int) -> bool:
        """Add to the step of a request for CHOOSING; False when none is under way."""
        if self.visible is None or self.visible.purpose is not For.CHOOSING:
            return False
        self.visible = replace(self.visible, step=self.visible.step + step)
        return True

    def cancel_visible(self) -> list[Action]:
        """Give the visible request up."""
        asked, self.visible = self.visible, None
        self._set_aside(asked)
        return [Cancel(asked.request)] if asked is not None else []

    def cancel_spare(self) -> list[Action]:
        """Give the spare request up."""
        asked, self.spare = self.spare, None
        self._set_aside(asked)
        return [Cancel(asked.request)] if asked is not None else []

    def cancel(self) -> list[Action]:
        """Give both up."""
        return [*self.cancel_visible(), *self.cancel_spare()]

    def take(self, request: int) -> tuple[Asked | None, bool]:
        """Return the request of this id, which has ended, and whether it was still waited for."""
        if self.visible is not None and self.visible.request == request:
            asked, self.visible = self.visible, None
            return asked, True
        if self.spare is not None and self.spare.request == request:
            asked, self.spare = self.spare, None
            return asked, True
        return self._given_up.pop(request, None), False

    def _set_aside(self, asked: Asked | None) -> None:
        if asked is not None:
            self._given_up[asked.request] = asked
            while len(self._given_up) > _GIVEN_UP:
                self._given_up.popitem(last=False)
