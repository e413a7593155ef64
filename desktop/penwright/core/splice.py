"""One stretch of a text that gave way to another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Splice:
    """At `at`, `removed` characters of the text gave way to `added` others (code points)."""

    at: int
    removed: int
    added: int


def splice_between(before: str, after: str) -> Splice:
    """Return the smallest splice that makes `after` of `before`."""
    start, most = 0, min(len(before), len(after))
    if before[:most] == after[:most]:
        start = most
    else:
        low, high = 0, most  # the first difference, by halving: comparing slices is quick
        while low < high:
            middle = (low + high) // 2
            if before[low : middle + 1] == after[low : middle + 1]:
                low = middle + 1
            else:
                high = middle
        start = low
    rest = most - start
    low, high = 0, rest
    while low < high:
        middle = (low + high + 1) // 2
        if before[len(before) - middle :] == after[len(after) - middle :]:
            low = middle
        else:
            high = middle - 1
    return Splice(start, len(before) - start - low, len(after) - start - low)
