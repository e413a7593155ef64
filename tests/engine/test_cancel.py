"""Cancelled at any moment: in the prompt, in the stem, in the answer, and before any of it."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.engine.messages import Done, Load, Request
from penwright.engine.worker.session import Session

TEXT = (
    "She closed the door and looked out of the window at the quiet street. It was late, and nobody was "
    "there but the old man from the corner house, who had been walking his dog since before the rain began. "
)
LONG = TEXT * 32  # as many tokens as fit into the small models' window


def cancelled(made: Any, number: int, before: str, wait: float, **fields: Any) -> tuple[Done, float]:
    """Ask, cancel after a while, and return the end and how long it came after the cancel, in seconds."""
    made.ask(number, before, patient=True, **fields)
    time.sleep(wait)
    began = time.monotonic()
    made.client.cancel(number)
    done = made.end_of(number)
    assert isinstance(done, Done)
    return done, time.monotonic() - began


def sweep(talk: Callable[..., Any], path: Path, count: int, seed: int) -> list[float]:
    """Cancel `count` requests, each at a moment drawn by lot; return how long each went on."""
    chance = random.Random(seed)
    made = talk()
    made.client.load(Load(str(path), n_threads=1, n_ctx=4_096))
    assert made.ready().n_ctx >= 2_048
    began = time.monotonic()
    made.ask(1, LONG, document="whole", patient=True, max_tokens=16)
    whole = made.end_of(1)
    assert whole.prompt_tokens > 1_200
    lasting = time.monotonic() - began
    late, caught = [], 0
    for number in range(2, count + 2):
        before = f"{number} " + LONG[chance.randrange(200) :]
        done, after = cancelled(
            made, number, before, chance.uniform(0.0, 1.1 * lasting), document=str(number), max_tokens=16
        )
        late.append(after)
        caught += done.stop == "cancelled"
    assert caught >= count // 4, "nothing was caught"
    # What was left of a cancelled one does not show in the next.
    made.ask(count + 2, LONG, document="whole", patient=True, max_tokens=16)
    assert made.end_of(count + 2).text == whole.text
    assert all(len(found) == 1 for found in made.ends().values())
    return sorted(late)


def test_no_request_outlives_its_cancel(talk: Callable[..., Any], shape: Callable[..., Path]) -> None:
    late = sweep(talk, shape("llama"), 12, 5)
    assert late[-1] < 2.0, late  # a machine with much else to do; 1 ms on a quiet one


@pytest.mark.soak
def test_hundreds_of_cancels(talk: Callable[..., Any], shape: Callable[..., Path]) -> None:
    for name in ("llama", "hybrid", "recurrent", "sliding"):
        late = sweep(talk, shape(name), 100, 6)
        p50, p95, most = (late[place] * 1000 for place in (50, 95, -1))
        print(f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, most {most:.1f} ms")


def test_cancelled_before_it_began(new_session: Callable[..., Session]) -> None:
    session = new_session()
    session.abort()
    done = session.complete(Request(1, LONG, patient=True), lambda _text: None)
    assert (done.stop, done.answers) == ("cancelled", ())
    session.resume()
    assert session.complete(Request(2, TEXT + "It wa"), lambda _text: None).stop != "cancelled"
