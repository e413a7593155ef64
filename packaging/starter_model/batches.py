"""What the model sees in one step: rows of documents, or of parts of them that begin at a word.

A batch depends on the seed and the step's number alone, so a training that goes on sees what it would have
seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from starter_model.shards import Shard
from starter_model.vocabulary import Tokens, Vocabulary

# A prompt seldom begins where a text does: it is what fits before the caret.
_FROM_THE_START = 0.25
_LOOKED_AT = 64  # tokens within which a word surely begins
_LEAST_ROOM = 16  # tokens at a row's end that are worth another document


@dataclass(frozen=True)
class Batch:
    """tokens: shape (rows, length + 1). weights: shape (rows, length), 0 where nothing can be foreseen."""

    tokens: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]


class Batches:
    """Draws batches from shards.

    shares: of each shard, how much of what is seen comes from it. fim: the share of documents whose middle is
    to be written with what follows it known, where the vocabulary has tokens for that.
    """

    def __init__(
        self,
        shards: Sequence[Shard],
        shares: Sequence[float],
        vocabulary: Vocabulary,
        seed: int,
        fim: float = 0.0,
    ) -> None:
        self._shards = shards
        self._shares = np.array(shares) / sum(shares)
        self._bos = vocabulary.bos
        self._fim = vocabulary.fim
        self._fim_share = fim if None not in vocabulary.fim else 0.0
        self._begins = vocabulary.begins_word
        self._seed = seed

    def batch(self, step: int, rows: int, length: int) -> Batch:
        """Return the batch of a step."""
        chance = np.random.default_rng((self._seed, step))
        tokens = np.empty((rows, length + 1), np.int64)
        for row in tokens:
            filled = 0
            while filled < len(row):
                part = self._part(chance, len(row) - filled)
                row[filled : filled + len(part)] = part
                filled += len(part)
        unforeseen = np.isin(tokens[:, 1:], [self._bos, *(each for each in self._fim if each is not None)])
        return Batch(tokens, (~unforeseen).astype(np.float32))

    def _part(self, chance: np.random.Generator, room: int) -> Tokens:
        """Return a document, or what of it fits, with a token for its beginning; `room` tokens at most."""
        if room == 1:  # for nothing but a beginning
            return np.array([self._bos], np.uint16)
        shard = self._shards[int(chance.choice(len(self._shards), p=self._shares))]
        at = int(chance.integers(len(shard.tokens)))
        document = int(np.searchsorted(shard.starts, at, side="right")) - 1
        first, end = int(shard.starts[document]), int(shard.starts[document + 1])
        if chance.random() >= _FROM_THE_START and end - first > room:
            first = min(at, end - min(room, end - first) // 2)
            found = np.flatnonzero(self._begins[shard.tokens[first : min(end, first + _LOOKED_AT)]])
            first += int(found[0]) if len(found) else 0
        part = np.asarray(shard.tokens[first : min(end, first + room - 1)])
        if self._fim_share and chance.random() < self._fim_share and len(part) > _LEAST_ROOM:
            part = self._middle_last(part[: room - 4], chance)
        return np.concatenate([np.array([self._bos], np.uint16), part])

    def _middle_last(self, part: Tokens, chance: np.random.Generator) -> Tokens:
        """Return prefix, suffix and then the middle, which begins and ends at words."""
        words = np.flatnonzero(self._begins[part])
        if len(words) < 4:
            return part
        one, other = sorted(chance.choice(words, 2, replace=False))
        prefix, suffix, middle = (np.array([each], np.uint16) for each in self._fim)
        return np.concatenate([prefix, part[:one], suffix, part[other:], middle, part[one:other]])


class Ahead:
    """Draws the next step's batch while a step is made: a GPU is quicker with one than the processor is."""

    def __init__(self, batches: Batches, pool: ThreadPoolExecutor) -> None:
        self._batches, self._pool = batches, pool
        self._next: tuple[tuple[int, int, int], Future[Batch]] | None = None

    def batch(self, step: int, rows: int, length: int) -> Batch:
        """Return the batch of a step, and begin with the one that comes most likely after it."""
        asked = (step, rows, length)
        ready = self._next[1].result() if self._next and self._next[0] == asked else None
        after = (step + 1, rows, length)
        self._next = (after, self._pool.submit(self._batches.batch, *after))
        return ready or self._batches.batch(*asked)


@contextmanager
def ahead(batches: Batches) -> Iterator[Ahead]:
    """Lend what draws batches ahead; it ends its thread."""
    with ThreadPoolExecutor(1) as pool:
        yield Ahead(batches, pool)
