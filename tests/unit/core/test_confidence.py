"""How likely words are to be right, read from an answer's figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core import confidence
from penwright.core.answer import Answer
from penwright.core.caret import Caret, Place
from penwright.core.confidence import Figures, figures_of, first_piece, next_piece, pieces

CARETS = [
    Caret(place, letters) for place in Place for letters in ((1, 2, 3, 9) if place is Place.WORD else (0,))
]


def figures(probability: float, **given_figures: object) -> Figures:
    joint = math.log(probability)
    fields = {"joint": joint, "first": joint, "margin": 1.0, "end_mass": 0.0, "mean": joint, "letters": 5}
    return Figures(**{**fields, "caret": Caret(Place.BOUNDARY), **given_figures})  # type: ignore[arg-type]


def test_the_figures_are_those_of_the_first_word_with_its_marks() -> None:
    answer = Answer(", qui et room", (1, 5, 8, 13), (-0.1, -0.2, -0.4, -3.0), margin=1.5, end_mass=0.25)
    found = figures_of(answer, answer.text, "The", mid_line=True)
    assert found.joint == pytest.approx(-0.3)
    assert found.first == -0.1
    assert (found.margin, found.end_mass, found.mid_line) == (1.5, 0.25, True)
    assert found.mean == pytest.approx(-3.7 / 4)
    assert found.letters == 3
    assert found.caret == Caret(Place.WORD, 3)


def test_a_token_that_begins_in_a_word_and_goes_beyond_it_counts_for_it() -> None:
    answer = Answer("et room", (4, 7), (-0.5, -0.25))
    assert figures_of(answer, answer.text, "qui", mid_line=False).joint == pytest.approx(-0.5)


def test_no_tokens_at_all() -> None:
    assert figures_of(Answer("x"), "x", "", mid_line=False).joint == 0.0
    assert pieces(Answer("x"), "", "", mid_line=False) == []


@given(
    st.floats(1e-6, 1.0),
    st.floats(-20.0, 0.0),
    st.floats(0.0, 30.0),
    st.floats(0.0, 1.0),
    st.integers(0, 40),
    st.sampled_from(CARETS),
    st.booleans(),
)
def test_the_probability_stays_the_main_thing(
    probability: float, first: float, margin: float, end: float, letters: int, caret: Caret, mid_line: bool
) -> None:
    """Whatever else is seen, a model that is sure is believed, and one that is not is not."""

    def at(given_probability: float) -> float:
        return first_piece(
            figures(
                given_probability,
                first=first,
                margin=margin,
                end_mass=end,
                letters=letters,
                caret=caret,
                mid_line=mid_line,
            )
        )

    assert 0.0 < at(probability) < 1.0
    assert at(probability) <= at(min(1.0, probability * 1.1)) + 1e-12
    assert at(0.999) > 0.9
    assert at(0.002) < 0.1


@given(st.floats(-30.0, 0.0), st.floats(-30.0, 0.0))
def test_later_words_are_worth_more_the_likelier_they_are(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.0 < next_piece(low) <= next_piece(high) < 1.0


def test_each_further_word_makes_the_whole_less_likely() -> None:
    text = " quiet room upstairs."
    answer = Answer(text, (6, 11, 20, 21), (-0.1, -0.2, -0.3, -0.01))
    found = pieces(answer, text, "The", mid_line=False)
    assert [end for end, _ in found] == [6, 11, 20, 21]
    likely = [each for _, each in found]
    assert likely == sorted(likely, reverse=True)
    assert likely[0] == first_piece(figures_of(answer, text, "The", mid_line=False))


def test_every_coefficient_has_its_feature() -> None:
    names = confidence.corrections(figures(0.5)).keys()
    assert confidence._CORRECTIONS.keys() <= names
