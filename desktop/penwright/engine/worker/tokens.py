"""A vocabulary's tokens in the order of their bytes, for finding those that fit letters already typed.

To ask llama.cpp for each token's bytes and to sort them takes some tenths of a second for a large
vocabulary, so the table is kept on disk, in the folder for what can be made again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import struct
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, overload

import numpy as np
import numpy.typing as npt

from penwright.base.files import read_bounded, write_atomically

log = logging.getLogger(__name__)

# The file: magic, a check over what follows it, how many tokens, how many of them write bytes, how many bytes
# in all; then where each one's bytes begin, which token it is, and the bytes, all in the order of the bytes.
_MAGIC = b"penwright tokens 1\n"
_COUNTS = struct.Struct("<QQQ")
_CHECK = 16  # bytes
_LIMIT = 1 << 27  # bytes; the largest vocabularies known make 8 MB
_KEPT = 8  # tables in a folder; the one that was used longest ago goes first
_SUFFIX = ".tokens"


class Vocabulary(Protocol):
    """What a table is made from."""

    @property
    def vocabulary(self) -> str:
        """A name that no other vocabulary has; "" where none is known."""

    @property
    def n_vocab(self) -> int:
        """How many tokens there are."""

    def pieces(self) -> list[bytes]:
        """Return the bytes that each token writes, by id; none for a control token."""


class Pieces(Sequence[bytes]):
    """The bytes of each token by its id; none for a control token."""

    def __init__(self, data: bytes, starts: memoryview, ranks: list[int]) -> None:
        self._data = data
        self._starts = starts
        self._ranks = ranks

    def __len__(self) -> int:
        return len(self._ranks)

    @overload
    def __getitem__(self, token: int) -> bytes: ...
    @overload
    def __getitem__(self, token: slice) -> list[bytes]: ...
    def __getitem__(self, token: int | slice) -> bytes | list[bytes]:
        if isinstance(token, slice):
            return [self[each] for each in range(len(self))[token]]
        rank = self._ranks[token]
        return self._data[self._starts[rank] : self._starts[rank + 1]] if rank >= 0 else b""


class TokenTable:
    """A vocabulary's tokens in the order of their bytes.

    pieces: the bytes of each token, by id. longest: how many bytes the longest one has.
    """

    def __init__(self, pieces: Sequence[bytes]) -> None:
        """Take the bytes of each token by id; tokens without bytes (control tokens) are never allowed."""
        order = sorted((token for token, piece in enumerate(pieces) if piece), key=pieces.__getitem__)
        data = b"".join([pieces[token] for token in order])
        ends = np.cumsum([len(pieces[token]) for token in order], dtype=np.int64)
        starts = np.concatenate((np.zeros(1, np.uint32), ends.astype(np.uint32)))
        self._fill(len(pieces), data, starts, np.array(order, np.int32))

    @classmethod
    def of(cls, model: Vocabulary, folder: str) -> TokenTable:
        """Return a model's table, from `folder` if it is there; else it is made and put there.

        folder: "" keeps nothing. A file that is broken or not ours is not used; one that can't be written
        is done without.
        """
        path = Path(folder) / f"{model.vocabulary}{_SUFFIX}" if folder and model.vocabulary else None
        found = cls._read(path, model.n_vocab) if path else None
        if found is not None:
            return found
        made = cls(model.pieces())
        if path is not None:
            made._write(path)
        return made

    def _fill(
        self, count: int, data: bytes, starts: npt.NDArray[np.uint32], order: npt.NDArray[np.int32]
    ) -> None:
        self._data = data
        self._starts = memoryview(starts.tobytes()).cast("I")
        self._order = order.astype(np.int64)  # what logits are picked with, without a conversion each time
        ranks = np.full(count, -1, np.int64)
        ranks[self._order] = np.arange(len(order))
        self.pieces: Sequence[bytes] = Pieces(data, self._starts, ranks.tolist())
        lengths = np.diff(starts)
        self.longest = int(lengths.max()) if len(lengths) else 0
        # Where the pieces begin that start with each byte.
        heads = np.frombuffer(data, np.uint8)[starts[:-1]]
        self._heads: list[int] = np.searchsorted(heads, np.arange(257)).tolist()

    def allowed(self, required: bytes) -> npt.NDArray[np.int64]:
        """Return the ids of tokens that begin with `required` or are a beginning of it; all for none."""
        if not required:
            return self._order
        low, high = self._heads[required[0]], self._heads[required[0] + 1]
        starts, found = self._starts, []
        for depth in range(1, len(required)):
            # Those that end here are a beginning of it; they come before the longer ones.
            longer = low
            while longer < high and starts[longer + 1] - starts[longer] == depth:
                longer += 1
            if longer > low:
                found.append(self._order[low:longer])
            byte_at = self._byte_at(depth)
            low = bisect_left(range(high), required[depth], longer, high, key=byte_at)
            high = bisect_left(range(high), required[depth] + 1, low, high, key=byte_at)
            if low == high:
                break
        if not found:
            return self._order[low:high]
        return np.concatenate((self._order[low:high], *found))

    def begins(self, letters: bytes) -> bool:
        """Whether some token begins with `letters`, or is just them."""
        if not letters:
            return bool(len(self._order))
        data, starts, end = self._data, self._starts, self._heads[letters[0] + 1]
        rank = bisect_left(
            range(end),
            letters,
            self._heads[letters[0]],
            end,
            key=lambda rank: data[starts[rank] : starts[rank + 1]],
        )
        return rank < end and data.startswith(letters, starts[rank], starts[rank + 1])

    def _byte_at(self, depth: int) -> Callable[[int], int]:
        data, starts = self._data, self._starts
        return lambda rank: data[starts[rank] + depth]

    @classmethod
    def _read(cls, path: Path, count: int) -> TokenTable | None:
        try:
            data, _stamp = read_bounded(path, _LIMIT)
            os.utime(path)  # so that it is known which one was used longest ago
        except OSError:
            return None
        body = data[len(_MAGIC) + _CHECK :]
        if not data.startswith(_MAGIC) or data[len(_MAGIC) : len(_MAGIC) + _CHECK] != _check(body):
            return None
        counts = _COUNTS.unpack_from(body)
        words, length = counts[1:]
        at = _COUNTS.size
        if counts[0] != count or len(body) != at + 4 * (words + 1) + 4 * words + length:
            return None
        starts = np.frombuffer(body, np.uint32, words + 1, at)
        order = np.frombuffer(body, np.int32, words, at + 4 * (words + 1))
        in_order = not starts[0] and starts[-1] == length and bool((starts[1:] > starts[:-1]).all())
        if not in_order or not bool(((order >= 0) & (order < count)).all()):
            return None
        table = cls.__new__(cls)
        table._fill(count, body[len(body) - length :], starts, order)
        return table

    def _write(self, path: Path) -> None:
        counts = _COUNTS.pack(len(self.pieces), len(self._order), len(self._data))
        body = b"".join((counts, self._starts.tobytes(), self._order.astype(np.int32).tobytes(), self._data))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, _MAGIC + _check(body) + body)
            _tidy(path.parent)
        except OSError as error:
            log.warning("the token table could not be kept: %s", error)


def _check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK).digest()


def _tidy(folder: Path) -> None:
    """Remove the tables that were used longest ago where there are too many."""
    tables = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in tables[_KEPT:]:
        path.unlink(missing_ok=True)
