"""What of a shown text is right: the same words, letter by letter, that the writer goes on to write."""

from __future__ import annotations

from dataclasses import dataclass

from penwright.core import segment


@dataclass(frozen=True)
class Rightness:
    """How many words a text shows, and how many of them, from the first on, are right.

    right_end: where in the shown text its right beginning ends, always at a word's end. A word counts with
    the spaces and marks before it; marks at the very end count as a word of their own, but not in `words`.
    """

    words: int
    right: int
    right_end: int
    whole: bool

    @property
    def first(self) -> bool:
        """Whether the first word is right (of a text without words: all of it)."""
        return self.right > 0 or (self.words == 0 and self.whole)

    @property
    def three(self) -> bool:
        """Whether the first three words are right."""
        return self.right >= 3


def compare(shown: str, follows: str) -> Rightness:
    """Compare what is shown with what the writer goes on to write.

    A word is right when it ends where the writer's word ends: "the" is wrong for "there".
    """
    ends = segment.piece_ends(shown)
    words = right = right_end = 0
    still = True
    start = 0
    for end in ends:
        is_word = segment.has_word(shown[start:end])
        words += is_word
        still = still and follows.startswith(shown[:end]) and _at_bound(follows, end)
        if still:
            right += is_word
            right_end = end
        start = end
    return Rightness(words, right, right_end, still and bool(ends))


def _at_bound(follows: str, end: int) -> bool:
    """Whether no word goes on at `end`."""
    return end >= len(follows) or not (segment.in_word(follows[end - 1]) and segment.in_word(follows[end]))
