"""The writer's own words: of a language, and of one document."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from penwright.base.errors import SpellingError
from penwright.base.files import read_bounded, readable_name, write_atomically

_LARGEST = 4 << 20  # bytes of a list


class PersonalWords:
    """Lists of words, one a line, in UTF-8; the owner's alone.

    folder: `LANGUAGE.txt` for each language, and `texts/HASH.txt` for each document, the hash being of its
    path, so that the name of a private text is not told by a list of words. Any thread may call.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()  # a list is read, and written with what is new

    def of_language(self, code: str) -> frozenset[str]:
        """Return the words of a language; none where the list can't be read."""
        return _read(self._folder / f"{code}.txt")

    def of_document(self, path: Path) -> frozenset[str]:
        """Return the words of one document."""
        return _read(self._of(path))

    def add(self, code: str, word: str) -> None:
        """Keep a word of a language. Raises SpellingError."""
        with self._lock:
            _add(self._folder / f"{code}.txt", [word])

    def add_to_document(self, path: Path, words: list[str]) -> None:
        """Keep words of one document. Raises SpellingError."""
        with self._lock:
            _add(self._of(path), words)

    def forget_document(self, path: Path) -> None:
        """Delete what is kept of a document. Raises OSError."""
        with self._lock:
            self._of(path).unlink(missing_ok=True)

    def _of(self, path: Path) -> Path:
        name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
        return self._folder / "texts" / f"{name}.txt"


def _read(path: Path) -> frozenset[str]:
    try:
        data, _stamp = read_bounded(path, _LARGEST)
    except OSError:
        return frozenset()
    return frozenset(data.decode("utf-8", "ignore").split("\n")) - {""}


def _add(path: Path, words: list[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = _read(path) | frozenset(words)
        text = "".join(f"{word}\n" for word in sorted(kept))
        write_atomically(path, text.encode(), private=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SpellingError("spelling.not_kept", name=readable_name(path), reason=reason) from error
