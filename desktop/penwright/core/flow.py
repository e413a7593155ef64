"""The suggestion state machine: an event comes in, actions go out; it holds no clock and starts nothing.

The way of one suggestion: an edit asks the engine at once; the answer is judged by the gate; it is shown
when the writer has paused for a moment; typing what it says shortens it with no request; anything else
takes it away. Each request carries the document and the revision that it was asked for, and an answer to
a state that typing can't explain is dropped.

Times are seconds of any monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from penwright.core.answer import Answer
from penwright.core.gate import Eagerness, judge
from penwright.core.snapshot import Edit, Snapshot
from penwright.core.suggestion import Suggestion, Take


@dataclass(frozen=True)
class Ask:
    """Ask the engine to go on after `snapshot`; it supersedes any request before it."""

    request: int
    snapshot: Snapshot


@dataclass(frozen=True)
class Cancel:
    """The engine need not finish this request."""

    request: int


@dataclass(frozen=True)
class Show:
    """Draw this suggestion at the caret, in place of any other."""

    suggestion: Suggestion


@dataclass(frozen=True)
class Hide:
    """Take the shown suggestion away."""


@dataclass(frozen=True)
class Insert:
    """Insert accepted text at the caret, as one undo step, and report it with `accepted()`."""

    text: str


@dataclass(frozen=True)
class Wake:
    """Call `tick()` at this time."""

    at: float


Action = Ask | Cancel | Show | Hide | Insert | Wake


@dataclass(frozen=True)
class _Pending:
    request: int
    snapshot: Snapshot
    eagerness: Eagerness
    asked_at: float


class Flow:
    """The suggestions of one editor. Every method takes an event and returns the actions it calls for."""

    def __init__(self, eagerness: Eagerness = Eagerness.NORMAL) -> None:
        self.eagerness = eagerness
        self.enabled = True
        self.shown: Suggestion | None = None
        self._now: Snapshot | None = None
        self._pending: _Pending | None = None
        self._earlier: _Pending | None = None  # superseded by a letter; its answer may be on the way already
        self._held: Suggestion | None = None  # judged, and waiting for the moment of showing
        self._show_at = 0.0
        self._latency = 0.0  # of the last answer, in seconds
        self._next = 1
        self._unanswered: _Pending | None = None  # lost with the engine; asked again when it is back

    @property
    def pending(self) -> int | None:
        """The id of the request that is under way, if any."""
        return self._pending.request if self._pending else None

    def edited(self, snapshot: Snapshot, edit: Edit, now: float) -> list[Action]:
        """Follow a change of the text."""
        previous, self._now = self._now, snapshot
        candidate = self.shown or self._held
        if candidate is not None:
            rest = self._typed_through(candidate, previous, snapshot) if edit is Edit.TYPED else None
            if rest is not None and rest.text:
                return self._keep(rest)
        earlier = None
        if edit is Edit.TYPED and self.enabled:
            # No need to cancel: the newest request wins. But should the answer be on its way and begin
            # with this letter, it comes sooner than that of the new request.
            earlier, self._pending = self._pending, None
        actions = self._drop_all()
        self._earlier = earlier
        if edit is Edit.OTHER or not self.enabled:
            return actions
        return [*actions, *self._ask(snapshot, self.eagerness, now)]

    def asked(self, snapshot: Snapshot, now: float) -> list[Action]:
        """Follow the writer's own wish for a suggestion: the gate lets through whatever there is."""
        self._now = snapshot
        return [*self._drop_all(), *self._ask(snapshot, Eagerness.ALWAYS, now)]

    def strayed(self) -> list[Action]:
        """Follow whatever makes a suggestion no longer fit: caret, selection, focus, composition."""
        self._now = None
        return self._drop_all()

    dismissed = strayed

    def took(self, how: Take) -> list[Action]:
        """Follow a key that accepts; the editor inserts the text and then reports `accepted()`."""
        if self.shown is None:
            return []
        text, rest = self.shown.take(how)
        self.shown = rest if rest.text else None
        return [Hide(), Insert(text)]

    def accepted(self, snapshot: Snapshot, now: float) -> list[Action]:
        """Follow the insertion of accepted text: show the rest, or ask what comes next."""
        self._now = snapshot
        if self.shown is not None:
            return [Show(self.shown)]
        return self._ask(snapshot, self.eagerness, now) if self.enabled else []

    def answered(self, request: int, answer: Answer, now: float) -> list[Action]:
        """Follow an answer of the engine. One that nothing waits for, or that no longer fits, is dropped."""
        pending = self._take(request)
        if pending is None:
            return []
        self._latency = now - pending.asked_at
        # What an earlier answer has brought already is not changed under the writer's eyes.
        if self._now is None or self.shown is not None or self._held is not None:
            return []
        verdict = judge(answer, pending.snapshot, pending.eagerness)
        if not verdict.text:
            return []
        found = self._typed_through(Suggestion(request, verdict.text), pending.snapshot, self._now)
        if found is None or not found.text:
            return []
        if now >= self._show_at:
            self.shown = found
            return [Show(found)]
        self._held = found
        return [Wake(self._show_at)]

    def failed(self, request: int) -> list[Action]:
        """Follow the end of a request that brought no answer, as when the engine ended."""
        newest = request == self.pending
        lost = self._take(request)
        if newest:
            self._unanswered = lost
        return []

    def ready(self, now: float) -> list[Action]:
        """Follow the engine's return: what it had not answered is asked again if nothing has changed."""
        lost, self._unanswered = self._unanswered, None
        if lost is None or lost.snapshot != self._now or self.shown is not None or not self.enabled:
            return []
        return self._ask(lost.snapshot, lost.eagerness, now)

    def tick(self, now: float) -> list[Action]:
        """Follow the clock: show what was held back until the writer paused."""
        if self._held is None:
            return []
        if now < self._show_at:
            return [Wake(self._show_at)]
        self.shown, self._held = self._held, None
        return [Show(self.shown)]

    def _take(self, request: int) -> _Pending | None:
        """Return the request of this id, no longer under way then; None when nothing waits for it."""
        if self._pending is not None and self._pending.request == request:
            taken, self._pending = self._pending, None
            return taken
        if self._earlier is not None and self._earlier.request == request:
            taken, self._earlier = self._earlier, None
            return taken
        return None

    def _ask(self, snapshot: Snapshot, eagerness: Eagerness, now: float) -> list[Action]:
        if not snapshot.before.strip():
            return []  # an empty page: there is nothing to go on from
        request, self._next = self._next, self._next + 1
        self._pending = _Pending(request, snapshot, eagerness, now)
        self._show_at = now + (0.0 if eagerness is Eagerness.ALWAYS else self._pause())
        return [Ask(request, snapshot)]

    def _pause(self) -> float:
        """Return how long the writer must have paused before a suggestion shows, in seconds.

        The steps are KeyType's: 15, 25 or 55 ms after an answer that took up to 70, up to 140, or more.
        """
        if self._latency <= 0.070:
            return 0.015
        return 0.025 if self._latency <= 0.140 else 0.055

    def _keep(self, rest: Suggestion) -> list[Action]:
        if self._held is not None:
            self._held = rest
            return []
        self.shown = rest
        return [Show(rest)]

    def _drop_all(self) -> list[Action]:
        actions: list[Action] = []
        if self.shown is not None:
            actions.append(Hide())
        if self._pending is not None:
            actions.append(Cancel(self._pending.request))
        self.shown = self._held = self._pending = self._earlier = self._unanswered = None
        return actions

    @staticmethod
    def _typed_through(found: Suggestion, then: Snapshot | None, now: Snapshot) -> Suggestion | None:
        """Return what is left of `found`, made for `then`, if only its own letters were typed since."""
        if then is None or then.document != now.document or then.revision > now.revision:
            return None
        if then.after != now.after:
            return None
        letters = _tail_after(then, now)
        return found.typed(letters) if letters is not None else None


def _tail_after(then: Snapshot, now: Snapshot) -> str | None:
    """Return what `now.before` has after the end of `then.before`, or None when it does not go on from it.

    Both are bounded, so the later one may begin further right in the document.
    """
    shift = now.origin - then.origin
    if shift < 0:
        return None
    kept = then.before.encode("utf-16-le", "surrogatepass")[2 * shift :].decode("utf-16-le", "surrogatepass")
    return now.before[len(kept) :] if now.before.startswith(kept) else None
