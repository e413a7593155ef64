"""Exact token healing: the letters already typed come out first, whatever tokens they are made of.

The prompt ends at a word's boundary; the stem (the letters after it) is required of the answer, byte by
byte. At each step those tokens are allowed whose bytes begin with what remains of the stem, or are a
beginning of it (engine.tokens); the likeliest is taken (engine.picking), until nothing remains.
"""

from __future__ import annotations

from penwright.core import segment
from penwright.engine.worker.tokens import TokenTable

_STEM_LETTERS = 48  # a longer run of letters is no word, and costs more than it can give
_IDEOGRAPHS = 8  # the longest tokens of Chinese and Japanese known have seven


def stem_start(before: str, table: TokenTable) -> int:
    """Return where the stem begins: the letters before the caret that the model must write again.

    In text with spaces that is the word's boundary. Chinese and Japanese have none, and their tokens hold
    several ideographs: there it is as far back as a token begins that may go on over the caret. To go back
    one ideograph alone would keep the model from the token that it would have written.
    """
    start = segment.stem_start(before, min(table.longest, _STEM_LETTERS))
    if not any(map(segment.is_ideographic, before[max(0, start - 1) : start + 1])):
        return start
    for at in range(start - 1, max(-1, start - _IDEOGRAPHS), -1):
        if before[at].isspace():
            break
        if table.begins(before[at:].encode("utf-8", "replace")):
            start = at
    return start
