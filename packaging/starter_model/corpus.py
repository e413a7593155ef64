"""A corpus's documents: read, cleaned, each kept once, some of them held out.

A corpus is a folder of `*.txt.xz`: documents in UTF-8, a NUL on a line of its own between them.
"""

from __future__ import annotations

import hashlib
import html
import lzma
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BETWEEN = "\n\0\n"
_SPACES = re.compile(r"[ \t\u00a0]+")
# Control letters, marks of direction and joining, byte-order marks, and what stands for broken letters.
_UNTYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffd]")
_HELD_OUT_OF = 50  # one document of so many is held out
_SHINGLE = 200  # letters of a paragraph that make it the same as another
_SAME = 0.5  # a document of which more is in others already is left out


class CorpusError(ValueError):
    """A corpus that can't be read, in one sentence."""


@dataclass(frozen=True)
class Document:
    """One text, its paragraphs on a line each, and the name of the file it comes from."""

    source: str
    text: str

    @property
    def held_out(self) -> bool:
        """Whether it is for measuring: decided by its own letters, so that no other document changes it."""
        return self._drawn(0) < 1 / _HELD_OUT_OF

    def in_part(self, part: float) -> bool:
        """Whether it is among those that are drawn where only a part of a source (0 to 1) is used."""
        return self._drawn(4) < part

    def _drawn(self, place: int) -> float:
        digest = hashlib.sha256(self.text.encode("utf-8")).digest()
        return int.from_bytes(digest[place : place + 4], "big") / 2**32


def documents(folder: Path) -> Iterator[Document]:
    """Yield every document once, cleaned, in the order of the files' names. Raises CorpusError."""
    files = sorted(folder.glob("*.txt.xz"))
    if not files:
        raise CorpusError(f"In {folder} is no file named *.txt.xz; name the folder that holds the corpus.")
    yield from each_once(document for file in files for document in _read(file))


def _read(file: Path) -> Iterator[Document]:
    source = file.name.removesuffix(".txt.xz")
    held: list[str] = []
    try:
        with lzma.open(file, "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                if line == "\0\n":
                    yield Document(source, clean("".join(held)))
                    held = []
                else:
                    held.append(line)
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file} can't be read ({error}); get it again.") from error
    yield Document(source, clean("".join(held)))


def clean(text: str) -> str:
    """Return a text without what no writer types: control letters, entities, spaces at the ends of lines."""
    text = html.unescape(text).replace("\r\n", "\n").replace("\r", "\n")
    lines = _SPACES.sub(" ", _UNTYPED.sub("", text)).split("\n")
    return "\n".join(line for line in (line.strip() for line in lines) if line)


def each_once(found: Iterable[Document]) -> Iterator[Document]:
    """Leave out empty documents, and those whose paragraphs are for the greater part in earlier ones."""
    seen: set[bytes] = set()
    for document in found:
        if not document.text:
            continue
        marks = {
            hashlib.blake2b(line[:_SHINGLE].lower().encode(), digest_size=8).digest()
            for line in document.text.split("\n")
            if len(line) >= 80
        }
        known = len(marks & seen)
        seen |= marks
        if not marks or known <= _SAME * len(marks):
            yield document
