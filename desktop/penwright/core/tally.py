"""What a text counts, and how long reading it takes."""

from __future__ import annotations

from dataclasses import dataclass

_WORDS_A_MINUTE = 240  # silent reading of English prose; Brysbaert (2019) has 238 and 260
_IDEOGRAPHS_A_MINUTE = 400  # of Chinese; letters, not words


@dataclass(frozen=True)
class Tally:
    """What a text counts: words (each ideograph is one), ideographs among them, characters.

    Characters are code points, spaces counted in and line ends left out.
    """

    words: int = 0
    ideographs: int = 0
    characters: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.words + other.words,
            self.ideographs + other.ideographs,
            self.characters + other.characters,
        )

    def __sub__(self, other: Tally) -> Tally:
        return Tally(
            self.words - other.words,
            self.ideographs - other.ideographs,
            self.characters - other.characters,
        )

    @property
    def minutes(self) -> int:
        """How many minutes reading takes: 0 for nothing, else at least 1."""
        if not self.words:
            return 0
        spaced = self.words - self.ideographs
        return max(1, round(spaced / _WORDS_A_MINUTE + self.ideographs / _IDEOGRAPHS_A_MINUTE))
