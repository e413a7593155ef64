"""A text of any length and a writer at work on it, both from a seed.

The sentences are put together by rule from a few words: what is measured is time, and that depends on how
many tokens a text has, not on what it says.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

_WHO = ("the gardener", "an old sailor", "my sister", "the doctor", "her neighbour", "a tall stranger")
_DID = ("opened", "carried", "forgot", "painted", "looked for", "remembered", "hid", "sold", "mended")
_WHAT = ("the letter", "a small lamp", "the wooden chair", "his brown coat", "the key", "a basket of pears")
_WHERE = ("in the kitchen", "by the river", "under the stairs", "near the station", "at the end of the lane")
_WHEN = ("before supper", "in the evening", "after the rain", "on Sunday", "while the children slept")
_AND = ("and then", "but", "because", "so", "although")
_SENTENCES = (3, 6)  # in a paragraph, from and to


def sentences(seed: int) -> Iterator[str]:
    """Write sentences without end."""
    chance = random.Random(seed)  # noqa: S311 - the same text each time is what is wanted

    def clause() -> str:
        words = [chance.choice(part) for part in (_WHO, _DID, _WHAT)]
        return " ".join([*words, *(chance.choice(part) for part in (_WHERE, _WHEN) if chance.random() < 0.5)])

    while True:
        text = clause()
        if chance.random() < 0.5:
            text += f", {chance.choice(_AND)} {clause()}"
        yield text[0].upper() + text[1:] + "."


def document(seed: int, letters: int) -> str:
    """Return a text of about so many letters, in paragraphs; it ends with a whole sentence."""
    chance = random.Random(seed)  # noqa: S311 - as above
    source = sentences(seed)
    text = ""
    while len(text) < letters:
        count = chance.randint(*_SENTENCES)
        text += " ".join(next(source) for _ in range(count)) + "\n\n"
    return text[: text.rfind(".", 0, letters) + 1] or text[:letters]


@dataclass(frozen=True)
class Key:
    """The text around the caret after a key was pressed; kind: "type", "delete" or "edit"."""

    before: str
    after: str
    kind: str


class Writer:
    """Someone at work at the end of a text: types, takes letters back, and mends words further up.

    Of every six words four go down as they should; one is mistyped and taken back, and after one the writer
    goes back within the paragraph, puts another word in place of one there, and returns.
    """

    def __init__(self, text: str, seed: int) -> None:
        self._before, self._after = text, ""
        self._chance = random.Random(seed)  # noqa: S311 - as above
        self._words = self._new_words(seed + 1)

    @staticmethod
    def _new_words(seed: int) -> Iterator[str]:
        for sentence in sentences(seed):
            yield from sentence.split(" ")

    def keys(self) -> Iterator[Key]:
        """Press keys without end."""
        for number, word in enumerate(self._words):
            yield from self._type(" " + word)
            if number % 6 == 2:
                yield from self._delete(self._chance.randint(1, 4))
                yield from self._type(word[-2:])
            elif number % 6 == 5:
                yield from self._mend(next(self._words))

    def _type(self, letters: str, kind: str = "type") -> Iterator[Key]:
        for letter in letters:
            self._before += letter
            yield Key(self._before, self._after, kind)

    def _delete(self, count: int, kind: str = "delete") -> Iterator[Key]:
        for _ in range(count):
            self._before = self._before[:-1]
            yield Key(self._before, self._after, kind)

    def _mend(self, word: str) -> Iterator[Key]:
        """Go to a word of the paragraph, put another in its place, and go back to where the text ended."""
        start = max(self._before.rfind("\n") + 1, len(self._before) - 300)
        spaces = [at for at in range(start, len(self._before)) if self._before[at] == " "]
        if len(spaces) < 3:
            return
        end = self._chance.choice(spaces[1:])
        self._before, self._after = self._before[:end], self._before[end:] + self._after
        yield from self._delete(min(4, end - self._before.rfind(" ", 0, end) - 1), "edit")
        yield from self._type(word, "edit")
        self._before, self._after = self._before + self._after, ""
