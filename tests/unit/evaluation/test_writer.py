"""Keystrokes saved: each acceptance checked by hand."""

import random

import pytest

from penwright.evaluation.carets import Kind
from penwright.evaluation.writer import Typed, choose, standard_error, total, worth_taking, write


@pytest.mark.parametrize(
    ("shown", "follows", "taken", "keys"),
    [
        (" quiet room", " quiet room was", " quiet room", 1),  # Tab
        (" quiet place", " quiet room was", " quiet", 1),  # Ctrl+Right once
        (" quiet room here", " quiet room was", " quiet room", 2),  # twice
        (" a place", " a room", "", 0),  # one key for two letters saves one
        ("et", "et", "", 0),
        ("iet", "iet", "iet", 1),
        (" loud", " quiet", "", 0),
        (" the", " there", "", 0),
        (" room, she", " room, he", " room", 1),  # the comma for its own key saves nothing
        (" room.", " room. It", " room.", 1),
        ("", " quiet", "", 0),
        (" it is not", " it is so", " it is", 2),  # 6 letters with 2 keys
    ],
)
def test_the_rule_of_accepting(shown: str, follows: str, taken: str, keys: int) -> None:
    assert worth_taking(shown, follows) == (taken, keys)


def type_it(text: str, offers: dict[str, str], start: int = 0) -> tuple[Typed, list[str]]:
    """Type `text`; offers: what is shown after a text that ends so."""
    asked: list[str] = []

    def shown(before: str) -> str:
        asked.append(before)
        return next((offer for end, offer in offers.items() if before.endswith(end)), "")

    typed = Typed()
    write(text, start, len(text), shown, typed)
    return typed, asked


def test_nothing_shown_saves_nothing_and_each_letter_is_asked_at() -> None:
    typed, asked = type_it("a quiet room", {})
    assert (typed.letters, typed.keys, typed.saved) == (12, 12, 0.0)
    assert len(asked) == 11, "nothing is asked on the empty page"
    assert typed.shown == typed.taken == 0


def test_tab_counts_one_key() -> None:
    typed, asked = type_it("a quiet room", {"a": " quiet room"})
    assert (typed.letters, typed.keys) == (12, 2)
    assert typed.saved == pytest.approx(10 / 12)
    assert asked == ["a"]
    assert (typed.taken, typed.by_tab) == (1, 1)
    assert typed.saved_by_kind == {Kind.WORD_END: 10}


def test_a_wrong_suggestion_costs_no_key_and_goes_with_the_next_letter() -> None:
    typed, asked = type_it("a quiet", {"a": " loud", "a ": "lo", "a q": "uiet"})
    assert typed.keys == 1 + 1 + 1 + 1
    assert typed.shown == 2
    # " loud" agrees with the space, so that "loud" still stands there: nothing new is asked.
    assert asked == ["a", "a q"]
    assert typed.saved_by_kind == {Kind.MID_WORD_1: 3}


def test_the_rest_of_a_half_taken_suggestion_stays_and_is_asked_for_no_more() -> None:
    typed, asked = type_it("a quiet place", {"a": " quiet room"})
    assert asked[:2] == ["a", "a quiet p"]
    assert typed.taken == 1
    assert typed.by_tab == 0
    assert typed.keys == 1 + 1 + len(" place")


def test_a_word_that_goes_beyond_the_paragraph_is_not_taken() -> None:
    typed = Typed()
    text = "a quiet\nroom"
    write(text, 0, 7, lambda before: " quiet room" if before == "a" else "", typed)
    assert typed.letters == 7
    assert typed.keys == 2, "of what is shown the right beginning is taken"


def test_what_stands_before_is_not_typed() -> None:
    typed, asked = type_it("a quiet room", {}, start=8)
    assert typed.letters == 4
    assert asked[0] == "a quiet "


def test_letters_are_never_counted_twice_or_left_out() -> None:
    chance = random.Random(5)
    text = " ".join(chance.choice(["the", "quiet", "room", "was", "there"]) for _ in range(200))

    def shown(before: str) -> str:
        rest = text[len(before) :]
        return chance.choice(["", rest[:9], " the quiet room", rest[:3] + "x", rest[:20]])

    typed = Typed()
    write(text, 0, len(text), shown, typed)
    assert typed.letters == len(text)
    assert sum(typed.saved_by_kind.values()) == typed.letters - typed.keys
    assert typed.keys >= len(text) / 21


def test_paragraphs_are_drawn_over_the_text_in_its_order() -> None:
    text = "\n".join(f"Paragraph number {number} of many." for number in range(100))
    some = choose(text, 600, 1)
    assert some == choose(text, 600, 1)
    assert some != choose(text, 600, 2)
    assert some == sorted(some)
    assert 600 <= sum(end - start for start, end in some) < 640
    assert some[-1][0] > len(text) / 2
    assert len(choose(text, 0, 1)) == 100
    assert len(choose(text, 10**9, 1)) == 100


def test_the_total_and_its_error() -> None:
    parts = [Typed(letters=100, keys=80, asked=1), Typed(letters=100, keys=60), Typed(letters=200, keys=140)]
    whole = total(parts)
    assert whole.saved == pytest.approx(0.3)
    assert whole.asked == 1
    # Of the ratio: residuals -10, 10, 0 over a mean of 133.3 letters.
    assert standard_error(parts) == pytest.approx((200 / 2 / 3) ** 0.5 / (400 / 3))
    assert standard_error(parts[:1]) is None
    assert Typed().saved is None
