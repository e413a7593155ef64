"""Places in a finished text at which a suggestion is asked for, as if the text before each was just typed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from penwright.core import segment


class Kind(Enum):
    """What kind of place a caret is at. Only the last has text after the caret."""

    BOUNDARY = "boundary"  # after a space within a sentence, or between two ideographs
    MID_WORD_1 = "mid_word_1"  # after the first letter of a word that goes on
    MID_WORD_2 = "mid_word_2"  # after its second letter
    MID_WORD_3 = "mid_word_3"  # after its third letter or a later one
    WORD_END = "word_end"  # after its last letter, the space not typed yet
    SENTENCE_START = "sentence_start"
    PARAGRAPH_START = "paragraph_start"
    MID_LINE = "mid_line"  # one to three words were taken out; what followed them stands after the caret


# How many of each kind are drawn, of a hundred: about as often as a writer stands there, but for the
# beginnings and the middle of a line, which would be too few to count.
SHARES: Mapping[Kind, int] = {
    Kind.BOUNDARY: 20,
    Kind.MID_WORD_1: 15,
    Kind.MID_WORD_2: 15,
    Kind.MID_WORD_3: 20,
    Kind.WORD_END: 10,
    Kind.SENTENCE_START: 5,
    Kind.PARAGRAPH_START: 5,
    Kind.MID_LINE: 10,
}
_TAKEN_OUT = (1, 2, 3)  # words
_LEAST_AFTER = 12  # letters that stay in the paragraph after what was taken out


@dataclass(frozen=True)
class Place:
    """A caret in a text.

    at: its offset in code points. follows: what the writer will write, up to the end of the text, or, in
    the middle of a line, what was taken out. after: what stands after the caret.
    """

    kind: Kind
    at: int
    follows: str
    after: str = ""


def kind_at(text: str, at: int) -> Kind | None:
    """Return the kind of the caret before `text[at]`, of one who types the text; None where none is asked.

    None is asked before a space and within runs of marks, at the beginning of the text, or behind its end.
    """
    if not 0 < at < len(text) or (text[at].isspace() and not segment.in_word(text[at - 1])):
        return None
    last, next_ = text[at - 1], text[at]
    if last == "\n":
        return Kind.PARAGRAPH_START if text[max(0, at - 200) : at].strip() else None
    if last.isspace():
        line = text[text.rfind("\n", 0, at) + 1 : at]
        if not line.strip():
            return None
        return Kind.SENTENCE_START if segment.ends_sentence(line) else Kind.BOUNDARY
    if segment.is_ideographic(last):
        return Kind.BOUNDARY if segment.is_ideographic(next_) else None
    if not segment.in_word(last):
        return None
    if not segment.in_word(next_):
        return Kind.WORD_END
    typed = len(segment.trailing_word(text[max(0, at - 3) : at]))
    return (Kind.MID_WORD_1, Kind.MID_WORD_2, Kind.MID_WORD_3)[min(typed, 3) - 1]


def sample(text: str, count: int, seed: int) -> list[Place]:
    """Return about `count` carets in the order of the text, drawn by SHARES, always the same for a seed.

    A kind that the text has too few of gives all that there are.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    places: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    for at in range(1, len(text)):
        kind = kind_at(text, at)
        if kind is not None:
            places[kind].append(at)
    places[Kind.MID_LINE] = list(places[Kind.BOUNDARY])
    drawn: list[Place] = []
    for kind, share in SHARES.items():
        wanted = round(count * share / sum(SHARES.values()))
        if kind is Kind.MID_LINE:
            drawn += _taken_out(text, places[kind], wanted, chance)
            continue
        found = chance.sample(places[kind], min(wanted, len(places[kind])))
        drawn += [Place(kind, at, text[at:]) for at in found]
    return sorted(drawn, key=lambda place: (place.at, place.kind.value))


def _taken_out(text: str, boundaries: list[int], wanted: int, chance: random.Random) -> list[Place]:
    """Return carets where some words were taken out of a sentence, and what followed them stands."""
    order = chance.sample(boundaries, len(boundaries))
    found: list[Place] = []
    for at in order:
        if len(found) == wanted:
            break
        line_end = text.find("\n", at)
        rest = text[at : line_end if line_end >= 0 else len(text)]
        ends = segment.piece_ends(rest)
        words = chance.choice(_TAKEN_OUT)
        if len(ends) <= words or len(rest) - ends[words - 1] < _LEAST_AFTER:
            continue
        end = at + ends[words - 1]
        found.append(Place(Kind.MID_LINE, at, text[at:end], text[end:]))
    return found


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each paragraph of `text` begins and ends, without its line feed; not empty ones."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1
