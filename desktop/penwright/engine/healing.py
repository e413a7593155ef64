"""Exact token healing: the letters already typed come out first, whatever tokens they are made of.

The prompt ends at a word's boundary; the stem (the letters after it) is required of the answer, byte by
byte. At each step those tokens are allowed whose bytes begin with what remains of the stem, or are a
beginning of it; the likeliest is taken, until nothing remains.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from penwright.engine.tokens import TokenTable

__all__ = ["TokenTable", "best"]


def best(logits: npt.NDArray[np.float32], among: npt.NDArray[np.int64] | None) -> tuple[int, float]:
    """Return the likeliest token and its natural log-probability among the allowed ones (None: all).

    The probability is conditional on the constraint: of a word half typed, how likely its ending is.
    """
    scores = logits if among is None else logits[among]
    place = int(np.argmax(scores))
    top = float(scores[place])
    total = float(np.log(np.sum(np.exp(scores - top, dtype=np.float32), dtype=np.float64)))
    return (place if among is None else int(among[place])), -total
