"""Where a caret stands, as far as the text before it tells: that is all that a writer's machine knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from penwright.core import segment


class Place(Enum):
    """What stands before a caret."""

    PARAGRAPH = "paragraph"  # nothing yet in this paragraph
    SENTENCE = "sentence"  # a complete sentence, and white space
    BOUNDARY = "boundary"  # white space, an ideograph, or an opening mark: a word may begin
    WORD = "word"  # a letter of a word, which may be its last
    MARK = "mark"  # a mark that closes something, with no space after it yet


@dataclass(frozen=True)
class Caret:
    """A caret's place, and how many letters of the word it stands in are typed (0 outside of words)."""

    place: Place
    letters: int = 0


_OPENERS = "([{\"'“‘«„—–/"


def caret_after(before: str) -> Caret:
    """Return where the caret stands that has `before` before it."""
    line = before.rsplit("\n", 1)[-1]
    if not line.strip():
        return Caret(Place.PARAGRAPH)
    last = line[-1]
    if last.isspace():
        return Caret(Place.SENTENCE if segment.ends_sentence(line) else Place.BOUNDARY)
    if segment.is_ideographic(last):
        return Caret(Place.BOUNDARY)
    typed = segment.trailing_word(line)
    if any(letter.isalnum() for letter in typed):
        return Caret(Place.WORD, len(typed))
    return Caret(Place.BOUNDARY if last in _OPENERS else Place.MARK)
