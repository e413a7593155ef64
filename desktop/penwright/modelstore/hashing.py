"""The sha256 of what a file holds, in pieces, so that it can be stopped and its progress shown."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable
from io import RawIOBase
from pathlib import Path
from typing import Protocol

from penwright.base.files import open_regular

PIECE = 1 << 20  # bytes read at a time

# Told how many bytes are done; may raise to stop the work.
Told = Callable[[int], None]


class Digest(Protocol):
    """What hashlib returns."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """Return the hash so far."""


def new_digest() -> Digest:
    """Return an empty sha256."""
    return hashlib.sha256(usedforsecurity=False)


class HashingAside:
    """A sha256 fed on a thread of its own, so that a transfer hashes while it waits for its next bytes.

    hashlib gives up the interpreter's lock for more than 2 KB, so the two run side by side. What waits is
    bounded: `update` blocks when the hashing falls behind. The thread ends with `hexdigest` or `close`.
    """

    _WAITING = 16  # pieces; with those of a transfer, 4 MB

    def __init__(self, digest: Digest) -> None:
        self._digest = digest
        self._pieces: queue.Queue[bytes | None] = queue.Queue(self._WAITING)
        self._thread = threading.Thread(target=self._feed, name="hashing", daemon=True)
        self._thread.start()

    def update(self, data: bytes) -> None:
        """Take more bytes."""
        self._pieces.put(data)

    def hexdigest(self) -> str:
        """Wait until everything is hashed, and return the hash. Nothing can be added afterwards."""
        self.close()
        return self._digest.hexdigest()

    def close(self) -> None:
        """End the thread, when it has hashed what it was given. May be called again."""
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _feed(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._digest.update(piece)


def feed(digest: Digest, file: RawIOBase, count: int, told: Told) -> int:
    """Hash the next `count` bytes of `file`, or as many as there are, and return how many there were."""
    buffer = memoryview(bytearray(PIECE))
    done = 0
    while done < count:
        read = file.readinto(buffer[: min(PIECE, count - done)])
        if not read:
            break
        digest.update(buffer[:read])
        done += read
        told(done)
    return done


def sha256_of(path: Path, told: Told = lambda _done: None) -> tuple[str, int]:
    """Return the hexadecimal sha256 of a file and its size in bytes. Raises OSError."""
    descriptor, status = open_regular(path)
    digest = new_digest()
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - from a descriptor
        size = feed(digest, file, status.st_size, told)
    return digest.hexdigest(), size
