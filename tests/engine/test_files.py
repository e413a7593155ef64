"""What is done to a model's file while the worker has it: the next start says what it found, not this one."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.engine.api import Phase
from penwright.engine.messages import Done, Failed, Load

PASSAGE = "She closed the door and looked out of the window at the quiet street. "


def cut(path: Path) -> None:
    os.truncate(path, 100_000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def write_over(path: Path) -> None:
    """Write something else in place, as a program that copies over a file does."""
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))


def delete(path: Path) -> None:
    path.unlink()


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"no model at all" * 1_000)
    other.replace(path)


# What is done, and what the next start says of it.
DEEDS: dict[Callable[[Path], None], str] = {
    cut: "model.truncated",
    empty: "model.empty",
    write_over: "model.not_gguf",
    delete: "model.missing",
    replace: "model.not_gguf",
}


@pytest.fixture
def model(starter: Path, tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    shutil.copyfile(starter, path)
    return path


@pytest.mark.parametrize(
    ("deed", "phase"),
    [*((deed, Phase.IDLE) for deed in DEEDS), (cut, Phase.PROMPT), (write_over, Phase.GENERATING)],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_answers_stay_and_the_next_start_says_what_it_found(
    talk: Callable[..., Any], model: Path, deed: Callable[[Path], None], phase: Phase
) -> None:
    made = talk()
    made.client.load(Load(str(model), n_threads=1))
    made.ready()
    made.ask(1, PASSAGE)
    first = made.end_of(1)
    mark = len(made.events)
    if phase is not Phase.IDLE:
        made.ask(2, PASSAGE * 30 if phase is Phase.PROMPT else PASSAGE + "It was", max_tokens=48)
        made.phase(phase, start=mark)
    deed(model)
    if phase is not Phase.IDLE:
        assert isinstance(made.end_of(2), Done)
    made.ask(3, PASSAGE)
    assert made.end_of(3).text == first.text
    assert Phase.RESTARTING not in made.phases()
    pid = made.phase(Phase.IDLE).pid
    mark = len(made.events)
    os.kill(pid, signal.SIGKILL)
    refused = made.phase(Phase.REFUSED, start=mark)
    assert refused.key == DEEDS[deed]
    made.ask(4, PASSAGE)
    assert isinstance(made.end_of(4), Failed)


def test_cut_short_while_it_is_being_loaded(talk: Callable[..., Any], model: Path) -> None:
    """At any moment: it is loaded as it was, or refused as cut short."""
    whole = model.read_bytes()
    made = talk()
    for number in range(1, 5):
        model.unlink()
        model.write_bytes(whole)
        mark = len(made.events)
        made.client.load(Load(str(model), n_threads=1))
        made.phase(Phase.LOADING, start=mark)
        made.client._loop.call_soon_threadsafe(
            made.client._loop.call_later, 0.1 * number, os.truncate, model, 300_000
        )
        made.ask(number, PASSAGE)
        end = made.end_of(number)
        if isinstance(end, Failed):
            said = made.phase(Phase.REFUSED, start=mark)
            assert said.key in {"model.truncated", "engine.refused"}, said
    assert Phase.ASIDE not in made.phases()
