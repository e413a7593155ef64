"""Which token comes next: the likeliest one, alone or among those that fit the stem."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from penwright.engine.healing import best
from penwright.engine.llama.context import Logits
from penwright.engine.writing import Pick

Allowed = npt.NDArray[np.int64] | None
_SURE = 20.0  # natural log: nothing else was possible


def pick(logits: Logits, allowed: Allowed) -> Pick:
    """Return the likeliest token. allowed: ids to choose from, not empty; None for all."""
    return Pick(*best(logits, allowed))


def weighed(logits: Logits, allowed: Allowed, token: int, ends: npt.NDArray[np.int64]) -> Pick:
    """Return `token` with everything that is known of the choice; `ends` are the tokens that end a text."""
    scores = logits if allowed is None else logits[allowed]
    own = float(logits[token])
    log_total = _log_sum(scores)
    second = float(np.max(scores[scores < own], initial=-np.inf))
    if np.count_nonzero(scores == own) > 1:
        second = own
    whole = log_total if allowed is None else _log_sum(logits)
    return Pick(
        token,
        own - log_total,
        max(0.0, own - second) if np.isfinite(second) else _SURE,
        float(np.sum(np.exp(logits[ends] - whole, dtype=np.float64))),
    )


def likeliest(logits: Logits, allowed: Allowed, count: int) -> list[int]:
    """Return up to `count` of the likeliest tokens, in that order."""
    scores = logits if allowed is None else logits[allowed]
    count = min(count, len(scores))
    top = np.argpartition(scores, -count)[-count:]
    # Of equals the first, as argmax has it.
    order = top[np.lexsort((top, -scores[top]))]
    return [int(place) if allowed is None else int(allowed[place]) for place in order]


def _log_sum(scores: Logits) -> float:
    top = float(np.max(scores))
    return top + float(np.log(np.sum(np.exp(scores - top, dtype=np.float32), dtype=np.float64)))
