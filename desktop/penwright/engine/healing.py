"""Exact token healing: the letters already typed come out first, whatever tokens they are made of.

The prompt ends at a word's boundary; the stem (the letters after it) is required of the answer, byte by
byte. At each step those tokens are allowed whose bytes begin with what remains of the stem, or are a
beginning of it; the likeliest is taken, until nothing remains.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class TokenTable:
    """A vocabulary's tokens in the order of their bytes, for finding those that fit a stem."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        """Take the bytes of each token by id; tokens without bytes (control tokens) are never allowed."""
        order = sorted((piece, token) for token, piece in enumerate(pieces) if piece)
        self._pieces = [piece for piece, _ in order]
        self._tokens = np.array([token for _, token in order], dtype=np.int64)
        self.longest = max((len(piece) for piece in self._pieces), default=0)

    def allowed(self, required: bytes) -> npt.NDArray[np.int64]:
        """Return the ids of tokens that begin with `required` or are a beginning of it. Not empty bytes."""
        low = bisect_left(self._pieces, required)
        high = bisect_left(self._pieces, _after(required)) if _after(required) else len(self._pieces)
        ranges = [self._tokens[low:high]]
        for length in range(1, min(len(required), self.longest + 1)):
            piece = required[:length]
            first = bisect_left(self._pieces, piece)
            last = bisect_right(self._pieces, piece)
            if last > first:
                ranges.append(self._tokens[first:last])
        return np.concatenate(ranges)


def _after(prefix: bytes) -> bytes:
    """Return the least bytes that are greater than everything beginning with `prefix`; b"" if none."""
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes((kept[-1] + 1,)) if kept else b""


def best(logits: npt.NDArray[np.float32], among: npt.NDArray[np.int64] | None) -> tuple[int, float]:
    """Return the likeliest token and its natural log-probability among the allowed ones (None: all).

    The probability is conditional on the constraint: of a word half typed, how likely its ending is.
    """
    scores = logits if among is None else logits[among]
    place = int(np.argmax(scores))
    top = float(scores[place])
    total = float(np.log(np.sum(np.exp(scores - top, dtype=np.float32), dtype=np.float64)))
    return (place if among is None else int(among[place])), -total
