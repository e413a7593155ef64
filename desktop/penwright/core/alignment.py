"""Which units of one sequence are which of another: what stays when a text is rewritten."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

# Bits that the exact search may hold: 32 MB. Beyond that, and with nothing unique in common, all is new.
_MOST_BITS = 1 << 28

Pairs = list[tuple[int, int]]


class _Span(NamedTuple):
    """Units low to high of the old ones beside units new_low to new_high of the new ones."""

    low: int
    high: int
    new_low: int
    new_high: int


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    """Return pairs (place in old, place in new) of equal units, both places rising.

    What both have exactly once comes first (a reader takes those for the same), then the longest common
    subsequence of what lies between. Takes time in proportion to n log n and n*m/64.
    """
    pairs: Pairs = []
    waiting = [_Span(0, len(old), 0, len(new))]
    while waiting:
        low, high, new_low, new_high = waiting.pop()
        while low < high and new_low < new_high and old[low] == new[new_low]:
            pairs.append((low, new_low))
            low, new_low = low + 1, new_low + 1
        while low < high and new_low < new_high and old[high - 1] == new[new_high - 1]:
            high, new_high = high - 1, new_high - 1
            pairs.append((high, new_high))
        if low == high or new_low == new_high:
            continue
        span = _Span(low, high, new_low, new_high)
        anchors = _unique(old, new, span)
        if not anchors:
            pairs += _longest(old, new, span)
            continue
        for place, new_place in anchors:
            waiting.append(_Span(low, place, new_low, new_place))
            pairs.append((place, new_place))
            low, new_low = place + 1, new_place + 1
        waiting.append(_Span(low, high, new_low, new_high))
    return sorted(pairs)


def _unique(old: Sequence[Hashable], new: Sequence[Hashable], span: _Span) -> Pairs:
    """Pair what is there once on either side, as many pairs as rise together."""
    low, high, new_low, new_high = span
    counts = Counter(old[low:high])
    new_counts = Counter(new[new_low:new_high])
    places = {new[at]: at for at in range(new_low, new_high)}
    common = [
        (at, places[old[at]])
        for at in range(low, high)
        if counts[old[at]] == 1 and new_counts.get(old[at], 0) == 1
    ]
    return _rising(common)


def _rising(pairs: Pairs) -> Pairs:
    """Return the longest part of `pairs` whose second places rise (patience sorting)."""
    tops: list[int] = []  # of each pile, its second place
    held: list[int] = []  # and which pair that is
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(held[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            held.append(index)
        else:
            tops[pile], held[pile] = place, index
    rising: Pairs = []
    index = held[-1] if held else -1
    while index >= 0:
        rising.append(pairs[index])
        index = before[index]
    return rising[::-1]


def _longest(old: Sequence[Hashable], new: Sequence[Hashable], span: _Span) -> Pairs:
    """Return a longest common subsequence, found with a row of bits for each old unit (Hyyrö 2004).

    In a row, bit j is 0 where the subsequence grows with the new unit j.
    """
    low, high, new_low, new_high = span
    width = new_high - new_low
    if (high - low) * width > _MOST_BITS:
        return []
    masks: dict[Hashable, int] = {}
    for at in range(width):
        unit = new[new_low + at]
        masks[unit] = masks.get(unit, 0) | 1 << at
    full = (1 << width) - 1
    row, rows = full, []
    for at in range(low, high):
        grown = row & masks.get(old[at], 0)
        row = ((row + grown) | (row - grown)) & full
        rows.append(row)
    pairs: Pairs = []
    left, right = high - low, width
    while left and right:
        if rows[left - 1] >> (right - 1) & 1:
            right -= 1
            continue
        left -= 1
        if not left or rows[left - 1] >> (right - 1) & 1:
            right -= 1
            pairs.append((low + left, new_low + right))
    return pairs
