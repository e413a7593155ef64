"""What typing and the accepting keys do to a suggestion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.suggestion import Suggestion
from penwright.core.take import Take


@pytest.mark.parametrize(
    ("how", "taken", "left"),
    [
        (Take.WORD, " the", " sea was calm. Then night fell."),
        (Take.SENTENCE, " the sea was calm.", " Then night fell."),
        (Take.ALL, " the sea was calm. Then night fell.", ""),
    ],
)
def test_take(how: Take, taken: str, left: str) -> None:
    text, rest = Suggestion(7, " the sea was calm. Then night fell.").take(how)
    assert (text, rest) == (taken, Suggestion(7, left))


def test_a_sentence_without_an_end_is_all_of_it() -> None:
    assert Suggestion(1, " and so on").take(Take.SENTENCE) == (" and so on", Suggestion(1, ""))


@given(st.text(max_size=60), st.sampled_from(Take))
def test_both_parts_make_the_whole(text: str, how: Take) -> None:
    taken, rest = Suggestion(3, text).take(how)
    assert taken + rest.text == text
    assert rest.request == 3
    assert bool(taken) == bool(text)


@given(st.text(min_size=1, max_size=60), st.lists(st.sampled_from([Take.WORD, Take.SENTENCE]), max_size=80))
def test_any_row_of_keys_inserts_the_whole_in_order(text: str, keys: list[Take]) -> None:
    rest, inserted = Suggestion(1, text), ""
    for key in keys:
        taken, rest = rest.take(key)
        inserted += taken
    assert inserted + rest.text == text


@given(st.text(max_size=30), st.text(max_size=30))
def test_typing_its_letters_leaves_the_rest(first: str, second: str) -> None:
    assert Suggestion(2, first + second).typed(first) == Suggestion(2, second)


def test_other_letters_leave_nothing() -> None:
    assert Suggestion(2, " sea").typed(" sex") is None
    assert Suggestion(2, " sea").typed(" seas") is None
