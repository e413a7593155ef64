"""Guesses of what is written next, from what stands in the prompt: rewriting repeats much of it."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST, _SHORTEST = 4, 2  # tokens that have to be the same for a guess


class Lookup:
    """All runs of a few tokens in a prompt and in what was written after it, and what followed each."""

    def __init__(self, tokens: Sequence[int]) -> None:
        """Take the prompt's tokens."""
        self._tokens: list[int] = []
        # By run: where it was followed, in order.
        self._followed: dict[tuple[int, ...], list[int]] = {}
        self._reached = 0  # the place after what was guessed rightly last: a rewriting goes on from there
        for token in tokens:
            self.add(token)

    def add(self, token: int) -> None:
        """Take one more token that was written."""
        self._tokens.append(token)
        at = len(self._tokens)
        for length in range(_SHORTEST, min(_LONGEST, at - 1) + 1):
            self._followed.setdefault(tuple(self._tokens[at - 1 - length : at - 1]), []).append(at - 1)

    def guess(self, most: int) -> list[int]:
        """Return at most `most` tokens that may come next; none where nothing like it stands before.

        Of several places the first one counts from where the last guess was right, else the latest.
        """
        if most <= 0:
            return []
        for length in range(min(_LONGEST, len(self._tokens)), _SHORTEST - 1, -1):
            places = self._followed.get(tuple(self._tokens[-length:]))
            if places:
                at = next((place for place in places if place >= self._reached), places[-1])
                self._reached = at
                return self._tokens[at : at + most]
        return []
