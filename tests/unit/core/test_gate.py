"""What is worth showing, and how much of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.answer import Answer
from penwright.core.gate import Eagerness, Verdict, judge, least
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


def words(*some: str, probability: float = 0.99) -> Answer:
    return answer(*[(f" {word}", probability) for word in some])


SURE = words("quiet", "room")


@pytest.mark.parametrize(
    ("given_answer", "where", "reason"),
    [
        (answer(), at("A"), "empty"),
        (answer(("  ", 1.0)), at("A"), "empty"),
        (words("quiet", probability=0.05), at("the"), "unsure"),
        (words("quiet"), at("so quiet"), "repeats"),
        (answer(("er", 0.99), (" now", 0.99)), at("so quiet"), ""),
        (answer(("quiet", 0.99)), at("so quiet "), "repeats"),
        (words("it", "was", "late"), at("It was late and"), "repeats"),
        (words("room"), at("the quiet", " room was"), "copies"),
        (answer(("ck", 0.99)), at("the qui", "et room"), "inside"),
        (answer(("room", 0.99)), at("今天"), "script"),
        (answer(("Room", 0.99)), at("the bed"), "glued"),
        (answer(("<|im_end|>", 0.99)), at("the"), "markup"),
        (answer(("!!!!", 0.99)), at("the"), "marks"),
        (answer(("\ufffd", 0.99)), at("the"), "garbled"),
        (words("never", "never", "never"), at("He said"), ""),
        (answer(("天", 0.99)), at("今"), ""),
        (words("a"), at("It was"), "slight"),
        (answer((".", 0.99)), at("It was"), "slight"),
        (answer(("et", 0.99)), at("the qui"), "slight"),
        (SURE, at("the"), ""),
    ],
)
def test_each_reason(given_answer: Answer, where: Snapshot, reason: str) -> None:
    verdict = judge(given_answer, where, Eagerness.NORMAL)
    assert verdict.reason == reason
    assert bool(verdict.text) == (not reason)


def test_the_writers_banned_phrases_are_cut_off_or_withheld() -> None:
    banned = ("quiet room", "delve")
    assert judge(SURE, at("the"), Eagerness.NORMAL, banned) == Verdict("", "banned")
    assert judge(SURE, at("the"), Eagerness.ALWAYS, banned).reason == "banned", "even when it was asked for"
    assert judge(words("she", "delve"), at("and"), Eagerness.NORMAL, banned).text == " she"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (answer((" quiet", 0.99), ("<|end|>", 0.99), (" room", 0.99)), " quiet"),
        (answer((" quiet", 0.99), (" (", 0.99), ("###", 0.99)), " quiet"),
        (words("no", "no", "no"), " no"),
        (words("quiet", "room", "said", "the", "quiet", "room", "said", "the"), " quiet room said the"),
    ],
)
def test_what_comes_before_a_fault_is_shown(text: Answer, shown: str) -> None:
    if len(shown.strip()) > 2:
        assert judge(text, at("and"), Eagerness.NORMAL).text == shown
    assert judge(text, at("and"), Eagerness.ALWAYS).text.startswith(shown)


@pytest.mark.parametrize("eagerness", [Eagerness.EAGER, Eagerness.NORMAL, Eagerness.QUIET])
def test_the_threshold_of_the_first_word(eagerness: Eagerness) -> None:
    wanted = least(eagerness)
    verdicts = [judge(words("quiet", probability=step / 200), at("the"), eagerness) for step in range(1, 200)]
    for verdict in verdicts:
        assert (verdict.text == " quiet") == (verdict.likely >= wanted)
        assert verdict.text or verdict.reason == "unsure"
    likely = [verdict.likely for verdict in verdicts]
    assert likely == sorted(likely), "a likelier word is never worth less"
    assert likely[0] < wanted < likely[-1]


def test_the_eager_see_what_the_quiet_see_and_more() -> None:
    wanted = [least(each) for each in Eagerness]
    assert wanted == sorted(wanted)
    assert [each.value for each in Eagerness] == sorted(each.value for each in Eagerness)


def test_a_word_is_as_sure_as_its_tokens_together() -> None:
    halves = judge(answer((" qui", 0.6), ("et", 0.6)), at("the"), Eagerness.NORMAL)
    assert halves.likely < judge(words("quiet", probability=0.6), at("the"), Eagerness.NORMAL).likely


def test_further_words_are_kept_while_they_are_nearly_as_sure() -> None:
    text = answer((" quiet", 0.97), (" room", 0.97), (" upstairs", 0.05), (" where", 0.99))
    assert judge(text, at("the"), Eagerness.NORMAL).text == " quiet room"


def test_no_more_than_six_words_and_none_of_the_next_sentence() -> None:
    many = words("quiet", "room", "upstairs", "where", "she", "slept", "until", "noon")
    assert judge(many, at("the"), Eagerness.NORMAL).text == " quiet room upstairs where she slept"
    closed = answer((" quiet", 0.99), (" room", 0.99), (".", 0.99))
    assert judge(closed, at("the"), Eagerness.NORMAL).text == " quiet room."


@pytest.mark.parametrize("marks", [" (", " “", ' "', " -"])
def test_nothing_is_left_open_at_the_end(marks: str) -> None:
    text = answer((" quiet", 0.99), (" room", 0.99), (marks, 0.99))
    assert judge(text, at("the"), Eagerness.NORMAL).text == " quiet room"


def test_the_middle_of_a_line_wants_to_be_surer_and_shorter() -> None:
    many = words("quiet", "room", "upstairs", "where", "she")
    assert judge(many, at("the"), Eagerness.NORMAL).text == many.text
    assert judge(many, at("the", " and so"), Eagerness.NORMAL).text == " quiet room upstairs"
    assert least(Eagerness.NORMAL, mid_line=True) > least(Eagerness.NORMAL)


def test_in_the_middle_of_a_line_a_space_is_left_to_what_follows() -> None:
    text = answer(("quiet", 0.99))
    assert judge(text, at("the ", "room"), Eagerness.NORMAL).text == "quiet "
    assert judge(text, at("the ", " room"), Eagerness.NORMAL).text == "quiet"


def test_no_second_space_before_the_caret() -> None:
    assert judge(SURE, at("the "), Eagerness.NORMAL).text == "quiet room"
    assert judge(SURE, at("the"), Eagerness.NORMAL).text == " quiet room"
    assert judge(SURE, at("One.\n"), Eagerness.NORMAL).text == "quiet room"


def test_who_asks_is_shown_whatever_there_is() -> None:
    for text in (words("a", probability=0.001), words("quiet", probability=0.001)):
        assert judge(text, at("quiet"), Eagerness.ALWAYS).text == text.text
    assert judge(answer(), at("A"), Eagerness.ALWAYS).reason == "empty"
    assert judge(words("room"), at("the", " room"), Eagerness.ALWAYS).reason == "copies"
    assert judge(answer(("<|im_end|>", 1.0)), at("the"), Eagerness.ALWAYS).reason == "markup"


def test_the_mean_of_no_tokens() -> None:
    assert Answer("", (), ()).mean_logprob == 0.0
    assert words("a", "b", probability=0.5).mean_logprob == pytest.approx(math.log(0.5))


TOKENS = st.lists(st.tuples(st.text(min_size=1, max_size=6), st.floats(1e-6, 1.0)), max_size=12)


@given(TOKENS, st.text(max_size=20), st.text(max_size=20), st.sampled_from(Eagerness), st.text(max_size=4))
def test_a_verdict_is_a_beginning_of_the_answer_or_a_reason(
    parts: list[tuple[str, float]], before: str, after: str, eagerness: Eagerness, phrase: str
) -> None:
    whole = answer(*parts)
    verdict = judge(whole, at(before, after), eagerness, (phrase,))
    assert (whole.text + " ").startswith(verdict.text) or whole.text.lstrip(" \t").startswith(
        verdict.text.rstrip()
    )
    assert bool(verdict.text.strip()) != bool(verdict.reason)
    assert 0.0 <= verdict.likely <= 1.0
