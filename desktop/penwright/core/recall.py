"""Answers that are still known: what was typed since decides whether one of them fits again.

One store serves a typo that is taken back, a detour, a caret that returns, another candidate whose letters
the writer types, and the next suggestion that was asked for ahead of its time. Each answer is kept under
the text around the caret that it was made for. To look one up, the writer's last letters are taken off one
by one: where an answer was made for what stands before them, and begins with them, its rest fits.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from penwright.core import segment
from penwright.core.answer import Answer
from penwright.core.gate import Verdict
from penwright.core.snapshot import Snapshot
from penwright.core.suggestion import Suggestion

ENTRIES = 150
BACK = 24  # letters that may have been typed since
# Code points around the caret by which a place is known again. Beyond that the text hardly changes an
# answer, and a key of any length would take time at each key.
_BEFORE, _AFTER = 256, 64
_JUDGED = 1000  # code points before the caret that the gate is given again
_SPACES = " \t"  # the gate takes away those that stand before the caret already
_SLIGHT = 3  # fewer letters than that aren't worth showing anew

Judge = Callable[[Answer, Snapshot], Verdict]
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Kept:
    """The answers to one request, best first. asked: how many were asked for."""

    request: int
    at: Snapshot
    answers: tuple[Answer, ...]
    asked: int


@dataclass(frozen=True)
class Found:
    """What is known for a caret; with an empty text, that nothing is worth showing there.

    verdict: why. back: how many letters were typed since it was answered.
    """

    suggestion: Suggestion
    kept: Kept
    verdict: Verdict
    back: int = 0


class Recall:
    """The last answers of one editor."""

    def __init__(self) -> None:
        self._entries: OrderedDict[_Key, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget everything: another model would answer otherwise."""
        self._entries.clear()

    def put(self, request: int, at: Snapshot, answers: Sequence[Answer], asked: int) -> None:
        """Keep the answers made for `at`; fewer than are known already change nothing."""
        key = _key(at, len(at.before))
        known = self._entries.pop(key, None)
        if known is None or (answers and known.asked <= asked):
            known = Kept(request, _short(at), tuple(answers), asked)
        self._entries[key] = replace(known, asked=max(asked, known.asked))
        while len(self._entries) > ENTRIES:
            self._entries.popitem(last=False)

    def exact(self, now: Snapshot) -> Kept | None:
        """Return what was answered for just this caret."""
        return self._get(_key(now, len(now.before)))

    def find(self, now: Snapshot, judge: Judge) -> Found | None:
        """Return what is known for the caret of `now`, or None: then the engine has to be asked.

        judge: the gate. What it has let through at the caret of an answer is shown as long as its letters
        are typed; of any other answer the rest is judged anew.
        """
        for back in range(_reach(now.before) + 1):
            place = len(now.before) - back
            kept = self._get(_key(now, place))
            if kept is None:
                continue
            found = _fitting(kept, now.before[place:], now, judge)
            if found is not None:
                return found
        return None

    def _get(self, key: _Key) -> Kept | None:
        kept = self._entries.get(key)
        if kept is not None:
            self._entries.move_to_end(key)
        return kept


def _key(at: Snapshot, place: int) -> _Key:
    return at.document, at.before[max(0, place - _BEFORE) : place], at.after[:_AFTER]


def _short(at: Snapshot) -> Snapshot:
    return replace(at, before=at.before[-_JUDGED:]) if len(at.before) > _JUDGED else at


def _reach(before: str) -> int:
    """Return how many of the last letters may be taken off: none beyond a change of script or a new line.

    An answer to Chinese text is not one to the Latin letters after it, and the other way round.
    """
    for back in range(min(BACK, len(before))):
        letter, previous = before[-back - 1], before[-back - 2 : -back - 1]
        if letter == "\n" or (previous and _other_script(previous, letter)):
            return back
    return min(BACK, len(before))


def _other_script(one: str, other: str) -> bool:
    wide, also_wide = segment.is_ideographic(one), segment.is_ideographic(other)
    return wide != also_wide and (other if wide else one).isalpha()


def _fitting(kept: Kept, letters: str, now: Snapshot, judge: Judge) -> Found | None:
    first = kept.answers[0] if kept.answers else Answer("")
    if not letters:
        verdict = judge(first, now)
        return Found(Suggestion(kept.request, verdict.text), kept, verdict)
    # First what was let through at its own caret, whole; then the rest of each, the likeliest first.
    if first.text.lstrip(_SPACES).startswith(letters.lstrip(_SPACES)):
        verdict = judge(first, kept.at)
        if verdict.text.startswith(letters) and _worth_showing(rest := verdict.text[len(letters) :]):
            return Found(Suggestion(kept.request, rest), kept, verdict, len(letters))
    for answer in kept.answers:
        if answer.text.startswith(letters):
            verdict = judge(rest_of(answer, letters, kept.answers), now)
            if _worth_showing(verdict.text):
                return Found(Suggestion(kept.request, verdict.text), kept, verdict, len(letters))
    return None


def _worth_showing(rest: str) -> bool:
    rest = rest.strip()
    return len(rest) >= _SLIGHT or any(segment.is_ideographic(letter) for letter in rest)


def rest_of(answer: Answer, letters: str, beside: Sequence[Answer] = ()) -> Answer:
    """Return what is left of `answer` once the writer has typed `letters`, which it begins with.

    Tokens that are typed are sure and leave the reckoning. One that is typed in part is likelier than it
    was: when it is the first, `beside` holds answers that begin with other tokens, and those that the
    letters rule out leave their probability to it. That is the least it can be: others may be out too.
    """
    typed = len(letters)
    left = [(end - typed, logprob) for end, logprob in zip(answer.ends, answer.logprobs, strict=False)]
    kept = [(end, logprob) for end, logprob in left if end > 0]
    margin = 0.0
    if kept and len(kept) == len(left):
        ruled_out = sum(math.exp(other.logprobs[0]) for other in beside if _ruled_out(other, letters))
        likely = min(1.0, math.exp(kept[0][1]) / max(1.0 - ruled_out, 1e-6))
        kept[0] = (kept[0][0], math.log(likely) if likely > 0 else kept[0][1])
        margin = answer.margin
    if kept and 0.5 < (sure := math.exp(kept[0][1])) < 1.0:
        margin = max(margin, math.log(sure / (1.0 - sure)))  # no other can have more than what is left
    return replace(
        answer,
        text=answer.text[typed:],
        ends=tuple(end for end, _ in kept),
        logprobs=tuple(logprob for _, logprob in kept),
        margin=margin,
        end_mass=0.0 if letters else answer.end_mass,
    )


def _ruled_out(other: Answer, letters: str) -> bool:
    if not (other.ends and other.logprobs):
        return False
    token = other.text[: other.ends[0]]
    return not (token.startswith(letters) or letters.startswith(token))
