"""The sha256 of what a file holds, in pieces, so that it can be stopped and its progress shown."""

from __future__ import annotations

import hashlib
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
