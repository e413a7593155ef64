"""A baseline without a network: n-grams of tokens, smoothed by interpolated Kneser-Ney.

The highest order counts occurrences, the lower ones in how many different contexts each is found; what an
order takes off its counts goes to the order below (Chen and Goodman, 1999; one discount for all).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """The n-grams of one order. keys: sorted, shape (n,), a token in each `bits` bits, the last one lowest.

    counts: shape (n,). contexts: sorted, shape (m,), the keys without their last token; totals: what follows
    each in all, followers: how many different tokens do.
    """

    keys: Keys
    counts: Floats
    contexts: Keys
    totals: Floats
    followers: Floats


class NGrams:
    """A model of `order` tokens, of which there are `vocabulary`.

    floor: whether the lowest order keeps something for tokens never seen.

    Raises ValueError where n-grams of that order don't fit into 64 bits.
    """

    def __init__(
        self,
        documents: Sequence[npt.NDArray[np.uint16]],
        vocabulary: int,
        order: int,
        edges: tuple[int, int],
        *,
        discount: float = 0.75,
        floor: bool = True,
    ) -> None:
        """Count. edges: the tokens that stand before and after each document."""
        self._bits = max(1, (vocabulary - 1).bit_length())
        if self._bits * order > 64:
            raise ValueError(f"{order} tokens of {vocabulary} don't fit into 64 bits; name a lower order.")
        self._order, self._vocabulary, self._edges = order, vocabulary, edges
        self._discount, self._floor = discount, floor
        found = [np.unique(self._keys(documents, size), return_counts=True) for size in range(1, order + 1)]
        self._levels = [
            _counts(
                *(found[-1] if size == order else self._continued(found[size][0], size)),
                raw=found[size - 1][0],
                bits=self._bits,
            )
            for size in range(1, order + 1)
        ]

    def _keys(self, documents: Sequence[npt.NDArray[np.uint16]], size: int) -> Keys:
        return np.concatenate([self._windows(document, size) for document in documents])

    def _windows(self, document: npt.NDArray[np.uint16], size: int) -> Keys:
        """Return the keys of all n-grams of a size in a document and its edges."""
        first, last = self._edges
        whole = np.concatenate([[first] * (self._order - 1), document, [last]]).astype(np.uint64)
        keys = np.zeros(len(whole) - size + 1, np.uint64)
        for place in range(size):
            keys = (keys << np.uint64(self._bits)) | whole[place : place + len(keys)]
        return keys

    def _continued(self, longer: Keys, size: int) -> tuple[Keys, npt.NDArray[np.int64]]:
        """Return the n-grams of a size, and after how many different tokens each is found."""
        return np.unique(longer & np.uint64((1 << (self._bits * size)) - 1), return_counts=True)

    def surprise(self, document: npt.NDArray[np.uint16]) -> Floats:
        """Return how unlikely each token of a document and its end is, in nats, shape (tokens + 1,)."""
        count = len(document) + 1
        likely = np.full(count, 1.0 / self._vocabulary)
        for size, level in enumerate(self._levels, 1):
            keys = self._windows(document, size)[-count:]
            seen = _at(level.keys, level.counts, keys)
            context = keys >> np.uint64(self._bits)
            totals = _at(level.contexts, level.totals, context)
            followers = _at(level.contexts, level.followers, context)
            # The lowest order of NLTK takes nothing off: tokens that were never seen are impossible there.
            discount = 0.0 if size == 1 and not self._floor else self._discount
            own = np.maximum(seen - discount, 0.0) + discount * followers * likely
            likely = np.where(totals > 0, own / np.maximum(totals, 1.0), likely)
        with np.errstate(divide="ignore"):
            return -np.log(likely)


def _counts(keys: Keys, counts: npt.NDArray[np.int64], *, raw: Keys, bits: int) -> Counts:
    contexts, followers = np.unique(raw >> np.uint64(bits), return_counts=True)
    places = np.searchsorted(contexts, keys >> np.uint64(bits))
    totals: Floats = np.bincount(places, weights=counts, minlength=len(contexts)).astype(np.float64)
    return Counts(keys, counts.astype(np.float64), contexts, totals, followers.astype(np.float64))


def _at(keys: Keys, values: Floats, wanted: Keys) -> Floats:
    """Return the value of each wanted key, 0 where there is none."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0.0)
