"""How many keys of a writer are answered without a request, and what the spare requests cost.

A writer types a text key by key, mistypes some letters and takes them back, and takes some suggestions that
are right. The flow is the window's own and the engine is the real one; only the clock is reckoned: each
answer comes as long after its request as it took the engine, so that no key has to be waited for.
"""

from __future__ import annotations

import heapq
import itertools
import random
import time
from dataclasses import dataclass, field, replace

from penwright.base.paths import bundled_model
from penwright.cli.engine import load, start_engine
from penwright.core.actions import Action, Ask, Cancel, Hide, Insert, Show, Wake
from penwright.core.flow import Flow
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Edit, Snapshot
from penwright.core.take import Take
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Done, Request
from penwright.modelstore.library import choose
from penwright.ui.suggesting import MAX_TOKENS

_KEY = 0.15  # seconds between keys, give or take a third
_TYPO = 0.03  # of the letters; noticed and taken back with the next key
_TAKEN = 0.5  # of the suggestions that are right in whole and have four letters or more
_REACTION = 0.35  # seconds until one is taken


@dataclass
class Tally:
    """What was counted. Tokens are those generated."""

    keys: int = 0
    asked: int = 0
    spare: int = 0
    answered: int = 0  # visible requests that were not superseded
    spare_answered: int = 0
    tokens: int = 0
    spare_tokens: int = 0
    shown: int = 0
    kept: int = 0  # keys that the shown suggestion foretold
    taken: int = 0
    next_at_once: int = 0
    shown_after: list[float] = field(default_factory=list)


