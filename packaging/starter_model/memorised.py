"""What a model has by heart: runs of what it writes that stand word for word in its corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no token is lost; two runs in 2^64 look alike
LENGTHS = (8, 16, 32, 50)


def marks(tokens: npt.NDArray[np.uint16], length: int) -> npt.NDArray[np.uint64]:
    """Return a mark of each run of `length` tokens, shape (n - length + 1,); none for fewer tokens."""
    count = len(tokens) - length + 1
    found = np.zeros(max(0, count), np.uint64)
    for place in range(length):
        found *= _FACTOR
        found += tokens[place : place + len(found)].astype(np.uint64) + np.uint64(1)
    return found


def runs(
    written: Sequence[npt.NDArray[np.uint16]],
    corpus: Iterable[npt.NDArray[np.uint16]],
    lengths: Sequence[int] = LENGTHS,
) -> Mapping[int, float]:
    """Return for each length the share of written texts in which a run so long is of the corpus."""
    own = {length: [marks(text, length) for text in written] for length in lengths}
    every = {length: np.unique(np.concatenate(found)) for length, found in own.items()}
    known = {length: np.zeros(len(found), bool) for length, found in every.items()}
    for tokens in corpus:
        for length, found in every.items():
            if len(found):
                places = np.searchsorted(found, theirs := marks(tokens, length))
                places = np.minimum(places, len(found) - 1)
                known[length][places[found[places] == theirs]] = True
    return {
        length: float(np.mean([bool(np.isin(each, every[length][known[length]]).any()) for each in texts]))
        for length, texts in own.items()
    }
