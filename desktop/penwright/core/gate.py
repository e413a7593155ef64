"""Whether an answer is worth showing, and how much of it.

Showing something wrong costs the writer more than showing nothing: every rule here is a reason to
withhold, and every reason has a name, which the log of suggestions and `penwright evaluate` tell. What an
answer is worth is how likely its words are to be right (core.confidence); how likely they have to be is
the writer's one setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from penwright.core import confidence, junk, segment
from penwright.core.answer import Answer
from penwright.core.following import fit_between
from penwright.core.snapshot import Snapshot


class Eagerness(Enum):
    """How much the writer wants to be shown; the value is the precision wanted of what is shown.

    Precision: how often the first word shown is the one that the writer would write.
    """

    ALWAYS = 0.0  # the writer asked for a suggestion: whatever there is
    EAGER = 0.5
    NORMAL = 0.65
    QUIET = 0.8


# The least probability of the first word at which the wanted precision is reached over all that is shown
# (what is shown is mostly surer than the least): found by tests/bench/calibrate.py.
_LEAST = {Eagerness.ALWAYS: 0.0, Eagerness.EAGER: 0.12, Eagerness.NORMAL: 0.27, Eagerness.QUIET: 0.51}
# Further words are kept while all of them together are this share as likely as the first has to be. At the
# same precision of the first word 0.4 showed at 1.15 times as many carets as 0.6 and saved 1.08 times as
# many letters, since an ending of one or two letters is worth showing only with what follows it.
_TAIL = 0.4
_MOST_WORDS = 6  # more is a paragraph to read, not a word to take
# In mid-sentence a suggestion pushes text along, so it has to be surer and shorter.
_MID_LINE = 0.15  # of the way from the least probability to 1
_MID_LINE_WORDS = 3
_SLIGHT = 2  # so many letters or fewer are typed faster than they are read
_OPENERS = "([{“‘«„「『（《【"


@dataclass(frozen=True)
class Verdict:
    """The text to show; when it is empty, `reason` says why nothing is shown.

    likely: how likely the first word is to be right, 0 to 1; 0.0 where that was not asked. Reasons, in
    the order in which they are looked for: "empty", "copies" (what follows already), "inside" (a word),
    "garbled", "markup", "marks", "banned"; and, unless the writer asked for a suggestion: "script",
    "glued", "repeats", "unsure", "slight".
    """

    text: str
    reason: str = ""
    likely: float = 0.0


def judge(answer: Answer, at: Snapshot, eagerness: Eagerness, banned: Sequence[str] = ()) -> Verdict:
    """Return what of `answer` is worth showing at the caret of `at`.

    banned: phrases that the writer never wants to be offered.
    """
    answer = _fitted(answer, at.before)
    if not answer.text.strip():
        return Verdict("", "empty")
    text, reason = fit_between(answer.text, at.before, at.after)
    if reason:
        return Verdict("", reason)
    end, fault = junk.first_fault(text, at.before, banned)
    text = _cut(text, end)
    if not text.strip():
        return Verdict("", fault)
    pieces = confidence.pieces(answer, text, at.before, mid_line=at.mid_line)
    likely = pieces[0][1]
    if eagerness is Eagerness.ALWAYS:
        return Verdict(text, likely=likely)
    if reason := junk.mismatch(text, at.before):
        return Verdict("", reason, likely)
    repeated = junk.first_repetition(text, at.before)
    if not text[:repeated].strip():
        return Verdict("", "repeats", likely)
    pieces = [piece for piece in pieces if piece[0] <= repeated]
    kept, reason = worth(text, pieces, least(eagerness, mid_line=at.mid_line), mid_line=at.mid_line)
    return Verdict(kept, reason, likely)


def least(eagerness: Eagerness, *, mid_line: bool = False) -> float:
    """Return how likely the first word has to be, 0 to 1."""
    return surer(_LEAST[eagerness]) if mid_line else _LEAST[eagerness]


def surer(wanted: float) -> float:
    """Return what is wanted in the middle of a line instead of `wanted`."""
    return wanted + (1 - wanted) * _MID_LINE


def worth(
    text: str, pieces: Sequence[tuple[int, float]], wanted: float, *, mid_line: bool
) -> tuple[str, str]:
    """Return the leading words that are together likely enough, or "" and why nothing is shown.

    pieces: where each word ends, and how likely everything up to there is to be right.
    """
    end = words = 0
    for stop, likely in pieces[: _MID_LINE_WORDS if mid_line else _MOST_WORDS]:
        if likely < wanted * (_TAIL if words else 1.0):
            break
        # Marks that no word follows are only shown when they close what was said.
        if words and not segment.has_word(text[end:stop]) and _opens(text[end:stop]):
            break
        end, words = stop, words + 1
    kept = text[:end]
    if not kept.strip():
        return "", "unsure"
    if len(kept.strip()) <= _SLIGHT and not segment.is_ideographic(kept.strip()[0]):
        return "", "slight"
    # A space before the text that follows is no piece of its own.
    return (kept if text[end:].strip() else text), ""


def _fitted(answer: Answer, before: str) -> Answer:
    """Return the answer without white space that stands before the caret already."""
    if before and not before[-1].isspace():
        return answer
    surplus = len(answer.text) - len(answer.text.lstrip(" \t"))
    if not surplus:
        return answer
    ends = tuple(max(0, end - surplus) for end in answer.ends)
    return replace(answer, text=answer.text[surplus:], ends=ends)


def _cut(text: str, end: int) -> str:
    """Return `text` up to `end`, with nothing left open and no white space at the cut."""
    return text if end >= len(text) else text[:end].rstrip().rstrip(_OPENERS).rstrip()


def _opens(marks: str) -> bool:
    return marks[:1].isspace() or marks[-1] in _OPENERS
