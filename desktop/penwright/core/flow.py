"""The suggestion state machine: an event comes in, actions go out; it holds no clock and starts nothing.

The way of one suggestion: an edit asks the engine at once, unless the answer is known already
(core.recall); the gate judges the answer; it shows when the writer has paused for a moment (core.rhythm);
typing what it says shortens it with no request; anything else takes it away. Every answer is kept under
the text that it was made for, and only what fits the present text is ever shown, so that an answer that
comes late does no harm and may do good.

Two requests at most are alive, a visible one and a spare one. Once a suggestion shows, what would follow
it is asked for with the spare one, and then the other candidates for the caret; after that nothing is
asked until the writer does something. What follows comes first: it saves a whole prompt and answer in the
moment after Tab, when the writer waits for it, while another candidate only saves a letter whose prompt
is evaluated already. On battery there are no spare requests, and the writer's pause comes before the
asking.

Times are seconds of any monotonic clock.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from penwright.core.actions import Action, Hide, Insert, Show, Wake
from penwright.core.answer import Answer
from penwright.core.choice import Choice
from penwright.core.fate import Fate, Life, Told
from penwright.core.gate import Eagerness, Verdict, judge
from penwright.core.pending import CANDIDATES, For, Pending
from penwright.core.recall import Found, Recall
from penwright.core.rhythm import Rhythm
from penwright.core.snapshot import Edit, Snapshot
from penwright.core.suggestion import Suggestion
from penwright.core.take import Take

BATTERY_PAUSE = 0.25  # seconds without a key before the engine is asked, on battery


class Flow:
    """The suggestions of one editor. Every method takes an event and returns the actions it calls for.

    eagerness, banned: the writer's wishes, for the gate. enabled: whether typing brings suggestions.
    on_battery: be calmer. shown: what shows now.
    """

    def __init__(
        self,
        eagerness: Eagerness = Eagerness.NORMAL,
        next_id: Callable[[], int] | None = None,
        tell: Callable[[Told], None] = lambda _told: None,
    ) -> None:
        """next_id gives each request its number, never one twice; `tell` hears what became of each answer."""
        self.eagerness = eagerness
        self.banned: tuple[str, ...] = ()
        self.enabled = True
        self.on_battery = False
        self.shown: Suggestion | None = None
        self._pending = Pending(next_id or itertools.count(1).__next__)
        self._life = Life(tell)
        self._recall = Recall(self._judge)
        self._rhythm = Rhythm()
        self._now: Snapshot | None = None
        self._held: Suggestion | None = None  # judged, and waiting for the moment of showing
        self._show_at = 0.0
        self._ask_at: float | None = None  # on battery: when to ask
        self._choice: Choice | None = None
        self._sent_away: tuple[str, str, str] | None = None  # the place of what the writer did not want
        self._lost: tuple[Snapshot, Eagerness] | None = None  # with the engine; asked again when it is back

    @property
    def pending(self) -> int | None:
        """The id of the visible request, if one is under way."""
        return self._pending.visible.request if self._pending.visible else None

    @property
    def spare(self) -> int | None:
        """The id of the spare request, if one is under way."""
        return self._pending.spare.request if self._pending.spare else None

    # What the writer does

    def edited(self, snapshot: Snapshot, edit: Edit, now: float) -> list[Action]:
        """Follow a change of the text."""
        previous, self._now = self._now, snapshot
        self._choice = None
        if edit is Edit.OTHER:
            self._rhythm.rest()
            return self._clear()
        self._rhythm.key(now)
        if edit is Edit.TYPED and (rest := self._typed_through(previous, snapshot)) is not None:
            return [*self._stop_choosing(), *self._keep(rest)]
        hidden = self._put_away(Fate.LEFT)
        if not self.enabled:
            return [*hidden, *self._pending.cancel()]
        found = self._recall.find(snapshot, self.eagerness)
        if found is None:
            return [*hidden, *self._begin(snapshot, now)]
        moment = now + self._rhythm.pause(ready=True, deleted=edit is Edit.DELETED)
        return _in_place(hidden, [*self._pending.cancel(), *self._offer(found, moment, now)])

    def asked(self, snapshot: Snapshot, now: float) -> list[Action]:
        """Follow the writer's own wish for a suggestion: the gate lets through whatever there is."""
        self._now, self._choice = snapshot, None
        found = self._recall.find(snapshot, Eagerness.ALWAYS)
        if self.shown is not None and found is not None and found.suggestion.text == self.shown.text:
            return [Show(self.shown)]
        hidden = self._put_away(Fate.LEFT)
        if self._pending.wish(snapshot, Eagerness.ALWAYS):
            self._show_at = now
            return hidden
        if found is None or not found.suggestion.text:
            return [*hidden, *self._ask(snapshot, Eagerness.ALWAYS, now, now)]
        return _in_place(hidden, [*self._pending.cancel(), *self._offer(found, now, now)])

    def continued(self, snapshot: Snapshot, now: float) -> list[Action]:
        """Follow the wish for a sentence of the writing model's: it shows like a suggestion."""
        self._now, self._choice = snapshot, None
        hidden = self._put_away(Fate.LEFT)
        if not _has_text(snapshot):
            return [*hidden, *self._pending.cancel()]
        self._show_at = now
        self._ask_at = self._lost = None
        # It may go to another engine, so the one that suggests has to be told to stop.
        cancelled = self._pending.cancel()
        return [*hidden, *cancelled, self._pending.ask(snapshot, For.WRITING, Eagerness.ALWAYS, now)]

    def turned(self, step: int, snapshot: Snapshot, now: float) -> list[Action]:
        """Follow the wish for the next (step 1) or the previous (-1) candidate."""
        self._now = snapshot
        if self._choice is not None:
            self._choice = self._choice.turned(step)
            return self._show_choice(now)
        if self._pending.go_further(step):
            return []
        kept = self._recall.exact(snapshot)
        if kept is None or kept.asked < CANDIDATES:
            return self._ask(snapshot, Eagerness.ALWAYS, now, now, step)
        return [*self._pending.cancel_visible(), *self._choose(step, now)]

    def moved(self, snapshot: Snapshot) -> list[Action]:
        """Follow a caret that moved: nothing is asked, but what is known for its new place shows."""
        cleared = self.strayed()
        self._now = snapshot
        if not self.enabled or _place(snapshot) == self._sent_away:
            return cleared
        found = self._recall.find(snapshot, self.eagerness)
        if found is None or not found.suggestion.text:
            return cleared
        self._life.begin(found)
        return _in_place(cleared, self._show(found.suggestion))

    def strayed(self) -> list[Action]:
        """Follow whatever makes a suggestion no longer fit: selection, focus, composition, another text."""
        self._now = None
        self._rhythm.rest()
        return self._clear()

    def dismissed(self) -> list[Action]:
        """Follow the key that sends a suggestion away."""
        self._life.end(Fate.DISMISSED)
        self._sent_away = _place(self._now) if self._now is not None else None
        return self.strayed()

    def took(self, how: Take) -> list[Action]:
        """Follow a key that accepts; the editor inserts the text and then reports `accepted()`."""
        if self.shown is None:
            return []
        text, rest = self.shown.take(how)
        self._choice = None
        self._life.went(taken=len(text))
        if not rest.text:
            self._life.end(Fate.TAKEN)
        self.shown = rest if rest.text else None
        return [*self._stop_choosing(), Hide(), Insert(text)]

    def accepted(self, snapshot: Snapshot, now: float) -> list[Action]:
        """Follow the insertion of accepted text: show the rest, or what comes next."""
        self._now = snapshot
        self._rhythm.rest()
        if self.shown is not None:
            return [Show(self.shown)]
        if not self.enabled:
            return []
        found = self._recall.find(snapshot, self.eagerness)
        if found is not None:
            return self._offer(found, now, now)
        # A spare request for just this is superseded: its priority can't be raised, and what it has
        # evaluated of the prompt stays with the engine.
        return self._ask(snapshot, self.eagerness, now, now)

    # What the engine and the clock do

    def answered(self, request: int, answers: Sequence[Answer], now: float) -> list[Action]:
        """Follow the answers to a request, best first. What nothing waits for is kept for later."""
        asked, current = self._pending.take(request)
        if asked is None:
            return []
        self._recall.put(request, asked.snapshot, answers, asked.purpose.candidates)
        if current and asked.purpose is For.CHOOSING:
            return self._choose(asked.step, now)
        if current and asked.purpose is For.NEXT:
            return self._ask_others(now)
        if current and asked.purpose is For.SHOWING:
            self._rhythm.latency = now - asked.at
        # What shows or waits already is not changed under the writer's eyes.
        if self._now is None or self.shown is not None or self._held is not None:
            return []
        wanted = self._pending.visible or asked
        found = self._recall.find(self._now, wanted.eagerness)
        if found is None or not (found.suggestion.text or current):
            return []
        return self._offer(found, self._show_at, now)

    def failed(self, request: int) -> list[Action]:
        """Follow the end of a request that brought no answer, as when the engine ended."""
        asked, current = self._pending.take(request)
        if asked is not None and current and asked.purpose is For.SHOWING:
            self._lost = (asked.snapshot, asked.eagerness)
        return []

    def ready(self, now: float) -> list[Action]:
        """Follow a model that was loaded: what was lost is asked again if nothing has changed since."""
        self._recall.clear()
        lost, self._lost = self._lost, None
        if lost is None or lost[0] != self._now or self.shown is not None or not self.enabled:
            return []
        return self._ask(*lost, now, now)

    def tick(self, now: float) -> list[Action]:
        """Follow the clock: do what was held back until the writer paused."""
        if self._ask_at is not None and self._now is not None:
            if now < self._ask_at:
                return [Wake(self._ask_at)]
            self._ask_at = None
            return self._ask(self._now, self.eagerness, now, now)
        if self._held is None:
            return []
        if now < self._show_at:
            return [Wake(self._show_at)]
        return [*self._show(self._held), *self._look_ahead(now)]

    def forget(self) -> list[Action]:
        """Follow a change of what may be shown at all: what is known is dropped."""
        self._recall.clear()
        return self.strayed()

    # Asking

    def _begin(self, snapshot: Snapshot, now: float) -> list[Action]:
        """Ask at once, or on battery once the writer has paused."""
        if not self.on_battery or not _has_text(snapshot):
            return self._ask(snapshot, self.eagerness, now, now + self._rhythm.pause())
        self._ask_at = now + BATTERY_PAUSE
        return [*self._pending.cancel(), Wake(self._ask_at)]

    def _ask(
        self, snapshot: Snapshot, eagerness: Eagerness, now: float, show_at: float, step: int = 0
    ) -> list[Action]:
        """Ask what to show, or with a step what to choose from."""
        if not _has_text(snapshot):
            return self._pending.cancel()  # an empty page: there is nothing to go on from
        self._show_at = show_at
        self._ask_at = self._lost = None
        purpose = For.CHOOSING if step else For.SHOWING
        return [self._pending.ask(snapshot, purpose, eagerness, now, step)]

    def _look_ahead(self, now: float) -> list[Action]:
        """Ask what follows the shown suggestion, unless that is known or asked already."""
        if self.shown is None or self._now is None or self.on_battery or not self.enabled:
            return []
        text = self.shown.text
        after = replace(self._now, before=self._now.before + text, revision=self._now.revision + 1)
        if self._recall.find(after, self.eagerness) is not None:
            return self._ask_others(now)
        return [self._pending.ask(after, For.NEXT, self.eagerness, now)]

    def _ask_others(self, now: float) -> list[Action]:
        """Ask for the candidates beside the shown suggestion, unless they are known."""
        if self.shown is None or self._now is None or self.on_battery or not self.enabled:
            return []
        kept = self._recall.exact(self._now)
        if kept is not None and kept.asked >= CANDIDATES:
            return []
        return [self._pending.ask(self._now, For.OTHERS, self.eagerness, now)]

    def _stop_choosing(self) -> list[Action]:
        visible = self._pending.visible
        choosing = visible is not None and visible.purpose is For.CHOOSING
        return self._pending.cancel_visible() if choosing else []

    # Showing

    def _judge(self, answer: Answer, at: Snapshot, eagerness: Eagerness) -> Verdict:
        return judge(answer, at, eagerness, self.banned)

    def _offer(self, found: Found, moment: float, now: float) -> list[Action]:
        """Show what was found when its moment comes, if it is anything."""
        self._life.begin(found)
        self._show_at = moment
        if not found.suggestion.text:
            return []
        if now >= moment:
            return [*self._show(found.suggestion), *self._look_ahead(now)]
        self._held = found.suggestion
        return [Wake(moment)]

    def _show(self, suggestion: Suggestion) -> list[Action]:
        self.shown, self._held = suggestion, None
        self._life.seen()
        return [Show(suggestion)]

    def _choose(self, step: int, now: float) -> list[Action]:
        """Begin to go through the candidates for this caret, from the shown one on."""
        kept = self._recall.exact(self._now) if self._now is not None else None
        if kept is None:
            return []
        self._choice = Choice.of(
            kept, lambda answer: self._judge(answer, kept.at, Eagerness.ALWAYS), self.shown, step
        )
        return self._show_choice(now) if self._choice is not None else []

    def _show_choice(self, now: float) -> list[Action]:
        assert self._choice is not None
        found = self._choice.found
        self._life.begin(found)
        self._show(found.suggestion)
        shown = Show(found.suggestion, self._choice.at + 1, len(self._choice.candidates))
        return [shown, *self._look_ahead(now)]

    def _typed_through(self, previous: Snapshot | None, now: Snapshot) -> Suggestion | None:
        """Return what the letters just typed leave of the present suggestion, if they are its own."""
        present = self.shown or self._held
        letters = _typed_since(previous, now) if present is not None else None
        rest = present.typed(letters) if present is not None and letters is not None else None
        if rest is None or letters is None:
            return None
        self._life.went(typed=len(letters))
        if not rest.text:
            self._life.end(Fate.TYPED)
            return None
        return rest

    def _keep(self, rest: Suggestion) -> list[Action]:
        if self._held is not None:
            self._held = rest
            return []
        self.shown = rest
        return [Show(rest)]

    def _put_away(self, fate: Fate) -> list[Action]:
        """Drop what shows or waits, but no request."""
        hidden: list[Action] = [Hide()] if self.shown is not None else []
        self._life.end(fate)
        self.shown = self._held = self._ask_at = self._lost = None
        return hidden

    def _clear(self) -> list[Action]:
        self._choice = None
        return [*self._put_away(Fate.LEFT), *self._pending.cancel()]


def _in_place(hidden: list[Action], actions: list[Action]) -> list[Action]:
    """Return all of them, without hiding first what something else is drawn in place of."""
    drawn = any(isinstance(action, Show) for action in actions)
    return [*(action for action in hidden if not (drawn and isinstance(action, Hide))), *actions]


def _place(snapshot: Snapshot) -> tuple[str, str, str]:
    return snapshot.document, snapshot.before, snapshot.after


def _has_text(snapshot: Snapshot) -> bool:
    return bool(snapshot.before.strip())


def _typed_since(then: Snapshot | None, now: Snapshot) -> str | None:
    """Return what `now.before` has after the end of `then.before`, or None when it does not go on from it.

    Both are bounded, so the later one may begin further right in the document.
    """
    if (
        then is None
        or (then.document, then.after) != (now.document, now.after)
        or then.revision > now.revision
    ):
        return None
    shift = now.origin - then.origin
    if shift < 0:
        return None
    kept = then.before.encode("utf-16-le", "surrogatepass")[2 * shift :].decode("utf-16-le", "surrogatepass")
    return now.before[len(kept) :] if now.before.startswith(kept) else None
