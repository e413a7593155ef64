"""Whole texts: streamed, stopped, cancelled, counted, and never mixed up with suggestions."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.base.errors import EngineError
from penwright.core.composition import Piece, Sampling
from penwright.engine.api import Phase
from penwright.engine.blocking import BlockingEngine
from penwright.engine.client import EngineClient
from penwright.engine.messages import (
    Chunk,
    Compose,
    Count,
    Counted,
    Done,
    Failed,
    Load,
    Request,
)
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.session import Session

PASSAGE = "She closed the door and looked out of the window at the quiet street."
PROMPT = (Piece(PASSAGE),)
GREEDY = Sampling(temperature=0)


def written(session: Session, *, pieces: tuple[Piece, ...] = PROMPT, **fields: Any) -> tuple[Done, list[str]]:
    chunks: list[str] = []
    done = session.compose(Compose(1, pieces, **{"max_tokens": 60, **fields}), chunks.append)
    assert "".join(chunks) == done.text
    return done, chunks


def test_chunks_make_up_the_text(new_session: Callable[..., Session]) -> None:
    done, chunks = written(new_session())
    assert done.stop == "length"
    assert done.tokens == 60
    assert len(done.text) > 60
    assert len(chunks) < 60, "they are gathered: the eye sees no more"


def test_one_seed_writes_one_text(new_session: Callable[..., Session]) -> None:
    session = new_session()
    texts = [written(session, sampling=Sampling(seed=seed))[0].text for seed in (1, 1, 2, 0xFFFFFFFF, -1)]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1
    assert written(new_session(), sampling=Sampling(seed=1))[0].text == texts[0]


def test_one_seed_writes_one_text_whatever_was_evaluated_before(new_session: Callable[..., Session]) -> None:
    """Neither what lies in the cache, nor a warming up that was broken off, nor threads change a letter."""
    pieces = (Piece(PASSAGE * 8),)

    def other(session: Session) -> None:
        written(session, pieces=(Piece(PASSAGE * 5 + " Then nobody came."),))

    def broken_off(session: Session) -> None:
        session.abort()
        session.run_errand()
        session.resume()

    def four_threads(session: Session) -> None:
        session._evaluation.context.set_threads(4)

    before = (lambda _session: None, Session.run_errand, broken_off, other, four_threads)
    texts = []
    for act in before:
        session = new_session()
        act(session)
        texts.append(written(session, pieces=pieces, sampling=Sampling(temperature=1.0, seed=7))[0].text)
    assert len(set(texts)) == 1


def test_a_second_variant_evaluates_no_prompt(new_session: Callable[..., Session]) -> None:
    session = new_session()
    first, _ = written(session)
    again, _ = written(session, sampling=Sampling(seed=5))
    assert first.reused_tokens == 0
    assert again.reused_tokens == again.prompt_tokens


def test_figures_out_of_range_are_brought_into_it(new_session: Callable[..., Session]) -> None:
    odd = Sampling(float("nan"), -3, float("inf"), -1.0, 1e9, -7)
    assert written(new_session(), sampling=odd, max_tokens=8)[0].tokens == 8


@pytest.mark.parametrize("length", [1, 2, 7, 12])
def test_a_stop_mark_ends_the_text_across_tokens(new_session: Callable[..., Session], length: int) -> None:
    session = new_session()
    whole = written(session, sampling=GREEDY)[0].text
    for at in range(5, 40, 3):
        mark = whole[at : at + length]
        if not mark.strip():
            continue
        done, _ = written(session, sampling=GREEDY, stop=("never###", mark))
        assert done.stop == "mark"
        assert done.text == whole[: whole.index(mark)].rstrip()


def test_thoughts_do_not_count_as_the_texts_tokens(new_session: Callable[..., Session]) -> None:
    session = new_session(n_ctx=256)
    pieces = (Piece(PASSAGE), Piece(" <think>", frame=True))
    dice = Sampling(seed=7)
    whole = written(session, pieces=pieces, sampling=dice, max_tokens=120)[0].text
    mark = whole[100:112]
    done, _ = written(session, pieces=pieces, sampling=dice, max_tokens=30, think=("<think>", mark))
    assert len(done.text) > 40
    assert whole[whole.index(mark) + 12 :].lstrip().startswith(done.text[:40])
    assert done.stop == "length"
    assert 30 < done.tokens < 120
    endless, _ = written(session, pieces=pieces, max_tokens=30, think=("<think>", "</think>"))
    assert (endless.text, endless.stop) == ("", "length")
    assert endless.tokens == 256 - endless.prompt_tokens


def test_no_line_begins_with_a_space_that_only_tokens_have(new_session: Callable[..., Session]) -> None:
    session = new_session()
    (newline,) = session._model.plain("\n")
    (word,) = session._model.plain("the")
    assert session._model.opens_fragment(newline) and not session._model.opens_fragment(word)
    for seed in range(4):
        pieces = (Piece(f"{PASSAGE}\n"),)
        done, _ = written(session, pieces=pieces, sampling=Sampling(seed=seed), max_tokens=200)
        assert not done.text.startswith(" ") and "\n " not in done.text


def test_what_does_not_fit_is_told(new_session: Callable[..., Session]) -> None:
    session = new_session(n_ctx=256)
    with pytest.raises(EngineError) as caught:
        written(session, max_tokens=10_000)
    assert caught.value.key == "compose.too_long"
    assert caught.value.values == {"tokens": 16, "wanted": 10_000, "room": 256}
    counted = session.count(Count(3, PROMPT))
    assert counted == Counted(3, 16, 256, (15,))
    done, _ = written(session, max_tokens=256 - counted.tokens)
    assert done.tokens == 256 - counted.tokens, "and what just fits is written to its end"


@pytest.mark.parametrize("name", ["llama", "recurrent", "hybrid", "sliding"])
def test_every_kind_of_model_writes(library: Library, shape: Callable[..., Path], name: str) -> None:
    session = Session(library, Load(str(shape(name)), n_threads=1))
    try:
        first, _ = written(session, sampling=GREEDY)
        session.complete(Request(2, "Something else stands here.", document="one"), lambda _text: None)
        again, _ = written(session, sampling=GREEDY)
        assert first.tokens == again.tokens > 1
        assert first.text == again.text, "what was suggested between leaves no trace"
        wild, _ = written(session, sampling=Sampling(temperature=3.0, top_k=0, top_p=1.0, min_p=0.0))
        assert "\ufffd" not in wild.text, "bytes that are no letters are left out, letters never cut"
    finally:
        session.close()


def chunks_of(made: Any, number: int) -> str:
    return "".join(
        event.text for event in list(made.events) if isinstance(event, Chunk) and event.id == number
    )


def test_suggestions_wait_for_a_text(writing: Any) -> None:
    writing.client.ask(Compose(1, PROMPT, max_tokens=200))
    writing.wait(lambda event: isinstance(event, Chunk) and event.id == 1)
    writing.ask(2, PASSAGE)
    writing.ask(3, PASSAGE, spare=True)
    writing.client.ask(Count(4, PROMPT))
    done = writing.end_of(1)
    assert done.stop in ("end", "length")
    assert chunks_of(writing, 1) == done.text
    assert writing.end_of(2).stop != "cancelled"
    writing.end_of(3)
    assert writing.wait(lambda event: isinstance(event, Counted)) == Counted(4, 16, 256, (15,))
    assert {number: len(found) for number, found in writing.ends().items()} == {1: 1, 2: 1, 3: 1}
    writing.wait(lambda _: writing.phases()[-1] is Phase.IDLE)


def test_texts_are_written_in_order(writing: Any) -> None:
    for number in (1, 2, 3):
        writing.client.ask(Compose(number, PROMPT, max_tokens=20, sampling=Sampling(seed=number)))
    writing.client.cancel(2)
    assert writing.end_of(3).stop == "length"
    ends = [event.id for event in writing.events if isinstance(event, Done) and event.stop == "length"]
    assert ends == [1, 3]
    assert writing.end_of(2).stop == "cancelled"


def test_texts_wait_for_the_model(talk: Callable[..., Any], starter: Path) -> None:
    made = talk()
    made.client.load(Load(str(starter), n_threads=1))
    made.client.ask(Compose(1, PROMPT, max_tokens=5))
    made.client.ask(Compose(2, PROMPT, max_tokens=5))
    made.client.cancel(2)
    assert made.end_of(1).stop == "length"
    assert made.end_of(2).stop == "cancelled"


def test_without_a_model_a_text_fails(talk: Callable[..., Any]) -> None:
    made = talk()
    made.client.ask(Compose(1, PROMPT))
    made.client.ask(Count(2, PROMPT))
    assert made.end_of(1) == Failed(1, "engine.no_model")
    assert made.end_of(2) == Failed(2, "engine.no_model")


def test_a_lost_worker_costs_the_text_alone(writing: Any) -> None:
    writing.client.ask(Compose(1, PROMPT, max_tokens=230))
    writing.client.ask(Compose(2, PROMPT, max_tokens=5))
    writing.wait(lambda event: isinstance(event, Chunk))
    mark = len(writing.events)
    os.kill(writing.phase(Phase.GENERATING).pid, signal.SIGKILL)
    lost = writing.end_of(1)
    if isinstance(lost, Failed):  # else it was quicker
        assert lost.key == "engine.ended"
        writing.end_of(2)
    writing.ready(start=mark)
    writing.client.ask(Compose(3, PROMPT, max_tokens=5))
    assert isinstance(writing.end_of(3), Done)


def test_stop_is_heard_at_any_moment(talk: Callable[..., Any], shape: Callable[..., Path]) -> None:
    made = talk()
    made.client.load(Load(str(shape("llama")), n_threads=1, n_ctx=4_096))
    assert made.ready().n_ctx >= 2_048
    chance, caught = random.Random(3), 0
    for number in range(1, 13):
        pieces = (Piece(f"{number} " + PASSAGE * 80),)
        made.client.ask(Compose(number, pieces, max_tokens=300))
        time.sleep(chance.uniform(0.0, 0.8))
        made.client.cancel(number)
        done = made.end_of(number)
        assert isinstance(done, Done)
        caught += done.stop == "cancelled"
        assert chunks_of(made, number) == done.text
    assert caught >= 3


def test_who_waits_can_write_too(starter: Path) -> None:
    with BlockingEngine(EngineClient) as engine:
        engine.load(Load(str(starter), n_threads=1))
        assert engine.count(PROMPT).tokens == 16
        heard: list[str] = []
        done = engine.compose(Compose(0, PROMPT, max_tokens=30), heard.append)
        assert "".join(heard) == done.text

        def interrupt(text: str) -> None:
            heard.append(text)
            raise KeyboardInterrupt

        heard.clear()
        done = engine.compose(Compose(0, PROMPT, max_tokens=230), interrupt)
        assert "".join(heard) == done.text
        assert done.text
