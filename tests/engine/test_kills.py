"""Kills spread over simulated typing: no request is left without an end, and the engine always comes back."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from penwright.engine.api import Phase, Status
from penwright.engine.messages import Done, Failed, Load

TEXT = (
    "She closed the door and looked out of the window at the quiet street. It was late, and nobody was "
    "there but the old man from the corner house, who had been walking his dog since before the rain began. "
)
PHASES = (Phase.LOADING, Phase.IDLE, Phase.PROMPT, Phase.GENERATING)


class Typist:
    """Types into a client, as many letters as it takes for the worker to come into a phase."""

    def __init__(self, made: Any, seed: int) -> None:
        self.made = made
        self.chance = random.Random(seed)
        self.number = 0
        self.text = TEXT * 8

    def letter(self) -> int:
        """Type one letter; now and then the caret is elsewhere, so that there is a prompt to evaluate."""
        self.number += 1
        self.text += TEXT[self.number % len(TEXT)]
        before = self.text[-2_000:] if self.number % 4 else self.text[self.chance.randint(0, 900) :][:700]
        self.made.ask(
            self.number, before, document=str(self.number % 3), max_tokens=self.chance.choice([4, 12, 24])
        )
        return self.number

    def worker_in(self, phase: Phase) -> int:
        """Type until the worker is in `phase`; return its process id."""
        for _ in range(self.chance.randint(0, 4)):
            self.letter()
            time.sleep(self.chance.uniform(0.0, 0.03))
        for _ in range(50):
            start = len(self.made.events)
            number = self.letter()
            self.made.phase(Phase.PROMPT, start=start)
            if phase is not Phase.PROMPT:
                self.made.wait(lambda event: came(event, phase) or came(event, Phase.IDLE), start=start)
            if phase is Phase.IDLE:
                self.made.end_of(number)
            said = [event for event in self.made.events[start:] if came(event, phase)]
            if said:
                return said[-1].pid
        raise AssertionError(f"{phase} was not reached")


def came(event: object, phase: Phase) -> bool:
    return isinstance(event, Status) and event.phase is phase


def type_and_kill(made: Any, kills: int, seed: int) -> Counter[Phase]:
    """Type on, kill the worker `kills` times, each in a phase drawn by lot; return in which phases it was."""
    typist = Typist(made, seed)
    for _ in range(kills):
        wanted = typist.chance.choice(PHASES)
        mark = len(made.events)
        kill(typist.worker_in(Phase.IDLE if wanted is Phase.LOADING else wanted))
        if wanted is Phase.LOADING:
            loading = made.wait(lambda event: came(event, Phase.LOADING), start=mark)
            time.sleep(typist.chance.uniform(0.0, 0.2))
            mark = len(made.events)
            kill(loading.pid)
        for _ in range(typist.chance.randint(0, 3)):
            typist.letter()
        made.wait(lambda event: came(event, Phase.RESTARTING), start=mark)
        last = typist.letter()
        assert isinstance(made.end_of(last), Done)
    ends = made.ends()
    numbers = range(1, typist.number + 1)
    assert {each: len(ends.get(each, [])) for each in numbers} == dict.fromkeys(numbers, 1)
    phases = made.phases()
    return Counter(before for before, after in pairwise(phases) if after is Phase.RESTARTING)


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_a_few_kills(talk: Callable[..., Any], starter: Path) -> None:
    made = talk(back_off=(0.01,))
    made.client.load(Load(str(starter), n_threads=1))
    made.ready()
    caught = type_and_kill(made, 5, 2)
    assert sum(caught.values()) >= 5
    assert Phase.ASIDE not in made.phases()


@pytest.mark.soak
def test_two_hundred_kills(talk: Callable[..., Any], starter: Path) -> None:
    made = talk(back_off=(0.01,))
    made.client.load(Load(str(starter), n_threads=1))
    made.ready()
    caught = type_and_kill(made, 200, 3)
    print(dict(caught))
    # Letters typed just after a kill bring the client to PROMPT before it learns of the end, so that some
    # kills of the short phases are counted there.
    assert all(caught[phase] >= 5 for phase in PHASES), caught
    assert Phase.ASIDE not in made.phases()


def test_killed_on_an_errand(talk: Callable[..., Any], shape: Callable[..., Path]) -> None:
    """A long window that is evaluated while nothing is asked is lost with the worker, and nobody is told."""
    made = talk(back_off=(0.01,))
    made.client.load(Load(str(shape("llama")), n_threads=1, n_ctx=2_048))
    pid = made.ready().pid
    made.ask(1, TEXT * 40, max_tokens=4)
    assert isinstance(made.end_of(1), Done)
    mark = len(made.events)
    kill(pid)
    made.wait(lambda event: came(event, Phase.RESTARTING), start=mark)
    made.ask(2, TEXT * 40, max_tokens=4)
    assert isinstance(made.end_of(2), Done)
    assert {number: len(found) for number, found in made.ends().items()} == {1: 1, 2: 1}


@pytest.mark.parametrize("wait", [0.0, 0.002, 0.02])
def test_killed_with_a_spare_request(talk: Callable[..., Any], starter: Path, wait: float) -> None:
    """Alone or behind a visible one, a spare request that was lost ends once, and as lost."""
    made = talk(back_off=(0.01,))
    made.client.load(Load(str(starter), n_threads=1))
    pid = made.ready().pid
    made.ask(1, TEXT * 8, max_tokens=24)
    made.ask(2, TEXT * 7, max_tokens=64, spare=True)
    made.phase(Phase.PROMPT)
    time.sleep(wait)
    mark = len(made.events)
    kill(pid)
    made.wait(lambda event: came(event, Phase.RESTARTING), start=mark)
    lost = made.end_of(2)
    assert isinstance(lost, Failed) and lost.key == "engine.ended"
    made.ask(3, TEXT, spare=True)
    assert isinstance(made.end_of(3), Done)
    assert {number: len(made.ends()[number]) for number in (1, 2, 3)} == {1: 1, 2: 1, 3: 1}
