"""Whatever the cache holds, an answer is that of an empty one, in every kind of memory that models have."""

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from penwright.base.errors import EngineError
from penwright.engine.messages import Done, Load, Request
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.session import Session

KINDS = ["llama", "recurrent", "hybrid", "sliding", "fim"]
PAGE = (
    "She closed the door and looked out of the window at the quiet street. Nobody was there, and the lamps "
    "had not been lit. He had said that he would come before the evening, but he had said so many things. "
)


@pytest.fixture
def opened(library: Library, shape: Callable[..., Path]) -> Iterator[Callable[..., Session]]:
    """Return what loads a shape into a session; each is closed after the test."""
    made: list[Session] = []

    def open_(name: str, **load: Any) -> Session:
        # The processor's product of whole matrices of F32 depends a little on how many tokens come at once.
        kind = "F32" if name in {"recurrent", "hybrid"} else "Q8_0"
        made.append(Session(library, Load(str(shape(name, kind=kind)), n_threads=1, **load)))
        return made[-1]

    yield open_
    for session in made:
        session.close()


def ask(session: Session, before: str, **fields: Any) -> Done:
    asked = {"document": "one", "max_tokens": 5, "patient": True, **fields}
    return session.complete(Request(1, before, **asked), lambda _text: None)


def holds_what_it_says(session: Session) -> None:
    evaluation = session._evaluation
    for strand in evaluation._strands:
        assert len(strand) == evaluation.context.length(strand.sequence)


def texts(seed: int, count: int) -> Iterator[str]:
    """Yield what stands before the caret while someone types, takes back, jumps and edits."""
    chance = random.Random(seed)
    text, end = PAGE * 3, 60
    for _ in range(count):
        match chance.choice("ttttttbbjew"):
            case "t":
                end = min(len(text), end + chance.randint(1, 4))
            case "b":
                end = max(1, end - chance.randint(1, 3))
            case "w":
                end = max(1, end - chance.randint(6, 30))
            case "j":
                end = chance.randint(1, len(text))
            case "e":
                place = chance.randint(max(0, end - 40), end)
                text = text[:place] + chance.choice(["so ", "x", "字", ""]) + text[place + 1 :]
        yield text[:end]


@pytest.mark.parametrize("name", KINDS)
def test_a_used_cache_answers_as_an_empty_one(name: str, opened: Callable[..., Session]) -> None:
    used, empty = opened(name, n_ctx=512), opened(name, n_ctx=512)
    reused = prompts = 0
    for before in texts(7, 60):
        after = " and so on" if len(before) % 3 == 0 else ""
        candidates = 1 + len(before) % 3
        empty.forget()
        wanted = ask(empty, before, after=after, candidates=candidates)
        # The window's edge is the one thing that typing leaves behind by design.
        empty._prompts._edges = dict(used._prompts._edges)
        got = ask(used, before, after=after, candidates=candidates)
        if got.prompt_tokens == wanted.prompt_tokens:
            assert [answer.text for answer in got.answers] == [answer.text for answer in wanted.answers]
            same_figures(got, wanted, exact=used._evaluation.context.rewinds)
        holds_what_it_says(used)
        reused += got.reused_tokens
        prompts += got.prompt_tokens
    assert reused > prompts / 3


def same_figures(got: Done, wanted: Done, *, exact: bool) -> None:
    """Compare log-probabilities: bit by bit, or within what a restored state may differ by."""
    for one, other in zip(got.answers, wanted.answers, strict=True):
        if exact:
            assert one == other
        else:
            np.testing.assert_allclose(one.logprobs, other.logprobs, atol=0.02)


@pytest.mark.parametrize("name", KINDS)
def test_stopped_at_any_moment_and_gone_on(name: str, opened: Callable[..., Session]) -> None:
    session, fresh = opened(name), opened(name)
    chance = random.Random(3)
    before = PAGE * 8 + "And so the"
    wanted = ask(fresh, before)
    stopped = 0
    for _ in range(12):
        session.forget()
        timer = threading.Timer(chance.uniform(0, fresh_seconds(wanted)), session.abort)
        timer.start()
        stopped += ask(session, before).stop == "cancelled"
        timer.join()
        holds_what_it_says(session)
        session.resume()
        got = ask(session, before)
        assert got.text == wanted.text
        same_figures(got, wanted, exact=session._evaluation.context.rewinds)
    assert stopped, "no evaluation was caught"


def fresh_seconds(done: Done) -> float:
    return done.total_ms / 1000


