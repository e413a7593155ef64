"""Which titles fit a few letters."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from penwright.core.matching import ranked, score

TITLES = [
    "New",
    "Open",
    "Save",
    "Save As",
    "Suggest While Typing",
    "Select All",
    "Über Penwright",
    "新闻报道",
]


def names(wanted: str) -> list[str]:
    return [TITLES[number] for number in ranked(wanted, TITLES)]


def test_letters_at_words_starts_win() -> None:
    assert names("sa")[0] == "Save As"
    assert names("sav")[0] == "Save"  # the shorter of two that fit as well
    assert names("swt") == ["Suggest While Typing"]
    assert names("wt")[0] == "Suggest While Typing"


def test_accents_and_case_do_not_count() -> None:
    assert names("UBER") == ["Über Penwright"]


def test_chinese_titles_are_found_by_any_of_their_letters() -> None:
    assert names("报") == ["新闻报道"]


def test_nothing_wanted_keeps_all_in_their_order() -> None:
    assert names("") == names("  ") == TITLES


def test_what_does_not_come_in_order_does_not_fit() -> None:
    assert names("evas") == []


@given(st.text(max_size=8), st.text(max_size=20))
def test_a_title_fits_just_when_the_letters_come_in_order(wanted: str, title: str) -> None:
    def plain(text: str) -> str:
        folded = unicodedata.normalize("NFD", text.casefold())
        return "".join(letter for letter in folded if not unicodedata.combining(letter))

    rest = iter(plain(title))
    expected = all(letter in rest for letter in plain(wanted) if not letter.isspace())
    assert (score(wanted, title) > 0) == expected
