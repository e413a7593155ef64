"""How likely the words of an answer are to be what the writer would write: a fitted reading of its figures.

The model's own probability of a word is the main thing: for a model that is well calibrated it would be
all. What is added are small corrections, bounded, so that they can never outweigh it in a model that they
were not fitted on: a larger model's sure words stay sure.

The coefficients come from tests/bench/calibrate.py, run with the starter that comes with the program on
text of the corpus that the starter was trained on a part of, never on the text that `penwright evaluate`
is measured with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from penwright.core import segment
from penwright.core.answer import Answer
from penwright.core.caret import Caret, Place, caret_after

_SURE = 0.999  # no figure of a model is taken for more than this
_MOST_CORRECTION = 1.5  # in log-odds: a probability of 0.5 becomes 0.18 or 0.82 at the most


@dataclass(frozen=True)
class Figures:
    """What an answer's first piece (`segment.piece_ends`) is judged by.

    joint: natural log of the product of its tokens' probabilities; the piece counts as whole, so the token
    that goes beyond its end is counted in. first: natural log of its first token's probability. margin,
    end_mass, mean: of the answer. letters: how many letters and digits the piece has left to write. new_word:
    it is no part of the word that the caret stands in or after.
    """

    joint: float
    first: float
    margin: float
    end_mass: float
    mean: float
    letters: int
    caret: Caret
    new_word: bool = False
    mid_line: bool = False


def figures_of(answer: Answer, text: str, before: str, *, mid_line: bool) -> Figures:
    """Return the figures of `answer`, of which `text` is to be shown after `before`."""
    ends = segment.piece_ends(text)
    end = ends[0] if ends else len(text)
    return Figures(
        joint=sum(_logprobs(answer, 0, end)),
        first=answer.logprobs[0] if answer.logprobs else 0.0,
        margin=answer.margin,
        end_mass=answer.end_mass,
        mean=answer.mean_logprob,
        letters=sum(letter.isalnum() for letter in text[:end]),
        caret=caret_after(before),
        new_word=bool(text) and not segment.in_word(text[0]),
        mid_line=mid_line,
    )


def _logprobs(answer: Answer, start: int, stop: int) -> list[float]:
    """Return the log-probabilities of the tokens that begin between two places of the answer's text."""
    begins = (0, *answer.ends)
    return [logprob for begin, logprob in zip(begins, answer.logprobs, strict=False) if start <= begin < stop]


def log_odds(probability: float) -> float:
    """Return the natural log of p / (1 - p), of a probability kept off 0 and 1."""
    kept = min(max(probability, 1 - _SURE), _SURE)
    return math.log(kept / (1 - kept))


def _from_log_odds(value: float) -> float:
    return 1 / (1 + math.exp(-value))


# Fitted to 7,593 answers of the starter in 200 documents, half of them modern prose and half books. The
# model's own probability is nearly right as it is: all that helps on documents not fitted on (log loss
# 0.4153 as it is, 0.4131 with slope and offset, 0.4097 with the two corrections) is to trust it less where
# it adds to a word that may be whole already, and more where it begins the next one. Margin, end mass,
# mean, the first token and the kind of caret added nothing (0.4128 or more each).
_SLOPE, _OFFSET = 0.996, -0.071
_CORRECTIONS: Mapping[str, float] = MappingProxyType({"goes_on": -0.53, "new_word": 0.32})
_NEXT_SLOPE, _NEXT_OFFSET = 1.199, 0.519  # of the words after the first, where all before them are right


def corrections(figures: Figures) -> dict[str, float]:
    """Return the features beside the probability, each of about the size of 1, those without use too."""
    caret = figures.caret
    within = caret.place is Place.WORD
    return {
        "margin": min(figures.margin, 4.0) / 2,
        "first": max(figures.first, -4.0) / 2,
        "mean": max(figures.mean, -4.0) / 2,
        "end": figures.end_mass,
        "letters": min(figures.letters, 12) / 6,
        "typed_1": float(within and caret.letters == 1),
        "typed_2": float(within and caret.letters == 2),
        "goes_on": float(within and caret.letters > 2 and not figures.new_word),
        "new_word": float(within and figures.new_word),
        "sentence": float(caret.place is Place.SENTENCE),
        "paragraph": float(caret.place is Place.PARAGRAPH),
        "mark": float(caret.place is Place.MARK),
        "mid_line": float(figures.mid_line),
    }


def first_piece(figures: Figures) -> float:
    """Return how likely the first piece is to be right, 0 to 1."""
    extra = sum(_CORRECTIONS.get(name, 0.0) * value for name, value in corrections(figures).items())
    bounded = max(-_MOST_CORRECTION, min(_MOST_CORRECTION, _OFFSET + extra))
    return _from_log_odds(_SLOPE * log_odds(math.exp(figures.joint)) + bounded)


def next_piece(joint: float) -> float:
    """Return how likely a later piece is to be right where all before it is.

    joint: natural log of the product of its tokens' probabilities.
    """
    return _from_log_odds(_NEXT_SLOPE * log_odds(math.exp(joint)) + _NEXT_OFFSET)


def joints(answer: Answer, text: str) -> list[tuple[int, float]]:
    """Return where each piece of `text` ends, and the log-probability of its tokens together."""
    ends = segment.piece_ends(text)
    return [(end, sum(_logprobs(answer, start, end))) for start, end in zip((0, *ends), ends, strict=False)]


def pieces(answer: Answer, text: str, before: str, *, mid_line: bool) -> list[tuple[int, float]]:
    """Return where each piece of `text` ends, and how likely everything up to there is to be right."""
    found: list[tuple[int, float]] = []
    likely = 1.0
    for end, joint in joints(answer, text):
        if not found:
            likely = first_piece(figures_of(answer, text, before, mid_line=mid_line))
        else:
            likely *= next_piece(joint)
        found.append((end, likely))
    return found
