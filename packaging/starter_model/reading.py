"""A GGUF as Penwright has it, through llama.cpp: how surprised it is by a text, and what it writes on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from penwright.engine.worker.llama.context import Context
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model

Floats = npt.NDArray[np.float64]
_BATCH = 256


class Reading:
    """A loaded model with room for `cells` tokens, on one thread. load_s: the seconds that loading took."""

    def __init__(self, model: Model, cells: int, load_s: float) -> None:
        self._model, self.load_s = model, load_s
        self._context = Context(model, cells, 1, batch=_BATCH)
        self.vocabulary = model.n_vocab

    def tokens(self, text: str) -> npt.NDArray[np.uint16]:
        """Return the tokens of a text, without one for its beginning."""
        return np.array(self._model.plain(text), np.uint16)

    def surprise(self, tokens: Sequence[int]) -> Floats:
        """Return how unlikely each token was from those before it, in nats, shape (tokens,)."""
        whole = [*self._model.opening, *(int(each) for each in tokens)]
        self._context.remove(0)
        found: list[float] = []
        for first in range(0, len(whole) - 1, self._context.n_batch):
            part = whole[first : min(first + self._context.n_batch, len(whole) - 1)]
            self._context.evaluate(part, 0, first, every=True)
            for place in range(len(part)):
                logits = self._context.logits(place).astype(np.float64)
                top = logits.max()
                found.append(top + np.log(np.exp(logits - top).sum()) - logits[whole[first + place + 1]])
        return np.array(found)

    def write_on(self, tokens: Sequence[int], count: int) -> npt.NDArray[np.uint16]:
        """Return the `count` tokens that it finds likeliest, one after the other, after those."""
        whole = [*self._model.opening, *(int(each) for each in tokens)]
        self._context.remove(0)
        self._context.evaluate(whole, 0, 0)
        written = [int(self._context.logits().argmax())]
        while len(written) < count:
            self._context.evaluate(written[-1:], 0, len(whole) + len(written) - 1)
            written.append(int(self._context.logits().argmax()))
        return np.array(written, np.uint16)

    def close(self) -> None:
        """Free the context."""
        self._context.close()


@cache
def llama() -> Library:
    """Return llama.cpp, set up once: what it logs through has to live as long as the process."""
    return Library()


@contextmanager
def reading(path: Path, cells: int) -> Iterator[Reading]:
    """Lend a model. Raises penwright's EngineError where it can't be loaded."""
    library = llama()
    began = time.monotonic()
    model = Model(library, path)
    lent = Reading(model, cells, time.monotonic() - began)
    try:
        yield lent
    finally:
        lent.close()
        model.close()