@pytest.mark.parametrize("name", ["llama", "recurrent", "hybrid"])
def test_a_long_text_is_answered_from_a_short_window_first(
    name: str, opened: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, fresh = opened(name), opened(name)
    long = PAGE * 10 + "And the"
    whole = ask(fresh, long)
    slow(session, monkeypatch)
    first = ask(session, long, patient=False)
    assert first.prompt_tokens < 100 < whole.prompt_tokens
    assert session.has_errand
    second = ask(session, long + " s", patient=False)
    assert second.reused_tokens >= second.prompt_tokens - 1, "the short window's edge stays"
    session.run_errand()
    assert not session.has_errand
    holds_what_it_says(session)
    third = ask(session, long, patient=False)
    assert third.prompt_tokens == whole.prompt_tokens
    assert third.reused_tokens > whole.prompt_tokens - 32
    assert third.text == whole.text
    same_figures(third, whole, exact=session._evaluation.context.rewinds)
    assert not session.has_errand


def slow(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the session believe that it evaluates 40 tokens a second."""
    monkeypatch.setattr(type(session._evaluation.pace), "tokens_per_second", property(lambda _self: 40.0))


def test_an_errand_that_is_stopped_goes_on_where_it_was(
    opened: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, fresh = opened("llama"), opened("llama")
    long = PAGE * 10 + "And the"
    slow(session, monkeypatch)
    ask(session, long, patient=False)
    steps = 0
    while session.has_errand:
        length = len(session._evaluation._main)
        timer = threading.Timer(0.002, session.abort)
        timer.start()
        session.run_errand()
        timer.join()
        session.resume()
        assert len(session._evaluation._main) >= length
        holds_what_it_says(session)
        steps += 1
        assert steps < 1000
    assert ask(session, long).text == ask(fresh, long).text


@pytest.mark.parametrize("name", ["llama", "recurrent", "hybrid", "sliding"])
def test_going_back_to_a_document_evaluates_nothing(
    name: str, opened: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(name)
    one, two = PAGE * 5 + "And the", "Another text. " + PAGE * 5 + "But the"
    first = ask(session, one)
    ask(session, two, document="two")
    slow(session, monkeypatch)
    back = ask(session, one, patient=False)
    assert back.prompt_tokens == first.prompt_tokens
    assert back.reused_tokens >= back.prompt_tokens - 1
    assert back.text == first.text
    same_figures(back, first, exact=session._evaluation.context.rewinds)
    holds_what_it_says(session)


@pytest.mark.parametrize("name", ["llama", "hybrid"])
def test_candidates_begin_differently(name: str, opened: Callable[..., Session]) -> None:
    session = opened(name)
    single = ask(session, PAGE)
    done = ask(session, PAGE, candidates=3)
    assert len(done.answers) == 3
    assert done.text == single.text
    assert len({answer.text for answer in done.answers}) == 3
    first = [answer.logprobs[0] for answer in done.answers]
    assert first == sorted(first, reverse=True)


def test_forced_letters_come_first_and_belong_to_the_answer(opened: Callable[..., Session]) -> None:
    session = opened("llama")
    done = ask(session, "She closed the do", forced="or and went", max_tokens=12)
    assert done.text.startswith("or and went")
    free = ask(session, "She closed the do", max_tokens=12)
    assert free.prompt_tokens == free.reused_tokens, "forcing changes nothing of the prompt"


def test_what_follows_the_caret_is_framed_by_the_models_own_tokens(opened: Callable[..., Session]) -> None:
    plain, framed = opened("llama"), opened("fim")
    after = " at the quiet street.\nAnd so on."
    before, middle = "She closed the door and looked out of", " the win"
    assert ask(plain, before + middle, after=after).prompt_tokens == ask(plain, before + middle).prompt_tokens
    without = ask(framed, before + middle)
    with_it = ask(framed, before + middle, after=after)
    assert with_it.prompt_tokens > without.prompt_tokens + 3
    assert with_it.text != without.text
    more = ask(framed, before + middle + "d", after=after)
    assert more.reused_tokens == more.prompt_tokens, "letters of a word evaluate nothing"
    ended = ask(framed, before + middle, after="\n" + after)
    assert ended.prompt_tokens == without.prompt_tokens, "another paragraph is not what follows"


def test_an_errand_that_fails_is_not_run_for_ever(
    opened: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened("llama")
    assert session.has_errand, "the weights are to be read"

    def fail(*_arguments: object, **_fields: object) -> None:
        raise EngineError("engine.evaluation_failed", code=-3)

    monkeypatch.setattr(session._evaluation.context, "evaluate", fail)
    session.run_errand()
    assert not session.has_errand


def test_a_cache_that_is_full_gives_up_what_is_not_asked_for(opened: Callable[..., Session]) -> None:
    session, fresh = opened("llama", n_ctx=256), opened("llama", n_ctx=256)
    assert session._evaluation.context.cells == 256, "more would be slower"
    for number in range(6):
        before = f"{number}. " + PAGE * 4 + "And the"
        got = ask(session, before, document=str(number), candidates=4, max_tokens=100)
        fresh.forget()
        wanted = ask(fresh, before, document=str(number), candidates=4, max_tokens=100)
        assert [answer.text for answer in got.answers] == [answer.text for answer in wanted.answers]
        holds_what_it_says(session)
