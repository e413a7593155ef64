"""States of documents that are not in the KV cache now: going back to one is a copy, no evaluation."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from penwright.engine.worker.llama.context import Logits
from penwright.engine.worker.strands import Tokens, common_length

# Bytes of all states together: one long document of a model of a billion parameters, which needs 32 kB a
# token, or many of a small one. More would cost every writer memory that few of them use.
LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True)
class SavedState:
    """What a strand held: its tokens, llama.cpp's state of them, and what followed them if that was kept."""

    tokens: Tokens
    state: bytearray
    logits: Logits | None

    def usable(self, tokens: Tokens, *, whole: bool) -> int:
        """Return how many of `tokens` it saves evaluating; `whole`: it can't be cut to what they share."""
        common = common_length(self.tokens, tokens)
        if common < len(self.tokens) and whole:
            return 0
        if common == len(tokens) and (self.logits is None or len(self.tokens) > common):
            return 0 if whole else common - 1  # the last one's logits are wanted
        return common


class SavedStates:
    """States of one model by the tokens that they stand for; the least recently used ones go first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: OrderedDict[bytes, SavedState] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def fits(self, size: int) -> bool:
        """Whether a state of so many bytes is kept at all."""
        return size <= self._limit

    def put(self, saved: SavedState) -> None:
        """Keep a state. One that is only the beginning of it is no longer needed."""
        for key, known in list(self._kept.items()):
            if common_length(known.tokens, saved.tokens) == len(known.tokens):
                self._drop(key)
        self._kept[saved.tokens.tobytes()] = saved
        self._size += len(saved.state)
        while self._size > self._limit:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        self._size -= len(self._kept.pop(key).state)

    def find(self, tokens: Tokens, *, whole: bool) -> tuple[SavedState | None, int]:
        """Return the state that is most useful for `tokens`, and how many of them it saves evaluating."""
        best = max(self._kept.values(), key=lambda each: each.usable(tokens, whole=whole), default=None)
        saved = best.usable(tokens, whole=whole) if best is not None else 0
        if best is None or not saved:
            return None, 0
        self._kept.move_to_end(best.tokens.tobytes())
        return best, saved
