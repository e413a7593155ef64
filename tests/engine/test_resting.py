"""The second seat: asleep until it is asked, beside the first one, and only where memory allows."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from penwright.engine.api import Event, Phase, Status
from penwright.engine.client import EngineClient
from penwright.engine.messages import Done, Failed, Load, Ready, Request
from penwright.engine.resting import RestingEngine
from penwright.engine.scripted import ScriptedEngine


class Seat:
    """A resting engine, and what it told."""

    def __init__(self, start: Callable[..., Any], rest_after: float) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()
        self.engine = RestingEngine(self._hear, start, rest_after)

    def _hear(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, wanted: Callable[[Event], bool], seconds: float = 30.0) -> Event:
        with self._changed:
            found = self._changed.wait_for(
                lambda: next((event for event in self.events if wanted(event)), None), seconds
            )
        assert found is not None, self.events
        return found

    def end_of(self, number: int) -> Done | Failed:
        found = self.wait(lambda event: isinstance(event, Done | Failed) and event.id == number)
        assert isinstance(found, Done | Failed)
        return found


@pytest.fixture
def seat() -> Iterator[Callable[..., Seat]]:
    made: list[Seat] = []

    def make(start: Callable[..., Any] = EngineClient, rest_after: float = 60.0) -> Seat:
        made.append(Seat(start, rest_after))
        return made[-1]

    yield make
    for each in made:
        each.engine.close()


def stopped(event: Event) -> bool:
    return isinstance(event, Status) and event.phase is Phase.STOPPED


def children() -> int:
    return len(psutil.Process().children(recursive=True))


def test_two_models_side_by_side_and_one_goes_to_rest(
    seat: Callable[..., Seat], starter: Path, shape: Callable[..., Path]
) -> None:
    inline, writing = seat(), seat(rest_after=0.3)
    inline.engine.load(Load(str(starter), n_threads=1))
    writing.engine.load(Load(str(shape("llama", kind="Q8_0")), n_threads=1, held=starter.stat().st_size))
    assert children() == 0, "nothing is loaded before it is asked"
    inline.engine.ask(Request(1, "She closed the", document="one"))
    writing.engine.ask(Request(1, "She closed the", document="one"))
    first, second = inline.end_of(1), writing.end_of(1)
    assert isinstance(first, Done) and isinstance(second, Done)
    assert first.text and second.text and first.text != second.text, "each has its own model"
    writing.wait(stopped)
    assert children() == 1, "its memory is free again"
    inline.engine.ask(Request(2, "She closed the", document="one"))
    assert isinstance(inline.end_of(2), Done), "the other one never noticed"
    writing.engine.ask(Request(2, "She closed the", document="one"))
    again = writing.end_of(2)
    assert isinstance(again, Done)
    assert again.text == second.text


def test_it_is_refused_where_the_first_one_leaves_too_little(
    seat: Callable[..., Seat], starter: Path
) -> None:
    writing = seat()
    writing.engine.load(Load(str(starter), n_threads=1))
    writing.engine.beside(psutil.virtual_memory().total)
    writing.engine.ask(Request(1, "She closed the"))
    refused = writing.wait(lambda event: isinstance(event, Status) and event.phase is Phase.REFUSED)
    assert isinstance(refused, Status)
    assert refused.key == "engine.no_memory"
    assert isinstance(writing.end_of(1), Failed)


def test_it_stays_while_it_is_in_use(seat: Callable[..., Seat]) -> None:
    made: list[ScriptedEngine] = []

    def start(listener: Callable[[Event], None]) -> ScriptedEngine:
        made.append(ScriptedEngine(listener, ["one", "two"], at_once=False))
        return made[-1]

    resting = seat(start, rest_after=0.05)
    resting.engine.load(Load("any"))
    resting.engine.ask(Request(1, "a"))
    time.sleep(0.15)
    assert resting.engine.awake and not made[0].closed, "a request is under way"
    made[0].answer()
    resting.wait(stopped)
    assert made[0].closed and not resting.engine.awake
    resting.engine.ask(Request(2, "a"))
    assert len(made) == 2 and made[1].loads == [Load("any")]


def test_without_a_model_and_after_the_end(seat: Callable[..., Seat]) -> None:
    resting = seat(lambda listener: ScriptedEngine(listener, ["one"]))
    resting.engine.ask(Request(1, "a"))
    assert isinstance(resting.end_of(1), Failed)
    resting.engine.cancel(1)
    resting.engine.load(Load("any"))
    resting.engine.ask(Request(2, "a"))
    assert isinstance(resting.end_of(2), Done)
    resting.engine.close()
    resting.engine.ask(Request(3, "a"))
    assert isinstance(resting.end_of(3), Failed)


def test_another_model_ends_the_one_before(seat: Callable[..., Seat]) -> None:
    made: list[ScriptedEngine] = []

    def start(listener: Callable[[Event], None]) -> ScriptedEngine:
        made.append(ScriptedEngine(listener, ["one", "two"]))
        return made[-1]

    resting = seat(start)
    resting.engine.load(Load("one"))
    resting.engine.ask(Request(1, "a"))
    resting.engine.load(Load("two"))
    assert made[0].closed
    assert len(made) == 1
    resting.engine.ask(Request(2, "a"))
    assert made[1].loads == [Load("two")]


def test_ready_is_told(seat: Callable[..., Seat], starter: Path) -> None:
    writing = seat()
    writing.engine.load(Load(str(starter), n_threads=1))
    writing.engine.ask(Request(1, "She closed the"))
    assert isinstance(writing.wait(lambda event: isinstance(event, Ready)), Ready)
    writing.end_of(1)
