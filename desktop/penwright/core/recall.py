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
from penwright.core.gate import Eagerness, Verdict
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

_ANEW = 3  # rests that are judged in one look-up: it happens at each key

Judge = Callable[[Answer, Snapshot, Eagerness], Verdict]
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


class _Entry:
    """What was answered for one caret, and what the gate said there of the best of it."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.first = kept.answers[0] if kept.answers else Answer("")
        self._verdicts: dict[Eagerness, Verdict] = {}

    def verdict(self, judge: Judge, eagerness: Eagerness) -> Verdict:
        """Return what the gate says of the first answer at its own caret."""
        if eagerness not in self._verdicts:
            self._verdicts[eagerness] = judge(self.first, self.kept.at, eagerness)
        return self._verdicts[eagerness]


class Recall:
    """The last answers of one editor, and what the gate (`judge`) says of them."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._entries: OrderedDict[_Key, _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget everything: another model would answer otherwise, another gate would judge so."""
        self._entries.clear()

    def put(self, request: int, at: Snapshot, answers: Sequence[Answer], asked: int) -> None:
        """Keep the answers made for `at`; fewer than are known already change nothing."""
        key = _key(at, len(at.before))
        entry = self._entries.pop(key, None)
        known = entry.kept if entry is not None else None
        if known is None or (answers and known.asked <= asked):
            known = Kept(request, _short(at), tuple(answers), asked)
        self._entries[key] = _Entry(replace(known, asked=max(asked, known.asked)))
        while len(self._entries) > ENTRIES:
            self._entries.popitem(last=False)

    def exact(self, now: Snapshot) -> Kept | None:
        """Return what was answered for just this caret."""
        entry = self._get(_key(now, len(now.before)))
        return entry.kept if entry is not None else None

    def find(self, now: Snapshot, eagerness: Eagerness) -> Found | None:
        """Return what is known for the caret of `now`, or None: then the engine has to be asked.

        What the gate has let through at the caret of an answer is shown as long as its letters are typed;
        of any other answer the rest is judged anew, the nearest first.
        """
        anew = _ANEW
        for back in range(_reach(now.before) + 1):
            place = len(now.before) - back
            entry = self._get(_key(now, place))
            if entry is None:
                continue
            letters = now.before[place:]
            found = self._let_through(entry, letters, eagerness)
            if found is not None:
                return found
            for answer in entry.kept.answers:
                if anew and answer.text.startswith(letters):
                    anew -= 1
                    verdict = self._judge(rest_of(answer, letters, entry.kept.answers), now, eagerness)
                    if _worth_showing(verdict.text):
                        return Found(Suggestion(entry.kept.request, verdict.text), entry.kept, verdict, back)
        return None

    def _let_through(self, entry: _Entry, letters: str, eagerness: Eagerness) -> Found | None:
        """Return what is left of the suggestion made at the answer's own caret; with no letters, all."""
        kept = entry.kept
        if not letters:
            verdict = entry.verdict(self._judge, eagerness)
            return Found(Suggestion(kept.request, verdict.text), kept, verdict)
        if not entry.first.text.lstrip(_SPACES).startswith(letters.lstrip(_SPACES)):
            return None
        verdict = entry.verdict(self._judge, eagerness)
        if not verdict.text.startswith(letters) or not _worth_showing(verdict.text[len(letters) :]):
            return None
        rest = Suggestion(kept.request, verdict.text[len(letters) :])
        return Found(rest, kept, verdict, len(letters))

    def _get(self, key: _Key) -> _Entry | None:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry


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