class Writer:
    """Types with a flow, a queue of events, and an engine that works on one request at a time."""

    def __init__(self, engine: BlockingEngine, text: str, seed: int) -> None:
        self._engine = engine
        self._text = text
        self._choice = random.Random(seed)
        self._flow = Flow(Eagerness.NORMAL, itertools.count(1).__next__)
        self._events: list[tuple[float, int, str, object]] = []
        self._order = itertools.count()
        self._now = 0.0
        self._before = ""
        self._revision = 0
        self._busy_until = 0.0
        self._running: Ask | None = None
        self._waiting: dict[bool, Ask] = {}
        self._ghost = ""
        self._turn = 0  # counts the writer's acts, so that a plan made before one is dropped
        self._key_at = 0.0
        self.tally = Tally()

    def write(self, *, ahead: bool = True, recall: bool = True) -> Tally:
        """Type the whole text. ahead: with spare requests. recall: with the answers of before."""
        self._ahead, self._recall = ahead, recall
        self._plan(_KEY)
        while self._events:
            self._now, _, kind, what = heapq.heappop(self._events)
            if kind == "act" and what == self._turn:
                self._act()
            elif kind == "tick":
                self._do(self._flow.tick(self._now))
            elif kind == "done":
                assert isinstance(what, tuple)
                self._done(*what)
        return self.tally

    def _put(self, at: float, kind: str, what: object = None) -> None:
        heapq.heappush(self._events, (at, next(self._order), kind, what))

    def _plan(self, after: float) -> None:
        self._turn += 1
        self._put(self._now + after, "act", self._turn)

    def _snapshot(self) -> Snapshot:
        return Snapshot("bench", self._revision, self._before)

    def _act(self) -> None:
        rest = self._text[len(self._before) :] if self._text.startswith(self._before) else None
        if rest == "":
            return
        self.tally.keys += 1
        self._key_at = self._now
        if not self._recall:
            self._flow._recall.clear()
        wanted = rest is not None and len(self._ghost) >= 4 and rest.startswith(self._ghost)
        if wanted and self._choice.random() < _TAKEN:
            self._take()
            self._plan(_REACTION)
            return
        if rest is None:
            self._change(self._before[:-1], Edit.DELETED)
        else:
            wrong = self._choice.random() < _TYPO
            letter = self._choice.choice("etaoinshr") if wrong else rest[0]
            if self._ghost.startswith(letter) and len(self._ghost) > 1:
                self.tally.kept += 1
            self._change(self._before + letter, Edit.TYPED)
        self._plan(_KEY * self._choice.uniform(0.67, 1.33))

    def _take(self) -> None:
        self.tally.taken += 1
        actions = self._flow.took(Take.ALL)
        self._do([action for action in actions if not isinstance(action, Insert)])
        text = next(action.text for action in actions if isinstance(action, Insert))
        self._before += text
        self._revision += 1
        if not self._recall:
            self._flow._recall.clear()
        self._do(self._flow.accepted(self._snapshot(), self._now))
        self.tally.next_at_once += bool(self._ghost)

    def _change(self, before: str, edit: Edit) -> None:
        self._before = before
        self._revision += 1
        self._do(self._flow.edited(self._snapshot(), edit, self._now))

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Show(suggestion):
                    if not self._ghost.endswith(suggestion.text):
                        self.tally.shown += 1
                        self.tally.shown_after.append(self._now - self._key_at)
                    self._ghost = suggestion.text
                case Hide():
                    self._ghost = ""
                case Wake(at):
                    self._put(at, "tick")
                case Cancel(request):
                    self._waiting = {
                        kind: ask for kind, ask in self._waiting.items() if ask.request != request
                    }
                    if self._running is not None and self._running.request == request:
                        self._running = None
                        self._busy_until = self._now
                case Ask(spare=spare):
                    if spare and not self._ahead:
                        self._flow.failed(action.request)
                        continue
                    self._ask(action)

    def _ask(self, ask: Ask) -> None:
        self.tally.spare += ask.spare
        self.tally.asked += not ask.spare
        self._waiting.pop(True, None)
        self._waiting[ask.spare] = ask
        if not ask.spare or (self._running is not None and self._running.spare):
            self._running, self._busy_until = None, self._now
        self._start()

    def _start(self) -> None:
        if self._running is not None or not self._waiting:
            return
        ask = self._waiting.pop(False, None) or self._waiting.pop(True)
        self._running = ask
        began = time.perf_counter()
        done = self._engine.ask(
            Request(
                0,
                ask.snapshot.before,
                document="bench",
                max_tokens=MAX_TOKENS,
                candidates=ask.candidates,
                spare=ask.spare,
            )
        )
        took = time.perf_counter() - began
        if ask.spare:
            self.tally.spare_tokens += done.tokens
        else:
            self.tally.tokens += done.tokens
        self._put(self._now + took, "done", (ask, replace(done, id=ask.request)))

    def _done(self, ask: Ask, done: Done) -> None:
        if self._running is not ask:
            return  # it was superseded or cancelled meanwhile
        self._running = None
        self.tally.spare_answered += ask.spare
        self.tally.answered += not ask.spare
        self._do(self._flow.answered(done.id, done.answers, self._now))
        self._start()


def measure(text: str, seed: int = 1) -> dict[str, object]:
    """Type `text` with and without what is known and what is asked ahead; return shares, 0 to 1."""
    figures: dict[str, object] = {}
    with start_engine() as engine:
        load(engine, choose(None, bundled_model()), "off")
        for name, options in (
            ("typed_through_only", {"ahead": False, "recall": False}),
            ("with_recall", {"ahead": False, "recall": True}),
            ("with_recall_and_ahead", {"ahead": True, "recall": True}),
        ):
            tally = Writer(engine, text, seed).write(**options)
            figures[f"{name}_keys"] = tally.keys
            figures[f"{name}_share_without_request"] = round(1 - tally.asked / tally.keys, 3)
            figures[f"{name}_taken"] = tally.taken
            figures[f"{name}_next_at_once"] = tally.next_at_once
            figures[f"{name}_shown"] = tally.shown
            figures[f"{name}_tokens"] = tally.tokens
            figures[f"{name}_spare_tokens"] = tally.spare_tokens
    return figures
