"""Which token comes next: the likeliest one, alone or among those that fit the stem.

This runs once a token, beside a decoding that takes half a millisecond with a small model, so it makes no
array that it can do without.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from penwright.engine.worker.llama.context import Logits
from penwright.engine.worker.writing import Pick

Allowed = npt.NDArray[np.int64] | None
_SURE = 20.0  # natural log: nothing else was possible


class Picker:
    """Chooses among the logits of one vocabulary.

    ends: the tokens that end a text or a paragraph.
    """

    def __init__(self, n_vocab: int, ends: npt.NDArray[np.int64]) -> None:
        self._room = np.empty(n_vocab, np.float32)
        self._ends = ends

    def best(self, logits: Logits, allowed: Allowed = None) -> Pick:
        """Return the likeliest of the allowed tokens (None: of all), and its natural log-probability.

        The probability is conditional on the constraint: of a word half typed, how likely its ending is.
        """
        scores = logits if allowed is None else logits[allowed]
        place = int(scores.argmax())
        token = place if allowed is None else int(allowed[place])
        return Pick(token, float(scores[place]) - self._log_sum(scores))

    def weigh(self, token: int, logits: Logits, allowed: Allowed = None) -> Pick:
        """Return an allowed token with everything that is known of the choice."""
        scores = logits if allowed is None else logits[allowed]
        place = token if allowed is None else int(np.flatnonzero(allowed == token)[0])
        own, log_total = float(scores[place]), self._log_sum(scores)
        others = [part.max() for part in (scores[:place], scores[place + 1 :]) if len(part)]
        margin = max(0.0, own - float(max(others))) if others else _SURE
        whole = log_total if allowed is None else self._log_sum(logits)
        end_mass = float(np.exp(logits[self._ends] - whole, dtype=np.float64).sum())
        return Pick(token, own - log_total, min(margin, _SURE), end_mass)

    def likeliest(self, logits: Logits, allowed: Allowed, count: int) -> list[int]:
        """Return up to `count` of the likeliest allowed tokens, in that order; of equals the first."""
        scores = logits if allowed is None else logits[allowed]
        if count == 1:
            places = np.array([scores.argmax()])
        else:
            # A partition takes any of equals: what ties with the last of them is looked at whole.
            least = np.partition(scores, -min(count, len(scores)))[-count:].min()
            top = np.flatnonzero(scores >= least)
            places = top[np.lexsort((top, -scores[top]))][:count]
        return [int(token) for token in (places if allowed is None else allowed[places])]

    def _log_sum(self, scores: Logits) -> float:
        """Return the natural log of the sum of exponentials."""
        top = scores.max()
        room = self._room[: len(scores)]
        np.subtract(scores, top, out=room)
        np.exp(room, out=room)
        return float(top) + math.log(float(room.sum()))
