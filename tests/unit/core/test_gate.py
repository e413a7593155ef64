"""What is worth showing, and how much of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.answer import Answer
from penwright.core.gate import Eagerness, Verdict, judge
from penwright.core.snapshot import Snapshot


def answer(*parts: tuple[str, float]) -> Answer:
    """An answer of tokens with their probabilities."""
    text, ends = "", []
    for letters, _ in parts:
        text += letters
        ends.append(len(text))
    return Answer(text, tuple(ends), tuple(math.log(probability) for _, probability in parts))


def at(before: str, after: str = "") -> Snapshot:
    return Snapshot("one", 1, before, after)


SURE = answer((" quiet", 0.9), (" room", 0.9))


@pytest.mark.parametrize(
    ("given_answer", "where", "reason"),
    [
        (answer(), at("A"), "empty"),
        (answer(("  ", 1.0)), at("A"), "empty"),
        (answer((" quiet", 0.1)), at("A"), "unsure"),
        (answer((" quiet", 0.99)), at("so quiet"), "repeats"),
        (answer(("er", 0.9), (" now", 0.9)), at("so quiet"), ""),
        (answer(("quiet", 0.99)), at("so quiet "), "repeats"),
        (answer((" it", 0.9), (" was", 0.9), (" late", 0.9)), at("It was late and"), "repeats"),
        (answer((" no", 0.9), (" no", 0.9), (" no", 0.9)), at("He said"), "repeats"),
        (answer((" room", 0.99)), at("the quiet", " room was"), "copies"),
        (answer(("room", 0.99)), at("今天"), "script"),
        (answer(("天", 0.99)), at("今"), ""),
        (answer((" a", 0.99)), at("It was"), "slight"),
        (answer((".", 0.99)), at("It was"), "slight"),
        (SURE, at("the"), ""),
    ],
)
def test_each_reason(given_answer: Answer, where: Snapshot, reason: str) -> None:
    verdict = judge(given_answer, where, Eagerness.NORMAL)
    assert verdict.reason == reason
    assert bool(verdict.text) == (not reason)


@pytest.mark.parametrize("eagerness", [Eagerness.EAGER, Eagerness.NORMAL, Eagerness.QUIET])
def test_the_threshold_of_the_first_word(eagerness: Eagerness) -> None:
    assert judge(answer((" quiet", eagerness.value + 0.01)), at("the"), eagerness).text == " quiet"
    assert judge(answer((" quiet", eagerness.value - 0.01)), at("the"), eagerness).reason == "unsure"


def test_a_word_is_as_sure_as_its_tokens_together() -> None:
    halves = answer((" qui", 0.6), ("et", 0.6))
    assert judge(halves, at("the"), Eagerness.NORMAL).reason == "unsure"
    assert judge(halves, at("the"), Eagerness.EAGER).text == " quiet"


def test_further_words_are_kept_while_they_are_half_as_sure() -> None:
    text = answer((" quiet", 0.9), (" room", 0.5), (" upstairs", 0.3))
    assert judge(text, at("the"), Eagerness.NORMAL) == Verdict(" quiet room")


def test_the_middle_of_a_line_wants_to_be_surer_and_shorter() -> None:
    words = answer(*[(f" {word}", 0.99) for word in ("quiet", "room", "upstairs", "where", "she")])
    assert judge(words, at("the"), Eagerness.NORMAL).text == words.text
    assert judge(words, at("the", " and so"), Eagerness.NORMAL).text == " quiet room upstairs"
    middling = answer((" quiet", 0.45))
    assert judge(middling, at("the", "\nNext"), Eagerness.NORMAL).text == " quiet"
    assert judge(middling, at("the", " and so"), Eagerness.NORMAL).reason == "unsure"


def test_who_asks_is_shown_whatever_there_is() -> None:
    for text in (answer((" a", 0.001)), answer((" quiet", 0.001))):
        assert judge(text, at("quiet "), Eagerness.ALWAYS) == Verdict(text.text)
    assert judge(answer(), at("A"), Eagerness.ALWAYS).reason == "empty"
    assert judge(answer((" room", 1.0)), at("the", " room"), Eagerness.ALWAYS).reason == "copies"


def test_the_mean_of_no_tokens() -> None:
    assert Answer("", (), ()).mean_logprob == 0.0
    assert answer((" a", 0.5), (" b", 0.5)).mean_logprob == pytest.approx(math.log(0.5))


TOKENS = st.lists(st.tuples(st.text(min_size=1, max_size=6), st.floats(1e-6, 1.0)), max_size=12)


@given(TOKENS, st.text(max_size=20), st.text(max_size=20), st.sampled_from(Eagerness))
def test_a_verdict_is_a_beginning_of_the_answer_or_a_reason(
    parts: list[tuple[str, float]], before: str, after: str, eagerness: Eagerness
) -> None:
    whole = answer(*parts)
    verdict = judge(whole, at(before, after), eagerness)
    assert whole.text.startswith(verdict.text)
    assert bool(verdict.text.strip()) != bool(verdict.reason)
