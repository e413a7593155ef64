"""A text cut into what a reader sees as one: words, spaces, marks, ideographs, emoji.

Offsets are counted in code points. The units together are the whole text; none begins with what only
changes the letter before it, so no accent, joiner or half of a flag is ever parted from its letter.
"""

from __future__ import annotations

import re
import unicodedata

from penwright.core.segment import is_ideographic

# Scripts that put no spaces between words beside those of `is_ideographic`: Thai, Lao, Burmese, Khmer.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_IDEOGRAPHS = (
    "\u2e80-\u2fdf\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_LETTERS = rf"[^\W_{_UNSPACED}{_IDEOGRAPHS}]+"
_RAW = re.compile(
    rf"\r?\n|[^\S\n]+?(?=\r?\n)|[^\S\n]+|[\U0001f1e6-\U0001f1ff]{{2}}|{_LETTERS}(?:['’\-]{_LETTERS})*|.",
    re.DOTALL,
)
_ZERO_WIDTH_JOINER = "\u200d"


def units(text: str) -> list[str]:
    """Cut `text` into its units: a word with its accents, a run of spaces, a line end, or one mark."""
    found: list[str] = []
    for raw in _RAW.findall(text):
        if found and (_belongs(found[-1], raw) or _goes_on(found[-1], raw)):
            found[-1] += raw
        else:
            found.append(raw)
    return found


def is_space(unit: str) -> bool:
    """Whether a unit is white space, line ends included."""
    return unit.isspace()


def is_word(unit: str) -> bool:
    """Whether a unit has a letter or a digit of any script."""
    return any(letter.isalnum() for letter in unit)


def _belongs(before: str, raw: str) -> bool:
    """Whether `raw` can't begin a unit after `before`, whatever it is."""
    first = raw[0]
    if first <= "\u02ff" and before[-1] != _ZERO_WIDTH_JOINER:  # nearly always
        return False
    if before[-1] == _ZERO_WIDTH_JOINER or first in "\u200c\u200d":
        return True
    if "\ud800" <= before[-1] <= "\udbff" and "\udc00" <= first <= "\udfff":
        return True  # two halves of one letter
    return (
        unicodedata.category(first)[0] == "M"
        or "\U0001f3fb" <= first <= "\U0001f3ff"
        or ("\U000e0020" <= first <= "\U000e007f")
    )


def _goes_on(before: str, raw: str) -> bool:
    """Whether a word whose accent is a mark of its own goes on with `raw`."""
    last = before[-1]
    return (
        last > "\u02ff"
        and raw[0].isalnum()
        and unicodedata.category(last)[0] == "M"
        and is_word(before)
        and not _alone(raw[0])
        and not _alone(before[0])
    )


def _alone(letter: str) -> bool:
    return (
        is_ideographic(letter)
        or "\u0e00" <= letter <= "\u0eff"
        or "\u1000" <= letter <= "\u109f"
        or "\u1780" <= letter <= "\u17ff"
    )
