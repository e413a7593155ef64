"""The window of the text that a model sees: its left edge moves seldom, and never hides the caret's text."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.context import FULL, HALF, Window, fit

Tokenize = Callable[[str], tuple[int, ...]]


def by_letters(text: str) -> tuple[int, ...]:
    """One token at the beginning, and one for each letter: the most that a text can have but for bytes."""
    return (1, *(ord(letter) for letter in text))


def by_threes(text: str) -> tuple[int, ...]:
    return (1, *(hash(text[at : at + 3]) for at in range(0, len(text), 3)))


def by_bytes(text: str) -> tuple[int, ...]:
    return (1, *text.encode("utf-8", "surrogatepass"))


def prose(letters: int, seed: int = 1) -> str:
    chance = random.Random(seed)
    text = ""
    while len(text) < letters:
        sentence = " ".join("w" * chance.randint(1, 9) for _ in range(chance.randint(3, 20)))
        text += sentence + (".\n" if chance.random() < 0.2 else ". ")
    return text[:letters]


@pytest.mark.parametrize("tokenize", [by_letters, by_threes, by_bytes])
def test_the_edge_moves_seldom_while_someone_types(tokenize: Tokenize) -> None:
    text, room = prose(3_000), 400
    moves, edge = 0, None
    for end in range(1, len(text) + 1):
        window = fit(text[:end], edge, tokenize, room)
        assert window.tokens == tokenize(text[window.start : end])
        assert len(window.tokens) <= FULL * room
        moves += edge is not None and window.start != edge
        edge = window.start
    # Each move frees nearly a third of the room, which is as many tokens before the next one.
    assert moves <= len(tokenize(text)) / ((FULL - HALF) * room) + 2


def test_a_moved_edge_leaves_about_half_of_the_room_filled() -> None:
    window = fit(prose(5_000), None, by_letters, 400)
    assert 0.2 * 400 <= len(window.tokens) <= FULL * 400


def test_a_short_text_is_seen_whole() -> None:
    assert fit("Short.", None, by_letters, 100) == Window(0, by_letters("Short."))


def test_an_empty_text() -> None:
    assert fit("", None, by_letters, 16) == Window(0, (1,))
    assert fit("", 5, by_letters, 16) == Window(0, (1,))


def test_the_caret_goes_back_before_the_edge() -> None:
    text = prose(5_000)
    edge = fit(text, None, by_letters, 400).start
    back = text[: edge - 500]
    window = fit(back, edge, by_letters, 400)
    assert window.start < len(back) - 80
    assert window.tokens == by_letters(back[window.start :])


def test_the_caret_goes_back_to_just_after_the_edge() -> None:
    text = prose(5_000)
    edge = fit(text, None, by_letters, 400).start
    window = fit(text[: edge + 3], edge, by_letters, 400)
    assert len(window.tokens) > 80, "the model sees too little"


@pytest.mark.parametrize("kept", [-5, 6, 10**9])
def test_an_edge_outside_of_the_text_counts_as_none(kept: int) -> None:
    assert fit("Short", kept, by_letters, 100) == Window(0, by_letters("Short"))


def test_it_begins_at_a_paragraph_where_one_is_near() -> None:
    paragraphs = "".join(f"{'word ' * 20}{number}.\n" for number in range(60))
    window = fit(paragraphs, None, by_letters, 1_000)
    assert paragraphs[window.start - 1] == "\n"


def test_chinese_begins_after_a_full_stop() -> None:
    text = "今天天气很好，我们出去走走。" * 200
    window = fit(text, None, by_bytes, 400)
    assert text[window.start - 1] == "。"
    assert len(window.tokens) <= FULL * 400


@given(
    st.text(max_size=400),
    st.one_of(st.none(), st.integers(-10, 500)),
    st.integers(16, 300),
    st.sampled_from([by_letters, by_threes, by_bytes]),
)
def test_never_more_than_the_room_and_always_up_to_the_caret(
    text: str, kept: int | None, room: int, tokenize: Tokenize
) -> None:
    window = fit(text, kept, tokenize, room)
    assert 0 <= window.start <= len(text)
    assert len(window.tokens) <= FULL * room
    assert window.tokens == tokenize(text[window.start :])
    assert window.start < len(text) or not text or len(text[-1].encode("utf-8", "replace")) + 1 > FULL * room
