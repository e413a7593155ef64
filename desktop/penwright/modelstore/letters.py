"""Which letters a SentencePiece vocabulary can write when it has no tokens for single bytes.

llama.cpp ends its process at a letter that is neither a token nor spelt in bytes. To refuse such a model
would cost the writer all of it for a letter that may never come, so such letters are kept from it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_SPACE = "\u2581"  # how a space is written in the vocabulary


@dataclass(frozen=True)
class Letters:
    """The letters that are tokens, and the bytes that have tokens."""

    single: frozenset[str]
    octets: frozenset[int]

    def has(self, letter: str) -> bool:
        """Whether a letter can be written."""
        letter = _SPACE if letter == " " else letter
        return letter in self.single or self.octets.issuperset(letter.encode("utf-8", "replace"))

    def known(self, text: str) -> str:
        """Return `text` without the letters that can't be written."""
        unknown = [letter for letter in set(text) if not self.has(letter)]
        return text.translate(dict.fromkeys(map(ord, unknown))) if unknown else text


def letters_of(words: AbstractSet[bytes]) -> Letters | None:
    """Return the letters that a SentencePiece vocabulary of these tokens can write; None for all."""
    octets = frozenset(each for each in range(256) if b"<0x%02X>" % each in words or bytes((each,)) in words)
    if len(octets) == 256:
        return None
    short = (word.decode("utf-8", "replace") for word in words if 0 < len(word) <= 4)
    return Letters(frozenset(letter for letter in short if len(letter) == 1), octets)
