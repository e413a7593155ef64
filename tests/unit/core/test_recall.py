"""Which of the earlier answers fits again, and what of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.answer import Answer
from penwright.core.gate import Eagerness, Verdict, judge
from penwright.core.recall import BACK, ENTRIES, Found, Judge, Recall, rest_of
from penwright.core.snapshot import Snapshot

THE = Snapshot("one", 1, "out of the")


def answer(text: str, *probabilities: float) -> Answer:
    """Return an answer of one token for each word."""
    ends = tuple(at for at in range(1, len(text) + 1) if at == len(text) or text[at] == " ")
    likely = (*probabilities, *(0.99,) * len(ends))[: len(ends)]
    return Answer(text, ends, tuple(math.log(each) for each in likely))


WINDOW, DOOR, SKY = answer(" window and", 0.6), answer(" door", 0.2), answer(" sky", 0.05)


def all_of_it(answer: Answer, _at: Snapshot, _eagerness: Eagerness) -> Verdict:
    return Verdict(answer.text)


def with_(*answers: Answer, at: Snapshot = THE, asked: int = 1, gate: Judge = judge) -> Recall:
    recall = Recall(gate)
    recall.put(7, at, answers, asked)
    return recall


def found(recall: Recall, now: Snapshot) -> str | None:
    """Return what is to be shown; None when the engine has to be asked."""
    made = recall.find(now, Eagerness.NORMAL)
    return made.suggestion.text if made is not None else None


def after(letters: str, at: Snapshot = THE) -> Snapshot:
    return replace(at, before=at.before + letters, revision=at.revision + 1)


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        ("", " window and"),
        (" ", "window and"),
        (" win", "dow and"),
        (" window", " and"),
        (" window a", None),  # two letters are typed faster than they are read
        (" window and", None),
        (" wim", None),
        ("  ", None),
        (" d", "oor"),
        (" do", None),
        (" s", None),
        ("\n", None),
    ],
)
def test_what_was_typed_since(letters: str, text: str | None) -> None:
    assert found(with_(WINDOW, DOOR, SKY, asked=3), after(letters)) == text


@pytest.mark.parametrize(
    "now",
    [
        replace(THE, document="two"),
        replace(THE, after="!"),
        replace(THE, before="out of thee"),
        replace(THE, before="ut of the"),
    ],
)
def test_another_place(now: Snapshot) -> None:
    assert found(with_(WINDOW), now) is None


def test_where_nothing_was_worth_showing_nothing_is_asked_again() -> None:
    recall = with_(DOOR)
    assert found(recall, THE) == ""
    assert found(recall, after(" ")) is None, "its letters may make it likelier: ask"
    assert found(with_(), THE) == ""


def test_another_candidate_is_promoted_only_as_sure_as_it_is() -> None:
    assert found(with_(WINDOW, DOOR, SKY, asked=3), after(" d")) == "oor"
    # Alone it could still be one of many words with a d.
    assert found(with_(SKY, DOOR, asked=3), after(" d")) is None


def test_what_the_gate_let_through_is_shown_whole_after_a_detour() -> None:
    def unsure_of_the_rest(one: Answer, _at: Snapshot, _eagerness: Eagerness) -> Verdict:
        return Verdict(one.text) if one == WINDOW else Verdict("", "unsure")

    made = with_(WINDOW, gate=unsure_of_the_rest).find(after(" window"), Eagerness.NORMAL)
    assert made is not None
    assert made.suggestion.text == " and"


def test_as_many_letters_as_may_have_been_typed() -> None:
    long = answer(" " + "abcdefghij" * 4, 0.9)
    recall = with_(long)
    assert found(recall, after(long.text[:BACK])) == long.text[BACK:]
    assert found(recall, after(long.text[: BACK + 1])) is None


@pytest.mark.parametrize(
    ("before", "letters", "text"),
    [
        ("他说", "你", "好吗"),
        ("他说", "you", None),  # pinyin, most likely
        ("他说", " you", " do it"),  # with a space it was meant
        ("he said", "你", None),
        ("第", "3", "个人"),
    ],
)
def test_nothing_is_reused_across_a_change_of_script(before: str, letters: str, text: str | None) -> None:
    at = replace(THE, before=before)
    whole = letters + (text or "好 do it")
    recall = with_(Answer(whole, (len(whole),), (-0.01,)), at=at, gate=all_of_it)
    made = recall.find(after(letters, at), Eagerness.NORMAL)
    assert (made.suggestion.text if made else None) == text


def test_one_ideograph_is_worth_showing() -> None:
    at = replace(THE, before="你")
    assert found(with_(Answer("好吗", (1, 2), (-0.01, -0.01)), at=at), after("好", at)) == "吗"


def test_the_nearest_answer_counts() -> None:
    recall = with_(WINDOW)
    recall.put(8, after(" w"), [answer("inter's day", 0.9)], 1)
    assert found(recall, after(" w")) == "inter's day"
    assert found(recall, after(" wi")) == "nter's day"
    assert found(recall, after(" win")) == "ter's day"
    assert found(recall, after(" wind")) == "ow and"


def test_fewer_candidates_do_not_replace_more() -> None:
    recall = with_(WINDOW, DOOR, asked=3)
    recall.put(8, THE, [WINDOW], 1)
    kept = recall.exact(THE)
    assert kept is not None
    assert (kept.request, kept.answers) == (7, (WINDOW, DOOR))
    recall.put(9, THE, [], 3)
    assert found(recall, THE) == " window and", "nor does nothing"
    recall.put(9, THE, [WINDOW, SKY], 3)
    kept = recall.exact(THE)
    assert kept is not None
    assert (kept.request, kept.answers) == (9, (WINDOW, SKY))


def test_a_place_deep_in_a_long_text_is_known_again_while_the_snapshot_slides() -> None:
    text = "".join(f"{number} " for number in range(5000))
    at = replace(THE, before=text[:16_000], origin=0)
    later = replace(THE, before=text[5:16_000] + " w", origin=5, revision=2)
    assert found(with_(WINDOW, at=at), later) == "indow and"
    kept = with_(WINDOW, at=at).exact(at)
    assert kept is not None
    assert len(kept.at.before) <= 1000, "no long text is held"


def test_it_is_bounded_and_forgets_the_oldest_first() -> None:
    recall = Recall(judge)
    for number in range(ENTRIES + 10):
        recall.put(number, after(str(number)), [WINDOW], 1)
        assert found(recall, after("0")) is not None, "what is used stays"
    assert len(recall) == ENTRIES
    assert found(recall, after("5")) is None
    assert found(recall, after("20")) is not None
    recall.clear()
    assert len(recall) == 0


def test_the_rest_of_an_answer() -> None:
    rest = rest_of(replace(WINDOW, margin=1.0, end_mass=0.2), " win", (WINDOW, DOOR, SKY))
    assert (rest.text, rest.ends) == ("dow and", (3, 7))
    assert math.exp(rest.logprobs[0]) == pytest.approx(0.6 / (1 - 0.2 - 0.05))
    assert rest.margin == pytest.approx(math.log((0.6 / 0.75) / (0.15 / 0.75)))
    assert rest.end_mass == 0.0
    later = rest_of(WINDOW, " window a", (WINDOW, DOOR))
    assert (later.text, later.ends, later.logprobs) == ("nd", (2,), WINDOW.logprobs[1:])


@given(
    st.lists(st.floats(0.001, 1.0), min_size=1, max_size=6),
    st.text("ab ", min_size=6, max_size=6),
    st.integers(0, 6),
    st.lists(st.tuples(st.text("ab ", min_size=1, max_size=3), st.floats(0.001, 0.999)), max_size=3),
)
def test_what_is_left_is_never_less_likely_than_before(
    likely: list[float], text: str, typed: int, beside: list[tuple[str, float]]
) -> None:
    size = len(likely)
    whole = Answer(text[:size], tuple(range(1, size + 1)), tuple(math.log(each) for each in likely))
    typed = min(typed, size)
    others = [Answer(other, (len(other),), (math.log(each),)) for other, each in beside]
    rest = rest_of(whole, text[:typed], others)
    assert rest.text == whole.text[typed:]
    assert len(rest.ends) == len(rest.logprobs) == size - typed
    assert rest.ends == tuple(range(1, size - typed + 1))
    assert all(one >= other - 1e-9 for one, other in zip(rest.logprobs, whole.logprobs[typed:], strict=True))
    assert all(each <= 0.0 for each in rest.logprobs)
    assert rest.margin >= 0.0


@given(st.text("ab \n你", max_size=40), st.text("ab \n你", min_size=1, max_size=30), st.integers(0, 30))
def test_what_is_found_goes_on_from_what_was_typed(before: str, text: str, typed: int) -> None:
    at = replace(THE, before=before)
    recall = with_(Answer(text, (len(text),), (-0.01,)), at=at, gate=all_of_it)
    letters = text[:typed]
    made: Found | None = recall.find(after(letters, at), Eagerness.NORMAL)
    if made is not None and made.suggestion.text:
        assert letters + made.suggestion.text == text
        assert made.back == len(letters)


def test_a_look_up_judges_little_however_much_is_known() -> None:
    """It happens at each key: what the gate has said once is kept, and only a few rests are judged anew."""
    calls: list[str] = []

    def unsure(one: Answer, _at: Snapshot, _eagerness: Eagerness) -> Verdict:
        calls.append(one.text)
        return Verdict("", "unsure")

    text = " window and the door"
    recall, letters = Recall(unsure), ""
    for number, letter in enumerate(text[:-4]):
        recall.put(number, after(letters), [answer(text[number:])] * 3, 3)
        letters += letter
        calls.clear()
        assert recall.find(after(letters), Eagerness.NORMAL) is None
        assert len(calls) <= 4, "one at its own caret, and three rests"
