"""What a rewriting changed: words, spaces and marks, gathered into replacements that a reader can judge.

Offsets are counted in code points of the old text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from penwright.core.alignment import align
from penwright.core.segment import TERMINATORS, sentence_end
from penwright.core.units import is_space, is_word, units


@dataclass(frozen=True)
class Change:
    """`old`, which is at start to end of the old text, becomes `new`. One of both may be empty."""

    start: int
    end: int
    old: str
    new: str


@dataclass(frozen=True)
class _Gap:
    """Units low to high of the old ones become new_low to new_high of the new ones."""

    low: int
    high: int
    new_low: int
    new_high: int


def changes(old: str, new: str) -> tuple[Change, ...]:
    """Return what makes `new` of `old`, in order; no two touch each other.

    Whole paragraphs are compared first, then sentences, then words. Changes are one where less
    stays between them than changes on either side, but none reaches over the end of a sentence that
    stayed. Takes about a second for 200 pages: long texts belong on another thread.
    """
    found: list[Change] = []
    at = 0
    for before, after in _parts(_paragraphs(old), _paragraphs(new), by_place=True):
        if before != after:
            place = at
            for part, new_part in _parts(_sentences(before), _sentences(after), by_place=False):
                if part != new_part:
                    found += _word_changes(part, new_part, place)
                place += len(part)
        at += len(before)
    return tuple(_joined(found))


def apply(old: str, chosen: Iterable[Change]) -> str:
    """Return `old` with the chosen changes made: all of them give the new text, none the old one.

    Raises ValueError for changes that overlap or are not of this text.
    """
    pieces: list[str] = []
    at = 0
    for change in sorted(chosen, key=lambda change: (change.start, change.end)):
        if change.start < at or old[change.start : change.end] != change.old:
            raise ValueError(f"not a change of this text: {change}")
        pieces += (old[at : change.start], change.new)
        at = change.end
    return "".join((*pieces, old[at:]))


def unified(old: str, new: str, context: int = 6) -> Iterator[str]:
    """Yield the lines of a word diff: each changed place with some words around it.

    A hunk's head tells the line in the old text, and a change is written as [-old-]{+new+}, as
    `git diff --word-diff` does. context: words on either side.
    """
    found = changes(old, new)
    groups: list[list[Change]] = []
    for change in found:
        if groups and _few_words(old[groups[-1][-1].end : change.start], 2 * context):
            groups[-1].append(change)
        else:
            groups.append([change])
    line = 1
    counted = 0
    for group in groups:
        start = _words_before(old, group[0].start, context)
        end = _words_after(old, group[-1].end, context)
        line += old.count("\n", counted, start)
        counted = start
        yield f"@@ {line} @@"
        pieces, at = [], start
        for change in group:
            pieces.append(old[at : change.start])
            pieces.append(f"[-{change.old}-]" if change.old else "")
            pieces.append(f"{{+{change.new}+}}" if change.new else "")
            at = change.end
        pieces.append(old[at:end])
        yield from "".join(pieces).split("\n")


def _paragraphs(text: str) -> list[str]:
    return text.splitlines(keepends=True) if "\r" not in text else _lines(text)


def _lines(text: str) -> list[str]:
    cut = text.split("\n")
    return [line + "\n" for line in cut[:-1]] + ([cut[-1]] if cut[-1] else [])


def _sentences(text: str) -> list[str]:
    """Cut a text into sentences, each with the spaces after it."""
    found: list[str] = []
    while (end := sentence_end(text)) is not None:
        while end < len(text) and text[end].isspace():
            end += 1
        found.append(text[:end])
        text = text[end:]
    return [*found, text] if text else found


def _parts(old: list[str], new: list[str], *, by_place: bool) -> Iterator[tuple[str, str]]:
    """Yield what became of what. by_place: between equal parts, as many on both sides are pairs."""
    at = new_at = 0
    for place, new_place in [*align(old, new), (len(old), len(new))]:
        gone, come = old[at:place], new[new_at:new_place]
        if by_place and len(gone) == len(come):
            yield from zip(gone, come, strict=True)
        elif gone or come:
            yield "".join(gone), "".join(come)
        if place < len(old):
            yield old[place], new[new_place]
        at, new_at = place + 1, new_place + 1


def _word_changes(old: str, new: str, start: int) -> Iterator[Change]:
    """Yield the changes between two short texts; `start` is where the old one begins."""
    left, right = units(old), units(new)
    gaps = _gathered(list(_gaps(left, right)), left, right)
    at = unit = 0
    for gap in gaps:
        at += sum(map(len, left[unit : gap.low]))
        gone, come = "".join(left[gap.low : gap.high]), "".join(right[gap.new_low : gap.new_high])
        yield Change(start + at, start + at + len(gone), gone, come)
        at += len(gone)
        unit = gap.high


def _gaps(left: list[str], right: list[str]) -> Iterator[_Gap]:
    """Yield what lies between equal words. Spaces are no words: they only stay beside what stays."""
    words = [at for at, unit in enumerate(left) if not is_space(unit)]
    new_words = [at for at, unit in enumerate(right) if not is_space(unit)]
    pairs = align([left[at] for at in words], [right[at] for at in new_words])
    low = new_low = 0
    ends = [(words[at], new_words[new_at]) for at, new_at in pairs]
    for high, new_high in [*ends, (len(left), len(right))]:
        gap = _trimmed(left, right, _Gap(low, high, new_low, new_high))
        if gap.low < gap.high or gap.new_low < gap.new_high:
            yield gap
        low, new_low = high + 1, new_high + 1


def _trimmed(left: list[str], right: list[str], gap: _Gap) -> _Gap:
    low, high, new_low, new_high = gap.low, gap.high, gap.new_low, gap.new_high
    while low < high and new_low < new_high and left[low] == right[new_low]:
        low, new_low = low + 1, new_low + 1
    while low < high and new_low < new_high and left[high - 1] == right[new_high - 1]:
        high, new_high = high - 1, new_high - 1
    return _Gap(low, high, new_low, new_high)


def _gathered(gaps: list[_Gap], left: list[str], right: list[str]) -> list[_Gap]:
    """Make one gap of several where what stays between them is less than what changes beside it."""
    kept: list[_Gap] = []
    for gap in gaps:
        joined = gap
        while kept and _belong_together(kept[-1], joined, left, right):
            last = kept.pop()
            joined = _Gap(last.low, joined.high, last.new_low, joined.new_high)
        kept.append(joined)
    return kept


def _belong_together(first: _Gap, second: _Gap, left: list[str], right: list[str]) -> bool:
    between = left[first.high : second.low]
    if any("\n" in unit or unit[0] in TERMINATORS for unit in between):
        return False
    stays = sum(len(unit) for unit in between if is_word(unit))
    if stays <= 1:  # nothing but marks, or one letter: one ideograph is rarely a word
        return True
    return 2 * stays <= min(_size(first, left, right), _size(second, left, right))


def _size(gap: _Gap, left: list[str], right: list[str]) -> int:
    """How much changes, in letters."""
    gone, come = left[gap.low : gap.high], right[gap.new_low : gap.new_high]
    return max(sum(map(len, gone)), sum(map(len, come)))


def _joined(found: list[Change]) -> Iterator[Change]:
    """Make one change of neighbours that touch, as at a border of two sentences."""
    held: Change | None = None
    for change in found:
        if held is not None and held.end == change.start:
            held = Change(held.start, change.end, held.old + change.old, held.new + change.new)
            continue
        if held is not None:
            yield held
        held = change
    if held is not None:
        yield held


def _few_words(text: str, most: int) -> bool:
    return "\n" not in text and sum(map(is_word, units(text))) <= most


def _words_before(text: str, at: int, most: int) -> int:
    start = text.rfind("\n", 0, at) + 1
    back = units(text[start:at])
    while back and most:
        most -= is_word(back.pop())
    return start + len("".join(back))


def _words_after(text: str, at: int, most: int) -> int:
    stop = text.find("\n", at)
    ahead = units(text[at : len(text) if stop < 0 else stop])
    taken = 0
    for unit in ahead:
        if not most:
            break
        taken += len(unit)
        most -= is_word(unit)
    return at + taken
