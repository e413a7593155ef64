"""Guesses from the prompt: fewer evaluations where a text repeats it, and the same text up to rounding."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.composition import Piece, Sampling
from penwright.engine.messages import Chunk, Compose, Done, Load
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.lookup import Lookup
from penwright.engine.worker.session import Session
from penwright.engine.worker.stepping import Gain, Stepping

PASSAGE = (
    "She closed the door and looked out of the window at the quiet street. The rain had stopped an hour ago, "
    "and the lamps shone on the wet stones. "
)
PROMPTS = {
    "repeats": PASSAGE * 2 + PASSAGE[:40],
    "new": "It was a bright cold day in April, and",
    "short": "So",
}


def test_the_run_that_stands_there_is_followed() -> None:
    lookup = Lookup([1, 2, 3, 4, 5, 6, 7])
    assert lookup.guess(3) == [], "it has no end yet that stood there before"
    lookup.add(2)
    lookup.add(3)
    assert lookup.guess(3) == [4, 5, 6]
    assert lookup.guess(9) == [4, 5, 6, 7, 2, 3]
    assert lookup.guess(0) == []


def test_a_rewriting_goes_on_from_where_it_was() -> None:
    """Where a run stands several times, the one after the last guess counts, as in a text that is copied."""
    lookup = Lookup([1, 2, 10, 1, 2, 20, 1, 2, 30])
    for expected in (10, 20, 30):
        lookup.add(1)
        lookup.add(2)
        assert lookup.guess(1) == [expected]
        lookup.add(expected)


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(0, 8))
def test_a_guess_followed_the_same_tokens_before(tokens: list[int], most: int) -> None:
    guess = Lookup(tokens).guess(most)
    assert len(guess) <= most
    if guess:
        end = tokens[-2:]
        assert any(
            tokens[at : at + 2] == end and tokens[at + 2 : at + 2 + len(guess)] == guess
            for at in range(len(tokens) - 2)
        )


def test_guessing_goes_on_only_where_it_pays() -> None:
    gain = Gain()
    assert not gain.wanted, "what a plain step takes has to be known first"
    gain.without(1.0)
    gain.without(1.0)
    assert gain.wanted
    for _ in range(8):
        gain.with_guesses(2.0, 3)
    assert gain.worth == pytest.approx(2.0, abs=0.05)
    for _ in range(8):
        gain.with_guesses(2.0, 0)
    assert not gain.wanted
    for _ in range(24):
        assert not gain.wanted
        gain.without(1.0)
    assert gain.wanted, "now and then it is tried again"
    gain.with_guesses(2.0, 0)
    assert not gain.wanted
    for _ in range(2):
        gain.with_guesses(2.0, 7)
    assert gain.wanted


def written(session: Session, text: str, *, draft: bool, **fields: Any) -> Done:
    chunks: list[str] = []
    fields = {"max_tokens": 90, "sampling": Sampling(temperature=0), **fields}
    done = session.compose(Compose(1, (Piece(text),), draft=draft, **fields), chunks.append)
    assert "".join(chunks) == done.text
    return done


@pytest.fixture(params=["starter", "llama F32", "llama Q4_0", "sliding F32", "recurrent F32", "hybrid F32"])
def session(
    request: pytest.FixtureRequest, library: Library, starter: Path, shape: Callable[..., Path]
) -> Iterator[Session]:
    path = starter if request.param == "starter" else shape(*request.param.split())
    made = Session(library, Load(str(path), n_threads=1))
    yield made
    made.close()


@pytest.mark.parametrize("always", [False, True], ids=["where it pays", "at each step"])
def test_the_text_is_the_same_after_a_short_prompt(
    session: Session, always: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if always:
        monkeypatch.setattr(Gain, "wanted", True)
    for text in PROMPTS.values():
        for penalty in (1.0, 1.1):
            sampling = Sampling(temperature=0, repeat_penalty=penalty)
            for most in (44, 17):  # within 128 tokens even the last bits are the same for quantized weights
                plain = written(session, text, draft=False, sampling=sampling, max_tokens=most)
                drafted = written(session, text, draft=True, sampling=sampling, max_tokens=most)
                assert (drafted.text, drafted.stop, drafted.tokens) == (plain.text, plain.stop, plain.tokens)


def test_a_mark_ends_it_amid_guesses(new_session: Callable[..., Session]) -> None:
    session = new_session()
    whole = written(session, PROMPTS["repeats"], draft=False).text
    for at in range(10, 90, 16):
        mark = whole[at : at + 5]
        if mark.strip():
            done = written(session, PROMPTS["repeats"], draft=True, stop=(mark,))
            assert (done.stop, done.text) == ("mark", whole[: whole.index(mark)].rstrip())


def steps_of(session: Session, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> Gain:
    """Return how a text that repeats its prompt was written."""
    gains: list[Gain] = []
    after = Stepping.after

    def watched(self: Stepping, token: int, most: int) -> Any:
        gains.append(self.gain)
        return after(self, token, most)

    monkeypatch.setattr(Gain, "wanted", True)
    monkeypatch.setattr(Stepping, "after", watched)
    written(session, PROMPTS["repeats"], draft=True, **fields)
    return gains[-1]


def test_few_evaluations_write_what_repeats(
    new_session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    gain = steps_of(new_session(), monkeypatch)
    assert gain.right > 40, "most tokens come with a guess"
    assert gain.guessed_steps + gain.plain_steps < 45


def test_where_the_dice_fall_nothing_is_guessed(
    new_session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    gain = steps_of(new_session(), monkeypatch, sampling=Sampling(seed=3))
    assert (gain.guessed_steps, gain.plain_steps) == (0, 89)


def test_stop_is_heard_amid_guesses(writing: Any) -> None:
    text = PROMPTS["repeats"]
    for number in range(1, 6):
        compose = Compose(number, (Piece(text),), 120, Sampling(temperature=0), draft=True)
        writing.client.ask(compose)
        writing.wait(lambda event, number=number: isinstance(event, Chunk | Done) and event.id == number)
        writing.client.cancel(number)
        done = writing.end_of(number)
        told = [
            event.text for event in list(writing.events) if isinstance(event, Chunk) and event.id == number
        ]
        assert "".join(told) == done.text
