"""What the keys that accept a suggestion take of it."""

from __future__ import annotations

from enum import Enum


class Take(Enum):
    """How much of a shown suggestion a key accepts."""

    ALL = "all"
    WORD = "word"
    SENTENCE = "sentence"
