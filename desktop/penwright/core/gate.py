"""Whether an answer is worth showing, and how much of it.

Showing something wrong costs the writer more than showing nothing: every figure here is a reason to
withhold. The measure is the probability of whole words (the product over their tokens), since a word is
what the writer takes or leaves. With the prototype starter, words asked at each letter of modern prose
and one key each, thresholds of 0.3, 0.5 and 0.7 gave a precision-when-shown of 0.38, 0.56 and 0.73.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from penwright.core import segment
from penwright.core.answer import Answer
from penwright.core.snapshot import Snapshot


class Eagerness(Enum):
    """How much the writer wants to be shown; the value is the least probability of the first word."""

    ALWAYS = 0.0  # for measuring, and when the writer asked for a suggestion
    EAGER = 0.2
    NORMAL = 0.4
    QUIET = 0.6


# Further words are kept while the probability of all of them together stays above this share of the
# first word's threshold: a second word half as sure as the first is still worth its key.
_TAIL = 0.5
# In mid-sentence a suggestion pushes text along, so it has to be surer and shorter.
_MID_LINE = 1.25
_MID_LINE_WORDS = 3


@dataclass(frozen=True)
class Verdict:
    """The text to show; when it is empty, `reason` says why nothing is shown.

    Reasons: "empty", "banned", "unsure", "repeats", "copies", "script", "slight".
    """

    text: str
    reason: str = ""


def judge(answer: Answer, at: Snapshot, eagerness: Eagerness, banned: Sequence[str] = ()) -> Verdict:
    """Return what of `answer` is worth showing at the caret of `at`.

    banned: phrases that the writer never wants to be offered.
    """
    text = answer.text[: _banned(answer.text, at.before, banned)].rstrip() if banned else answer.text
    if answer.text.strip() and not text.strip():
        return Verdict("", "banned")
    answer = replace(answer, text=text)
    if not text.strip():
        return Verdict("", "empty")
    after = at.after.split("\n", 1)[0]
    if after.strip() and after.lstrip().startswith(text.strip()):
        return Verdict("", "copies")
    if eagerness is Eagerness.ALWAYS:
        return Verdict(text)
    if _repeats(at.before, text):
        return Verdict("", "repeats")
    if at.before and segment.is_ideographic(at.before[-1]) and text[0].isascii() and text[0].isalpha():
        return Verdict("", "script")
    threshold = eagerness.value * (_MID_LINE if at.mid_line else 1.0)
    kept = _sure_words(answer, threshold, _MID_LINE_WORDS if at.mid_line else None)
    if not kept.strip():
        return Verdict("", "unsure")
    if len(kept.strip()) < 3 and not segment.is_ideographic(kept.strip()[0]):
        return Verdict("", "slight")
    return Verdict(kept)


def _banned(text: str, before: str, phrases: Sequence[str]) -> int:
    """Return where the first banned phrase begins in `text`, whether begun before the caret or not."""
    first = len(text)
    for phrase in phrases:
        tail = before[-len(phrase) :]
        at = (tail + text).casefold().find(phrase.casefold(), 1 if len(tail) == len(phrase) else 0)
        if at >= 0:
            first = min(first, max(0, at - len(tail)))
    return first


def _sure_words(answer: Answer, threshold: float, most: int | None) -> str:
    """Return the leading words whose joint probability stays above the threshold."""
    starts = (0, *answer.ends)
    end = 0
    words = 0
    while end < len(answer.text) and (most is None or words < most):
        stop = end + segment.word_end(answer.text[end:])
        logprobs = zip(starts, answer.logprobs, strict=False)
        joint = math.exp(sum(logprob for start, logprob in logprobs if start < stop))
        if joint < threshold * (_TAIL if words else 1.0):
            break
        end = stop
        words += 1
    return answer.text[:end]


def _repeats(before: str, text: str) -> bool:
    """Whether `text` says again what the writer has just said (the commonest junk of small models)."""
    said = before[-400:].rstrip().lower()
    words = text.lower().split()
    if len(words) >= 3 and " ".join(words) in " ".join(said.split()):
        return True
    last = said.split()[-1:] if before[-1:].isspace() or text[0].isspace() else []
    if words[:1] == last and last:
        return True
    return any(words[i] == words[i + 1] == words[i + 2] for i in range(len(words) - 2))
