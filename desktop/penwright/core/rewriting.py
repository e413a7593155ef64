"""A long text cut into passages that a model can rewrite one by one, and put together again.

Offsets are counted in code points. Nothing but the passages themselves is ever changed: not the white space
between them, not code between fences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from penwright.core.diff import Change, changes
from penwright.core.reconciling import reconciled
from penwright.core.segment import is_ideographic, sentence_end
from penwright.core.splice import Splice

MOST = 600  # tokens of a passage, about: a page is two or three of them
_TOKENS_LETTER, _TOKENS_IDEOGRAPH = 0.3, 1.2  # about as much as models need
_AROUND = 600  # characters of the text on either side that are shown for context
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_PAIRS = {'"': '"', "“": "”", "「": "」", "«": "»", "'": "'", "‘": "’"}


@dataclass(frozen=True)
class Passage:
    """A part of a text, with neither white space at its ends nor code in it."""

    start: int
    end: int


def weight(text: str) -> float:
    """Return about how many tokens a text has."""
    ideographs = sum(map(is_ideographic, text))
    return ideographs * _TOKENS_IDEOGRAPH + (len(text) - ideographs) * _TOKENS_LETTER


def passages(text: str, start: int, end: int, most: float = MOST) -> tuple[Passage, ...]:
    """Return the passages of `text` from start to end, each of `most` tokens at most.

    They are cut between paragraphs; a longer paragraph between sentences, and only where there are none,
    anywhere.
    """
    found: list[Passage] = []
    low = high = start
    held = 0.0
    for line_start, line_end, code in _lines(text, start, end):
        heavy = weight(text[line_start:line_end])
        if code or held + heavy > most:
            found.extend(_trimmed(text, low, high))
            low, held = line_start, 0.0
        if code:
            low = high = line_end
            continue
        if heavy > most:
            found.extend(_sentences(text, line_start, line_end, most))
            low = high = line_end
            continue
        high = line_end
        held += heavy
    found.extend(_trimmed(text, low, high))
    return tuple(found)


def around(text: str, passage: Passage) -> tuple[str, str]:
    """Return what stands before and after a passage, for context: some sentences, cut at a line's end."""
    low = max(0, passage.start - _AROUND)
    before = text[low : passage.start]
    if low and "\n" in before.strip("\n"):
        before = before.strip("\n").split("\n", 1)[1]
    after = text[passage.end : passage.end + _AROUND]
    if passage.end + _AROUND < len(text) and "\n" in after.strip("\n"):
        after = after.strip("\n").rsplit("\n", 1)[0]
    return before.strip(), after.strip()


def cleaned(old: str, new: str) -> str:
    """Return what a model wrote in place of a passage, without what it put around it.

    Quotation marks around the whole go where the passage had none; white space at the ends goes.
    """
    new = new.strip()
    closing = _PAIRS.get(new[:1])
    if len(new) > 1 and closing == new[-1] and new.count(new[0]) + new.count(closing) in (2, 4):
        inner = new[1:-1]
        if old[:1] != new[0] and new[0] not in inner and closing not in inner:
            new = inner.strip()
    return new


def put_together(
    text: str, start: int, end: int, parts: Sequence[Passage], written: Mapping[int, str]
) -> str:
    """Return `text` from start to end with the passages that were written, by number, in their places."""
    pieces: list[str] = []
    at = start
    for number, part in enumerate(parts):
        if number in written:
            pieces += (text[at : part.start], written[number])
            at = part.end
    return "".join((*pieces, text[at:end]))


def changes_now(old: str, start: int, end: int, new: str, now: str) -> tuple[tuple[Change, ...], int]:
    """Return the changes that make `new` of `old` from start to end, as they stand in the text as it is now.

    now: the whole text, which the writer may have edited since it was `old`. Changes that those edits touched
    are left out; their number is the second result. May take a second: it belongs on another thread.
    """
    found = tuple(
        Change(start + each.start, start + each.end, each.old, each.new)
        for each in changes(old[start:end], new)
    )
    if now == old:
        return found, 0
    count = len(found)
    text = old
    for edit in reversed(changes(old, now)):  # from the end on, so that the places before stay true
        text = text[: edit.start] + edit.new + text[edit.end :]
        splice = Splice(edit.start, len(edit.old), len(edit.new))
        found, _dropped = reconciled(found, splice, text)
    return found, count - len(found)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield each line's place, its end included, and whether it is code between fences."""
    fence = ""
    for match in re.finditer(r"[^\n]*\n|[^\n]+", text[:start]):
        fence = _fenced(match[0], fence)[0]
    at = start
    for match in re.finditer(r"[^\n]*\n|[^\n]+", text[start:end]):
        line_start, at = at, at + len(match[0])
        fence, code = _fenced(match[0], fence)
        yield line_start, at, code


def _fenced(line: str, fence: str) -> tuple[str, bool]:
    found = _FENCE.match(line)
    if fence:
        return ("" if found and found[1] == fence else fence), True
    return (found[1], True) if found else ("", False)


def _trimmed(text: str, start: int, end: int) -> Iterator[Passage]:
    part = text[start:end]
    if part.strip():
        yield Passage(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))


def _sentences(text: str, start: int, end: int, most: float) -> Iterator[Passage]:
    """Cut one long paragraph."""
    low = at = start
    held = 0.0
    while at < end:
        step = sentence_end(text[at:end])
        after = end if step is None else at + step
        while after < end and text[after].isspace():
            after += 1
        heavy = weight(text[at:after])
        if held and held + heavy > most:
            yield from _trimmed(text, low, at)
            low, held = at, 0.0
        while heavy > most:  # a sentence without an end
            cut = low + max(1, int((after - low) * most / heavy))
            yield from _trimmed(text, low, cut)
            low = at = cut
            heavy = weight(text[at:after])
        held += heavy
        at = after
    yield from _trimmed(text, low, end)
