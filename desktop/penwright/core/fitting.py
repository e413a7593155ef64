"""Shortening a prompt until it fits: which part, at which end, by how much; what was cut is said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from penwright.core.composition import Cut, Part, Piece
from penwright.core.segment import is_ideographic, sentence_end

# How far a cut may move to a paragraph's, a sentence's or a word's end: a share of what is left, or letters.
_GIVE, _GIVE_LETTERS = 0.2, 40
# A shorter part is not worth a cut, and its letters may stand elsewhere by chance.
_LEAST_PART = 80


def shorten(
    pieces: Sequence[Piece],
    each: Sequence[int],
    parts: Sequence[Part],
    excess: int,
    whole: Sequence[str] = (),
) -> tuple[tuple[Piece, ...], tuple[Part, ...]]:
    """Return the pieces with about `excess` tokens less, and the parts as they stand in them now.

    each: the tokens of each piece. The first of the parts is shortened first, the next one only where that
    is not enough. A part that is short, or stands in no piece of data, stays as it is. whole: texts that are
    never cut, though a part may be in them by chance.
    """
    made = list(pieces)
    left: list[Part] = []
    for part in parts:
        text = part.text.strip()
        if excess <= 0 or len(text) < _LEAST_PART:
            left.append(part)
            continue
        places = {at: _places(piece.text, text, whole) for at, piece in enumerate(made) if not piece.frame}
        holders = [at for at, found in places.items() if found]
        if not holders:
            left.append(part)
            continue
        a_letter = max(each[holders[0]], 1) / len(pieces[holders[0]].text)
        times = sum(len(places[at]) for at in holders)
        kept = _kept(text, len(text) - math.ceil(excess / (a_letter * times)), part)
        for at in holders:
            made[at] = replace(made[at], text=_with(made[at].text, places[at], len(text), kept))
        excess -= math.floor((len(text) - len(kept)) * a_letter * times)
        left.append(replace(part, text=kept))
    return tuple(made), tuple(left)


def cuts(before: Sequence[Part], after: Sequence[Part]) -> tuple[Cut, ...]:
    """Return which parts became shorter, and by how much."""
    return tuple(
        Cut(part.name, len(kept.text), len(part.text.strip()), part.keeps_end)
        for part, kept in zip(before, after, strict=True)
        if len(kept.text) < len(part.text.strip())
    )


def _places(held: str, text: str, whole: Sequence[str]) -> list[int]:
    """Return where a part stands in a piece, but for the places inside texts that are never cut."""
    guarded = [
        (start, start + len(each)) for each in whole if text in each for start in _occurrences(held, each)
    ]
    return [
        at
        for at in _occurrences(held, text)
        if not any(start <= at and at + len(text) <= end for start, end in guarded)
    ]


def _occurrences(held: str, text: str) -> list[int]:
    found, at = [], held.find(text)
    while at >= 0:
        found.append(at)
        at = held.find(text, at + len(text))
    return found


def _with(held: str, places: Sequence[int], length: int, kept: str) -> str:
    """Return a text with what stands at these places, so many letters each, replaced."""
    made, end = [], 0
    for at in places:
        made += [held[end:at], kept]
        end = at + length
    return "".join([*made, held[end:]])


def _kept(text: str, length: int, part: Part) -> str:
    """Return at most `length` letters of a part's text, at least what it says, cut where a reader would."""
    length = max(length, min(part.least, len(text)), 0)
    if length >= len(text):
        return text
    least = max(part.least, min(math.ceil(length * (1 - _GIVE)), length - _GIVE_LETTERS), 0)
    if part.keeps_end:
        return text[_start(text, len(text) - length, len(text) - least) :].lstrip()
    return text[: _end(text, length, least)].rstrip()


def _end(text: str, most: int, least: int) -> int:
    """Return where a beginning of `least` to `most` letters ends best."""
    paragraph = text.rfind("\n", least, most + 1)
    if paragraph >= 0:
        return paragraph
    best, at = -1, least
    while (step := sentence_end(text[at:most])) is not None:
        if at + step < most or _apart(text, at + step):
            best = at + step
        at += step
    if best >= 0:
        return best
    return next((at for at in range(most, least - 1, -1) if _apart(text, at)), most)


def _start(text: str, least: int, most: int) -> int:
    """Return where an end that begins between `least` and `most` begins best."""
    paragraph = text.find("\n", least, most)
    if paragraph >= 0:
        return paragraph + 1
    ended = sentence_end(text[least:most])
    if ended is not None and least + ended < most:
        return least + ended
    return next((at for at in range(least, most + 1) if _apart(text, at)), least)


def _apart(text: str, at: int) -> bool:
    """Whether no word stands on both sides of a place."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return before.isspace() or after.isspace() or is_ideographic(before) or is_ideographic(after)
