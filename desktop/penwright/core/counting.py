"""Counts words and characters, right for text with and without spaces between words."""

from __future__ import annotations

import re

from penwright.core.segment import IDEOGRAPHS, count_words
from penwright.core.tally import Tally

_IDEOGRAPH = re.compile(f"[{IDEOGRAPHS}]")


def tally(text: str) -> Tally:
    """Count one line."""
    ideographs = 0 if text.isascii() else len(_IDEOGRAPH.findall(text))
    return Tally(count_words(text), ideographs, len(text))
