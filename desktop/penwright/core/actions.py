"""What the flow of suggestions calls for: the actions that core.flow returns and the window carries out."""

from __future__ import annotations

from dataclasses import dataclass

from penwright.core.snapshot import Snapshot
from penwright.core.suggestion import Suggestion


@dataclass(frozen=True)
class Ask:
    """Ask the engine to go on after `snapshot`, with up to `candidates` answers.

    A spare one can wait, and supersedes only another spare one; any other supersedes all before it. writing:
    it is for the writing model, if there is one.
    """

    request: int
    snapshot: Snapshot
    candidates: int = 1
    spare: bool = False
    writing: bool = False


@dataclass(frozen=True)
class Cancel:
    """The engine need not finish this request."""

    request: int


@dataclass(frozen=True)
class Show:
    """Draw this suggestion at the caret, in place of any other.

    number, of: "2 of 3" while the writer goes through the candidates, else 0 and 0.
    """

    suggestion: Suggestion
    number: int = 0
    of: int = 0


@dataclass(frozen=True)
class Hide:
    """Take the shown suggestion away."""


@dataclass(frozen=True)
class Insert:
    """Insert accepted text at the caret, as one undo step, and report it with `accepted()`."""

    text: str


@dataclass(frozen=True)
class Wake:
    """Call `tick()` at this time, in place of any earlier wish."""

    at: float


Action = Ask | Cancel | Show | Hide | Insert | Wake
