"""Prompts made of frame and data: only in the frame are special tokens parsed.

llama.cpp itself parses tokens that a model's makers have added for all texts (its user-defined ones) even
where special tokens are switched off, and some models write the turns of a conversation with such. So the
text is taken apart here, and what looks like such a token in data is cut in two: it stays letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from penwright.core.composition import Piece
from penwright.engine.worker.llama.vocabulary import Vocabulary

_UNKNOWN, _CONTROL, _USER_DEFINED = 1 << 0, 1 << 3, 1 << 4  # LLAMA_TOKEN_ATTR_...
_STRIPS_LEFT, _STRIPS_RIGHT = 1 << 7, 1 << 8
# How a token begins that marks something up. Others that were added are words, or runs of white space.
_MARKUP = ("<", "[", "{", "|", "\uff5c")


class Frames:
    """Turns pieces into the tokens of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Look through the vocabulary for special tokens: some tenths of a second for a large one."""
        self._vocabulary = vocabulary
        special: dict[str, int] = {}
        parsed: list[str] = []
        for token in range(vocabulary.n_vocab):
            attributes = vocabulary.attributes(token)
            if not attributes & (_UNKNOWN | _CONTROL | _USER_DEFINED):
                continue
            text = vocabulary.text(token)
            if not text:
                continue
            special.setdefault(text, token)
            if not attributes & _CONTROL and len(text) > 1 and text.startswith(_MARKUP):
                parsed.append(text)
        self._special = special
        self._find_special = _finder(special)
        self._find_parsed = _finder(parsed)

    def control(self, token: int) -> str:
        """Return the text of a control token; "" for one that writes what it says."""
        return self._vocabulary.text(token) if self._vocabulary.attributes(token) & _CONTROL else ""

    def tokens(self, pieces: Sequence[Piece]) -> tuple[int, ...]:
        """Return a prompt's tokens, the vocabulary's beginning of text before them; at least one."""
        opening = self._vocabulary.opening
        tokens = self._within(pieces)
        if tokens[: len(opening)] != opening:
            tokens = (*opening, *tokens)
        return tokens or self._vocabulary.begin("")

    def each(self, pieces: Sequence[Piece]) -> tuple[int, ...]:
        """Return how many tokens each piece has where it stands alone."""
        return tuple(len(self._within((piece,))) for piece in pieces)

    def _within(self, pieces: Sequence[Piece]) -> tuple[int, ...]:
        found: list[int] = []
        run: list[str] = []  # between two special tokens, frame or data: it is one text to the model
        strip = False
        for piece in pieces:
            for text, token in self._parsed(piece.text) if piece.frame else ((piece.text, None),):
                if token is None:
                    run.append(text)
                    continue
                attributes = self._vocabulary.attributes(token)
                between = "".join(run).lstrip() if strip else "".join(run)
                found.extend(self._letters(between.rstrip() if attributes & _STRIPS_LEFT else between))
                found.append(token)
                run.clear()
                strip = bool(attributes & _STRIPS_RIGHT)
        found.extend(self._letters("".join(run).lstrip() if strip else "".join(run)))
        return tuple(found)

    def _parsed(self, text: str) -> Iterator[tuple[str, int | None]]:
        """Yield the parts of a frame's text, each with its token where it is a special one."""
        at = 0
        for match in self._find_special(text):
            if match.start() > at:
                yield text[at : match.start()], None
            yield match.group(), self._special[match.group()]
            at = match.end()
        if at < len(text):
            yield text[at:], None

    def _letters(self, text: str) -> Iterator[int]:
        """Yield the tokens of a text in which everything is meant as letters."""
        at = 0
        for match in self._find_parsed(text):
            # After its first letter nothing is left of it to be parsed.
            yield from self._vocabulary.plain(text[at : match.start() + 1])
            at = match.start() + 1
        yield from self._vocabulary.plain(text[at:])


def _finder(texts: Collection[str]) -> Callable[[str], Iterator[re.Match[str]]]:
    """Return what finds any of the texts, of those that begin at one place the longest."""
    if not texts:
        return lambda _text: iter(())
    pattern = re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)))
    return pattern.finditer
