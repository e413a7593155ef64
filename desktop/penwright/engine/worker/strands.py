"""What the KV cache holds: strands of tokens, and how a new one is made from what is there.

Each strand is one of llama.cpp's sequences and the tokens in it. A prompt is brought into a strand by
taking the longest beginning of it that any strand holds and evaluating the rest. Cells are shared, so
that taking costs no copying of data; a strand of a model that can't go back is taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from penwright.base.errors import EngineError
from penwright.engine.worker.llama.context import Aborted, Context, Logits

Tokens = npt.NDArray[np.int32]


def common_length(one: Tokens, other: Tokens) -> int:
    """Return how many tokens both begin with."""
    most = min(len(one), len(other))
    differ = np.flatnonzero(one[:most] != other[:most])
    return int(differ[0]) if len(differ) else most


class Strand:
    """One sequence: its number, the tokens it holds, and what follows them where that was kept.

    logits: after the last token, shape (n_vocab,), or None.
    """

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence
        self.tokens: Tokens = np.empty(0, np.int32)
        self.logits: Logits | None = None

    def __len__(self) -> int:
        return len(self.tokens)

    def common(self, tokens: Tokens) -> int:
        """Return how many tokens it begins with as `tokens` does."""
        return common_length(self.tokens, tokens)


class Strands:
    """The strands of one context."""

    def __init__(self, context: Context, count: int) -> None:
        self._context = context
        self._all = [Strand(sequence) for sequence in range(count)]

    def __getitem__(self, number: int) -> Strand:
        return self._all[number]

    def __iter__(self) -> Iterator[Strand]:
        return iter(self._all)

    def held(self, tokens: Tokens) -> int:
        """Return how many tokens of a prompt need no evaluation, whichever strand it is made from."""
        return max(self._usable(strand, tokens) for strand in self._all)

    def _usable(self, strand: Strand, tokens: Tokens) -> int:
        common = strand.common(tokens)
        if common == len(tokens) and not (len(strand) == common and strand.logits is not None):
            common -= 1  # the last one's logits are wanted, so it has to be evaluated again
        if common < len(strand) and not self._context.rewinds:
            return 0
        return max(0, common)

    def take(self, target: Strand, tokens: Tokens) -> int:
        """Let `target` hold the longest beginning of `tokens` that is there; return its length."""
        source = max(self._all, key=lambda strand: (self._usable(strand, tokens), strand is target))
        kept = self._usable(source, tokens)
        if source is target:
            self.cut(target, kept)
        else:
            self.copy(source, target, kept)
        return len(target)

    def copy(self, source: Strand, target: Strand, length: int | None = None) -> None:
        """Let `target` hold what `source` does, or the first `length` tokens of it."""
        length = len(source) if length is None else length
        shared = target.common(source.tokens[:length]) if self._context.rewinds else 0
        self.cut(target, shared)
        if length > len(target):
            self._context.copy(source.sequence, target.sequence, len(target), length)
        target.tokens = source.tokens[:length].copy()
        target.logits = source.logits if length == len(source) else None

    def cut(self, strand: Strand, length: int) -> None:
        """Keep the first `length` tokens; a strand that can't go back is emptied instead."""
        if length >= len(strand):
            return
        if length == 0 or not self._context.remove(strand.sequence, length):
            self._context.remove(strand.sequence)
            length = 0
        strand.tokens = strand.tokens[:length]
        strand.logits = None

    def extend(
        self, strand: Strand, tokens: Tokens | Sequence[int], *, logits: bool = True, every: bool = False
    ) -> None:
        """Evaluate tokens at the end of a strand; with `logits` they can be read from the context.

        every: those of each token, not of the last alone.

        Raises Aborted: what was finished is in the strand. Raises EngineError when evaluation fails.
        """
        fresh = np.asarray(tokens, np.int32)
        try:
            self._context.evaluate(fresh.tolist(), strand.sequence, len(strand), logits=logits, every=every)
        except (Aborted, EngineError):
            self._settle(strand, fresh)
            raise
        strand.tokens = np.concatenate((strand.tokens, fresh))
        strand.logits = None

    def _settle(self, strand: Strand, fresh: Tokens) -> None:
        """Find out how far an evaluation came that did not come to its end."""
        if not self._context.rewinds:
            # The state may be in the midst of a micro-batch, and there is no way back to its beginning.
            self.cut(strand, 0)
            return
        length = self._context.length(strand.sequence)
        strand.tokens = np.concatenate((strand.tokens, fresh))[:length]
        strand.logits = None

    def adopt(self, strand: Strand, tokens: Tokens, state: bytearray, logits: Logits | None) -> bool:
        """Put a saved state into an emptied strand; False, and the strand empty, if there is no room."""
        self.cut(strand, 0)
        if not self._context.restore(strand.sequence, state):
            self._context.remove(strand.sequence)
            return False
        strand.tokens, strand.logits = tokens, logits
        return True

    def save(self, strand: Strand) -> bytearray:
        """Return a strand's state."""
        return self._context.save(strand.sequence)
