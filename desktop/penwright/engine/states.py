"""States of documents that are not in the KV cache now: going back to one is a copy, no evaluation."""

from __future__ import annotations

from collections import OrderedDict

from penwright.engine.strands import Tokens, common_length

# Bytes of all states together. A model of a billion parameters needs 32 kB a token, so this holds some 8,000.
LIMIT = 256 * 1024 * 1024


class SavedStates:
    """States of one model by the tokens that they stand for; the least recently used ones go first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: OrderedDict[bytes, tuple[Tokens, bytearray]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def fits(self, size: int) -> bool:
        """Whether a state of so many bytes is kept at all."""
        return size <= self._limit

    def put(self, tokens: Tokens, state: bytearray) -> None:
        """Keep a state. What is only the beginning of it is no longer needed."""
        for key, (known, _) in list(self._kept.items()):
            if common_length(known, tokens) == len(known):
                self._drop(key)
        self._kept[tokens.tobytes()] = (tokens, state)
        self._size += len(state)
        while self._size > self._limit:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        _, state = self._kept.pop(key)
        self._size -= len(state)

    def find(self, tokens: Tokens, *, whole: bool) -> tuple[Tokens, bytearray] | None:
        """Return the state that holds the longest beginning of `tokens`.

        whole: only one that holds nothing else, for a model that can't go back in it.
        """
        found, longest = None, 0
        for key, (known, _) in self._kept.items():
            common = common_length(known, tokens)
            if common > longest and (not whole or common == len(known) < len(tokens)):
                found, longest = key, common
        if found is None:
            return None
        self._kept.move_to_end(found)
        return self._kept[found]
