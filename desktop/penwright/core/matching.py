"""Which of many titles fit a few letters typed: for the command palette and other lists that are narrowed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_START, _RUN, _OTHER = 4, 3, 1  # points of a letter: at a word's start, right after the one before, elsewhere
_NONE = -1


def score(wanted: str, title: str) -> int:
    """Return how well `title` fits the letters `wanted`, which must come in it in their order; 0: not at all.

    Case, accents and spaces don't count. Letters at words' starts and in a row count more, and of two
    titles with the same points the shorter one. With nothing wanted each title fits.
    """
    letters = [letter for letter in _plain(wanted) if not letter.isspace()]
    name = _plain(title)
    if not letters:
        return 1
    # best[at]: most points with the letters so far, the last one of them standing at `at`.
    best = [_NONE] * len(name)
    for number, letter in enumerate(letters):
        before, best = best, [_NONE] * len(name)
        most = 0 if number == 0 else _NONE  # of all places before this one
        for at, found in enumerate(name):
            if found == letter and most > _NONE:
                start = at == 0 or not name[at - 1].isalnum()
                best[at] = most + (_START if start else _OTHER)
                if number and at and before[at - 1] > _NONE:
                    best[at] = max(best[at], before[at - 1] + _RUN)
            if number:
                most = max(most, before[at])
    points = max(best, default=_NONE)
    return 0 if points == _NONE else points * 100 - min(len(name), 99)


def ranked(wanted: str, titles: Iterable[str]) -> list[int]:
    """Return the numbers of the titles that fit, best first; equal ones stay in their order."""
    scores = [(score(wanted, title), number) for number, title in enumerate(titles)]
    return [number for points, number in sorted(scores, key=lambda each: -each[0]) if points > 0]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
