"""A worker that gets no more memory: a clear sentence or an answer, and the client lives."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from penwright.base.catalogue import Catalogue
from penwright.engine.api import Phase
from penwright.engine.messages import Done, Failed, Load, Ready
from penwright.engine.process import worker_command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a limit to what a process may take")

PASSAGE = "She closed the door and looked out of the window at the quiet street. "
_MEBI = 1 << 20


def limited(mebibytes: int) -> list[str]:
    """Return a command that starts the worker with so much address space; what is loaded counts in."""
    python, *rest = worker_command()
    script = (
        "import os, resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({mebibytes * _MEBI},) * 2)\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    return [python, "-I", "-c", script, python, *rest]


def outcome(made: Any, path: Path, catalogue: Catalogue) -> str:
    """Load a model, ask for much, and return what became of it."""
    made.client.load(Load(str(path), n_threads=1, n_ctx=2_048))
    made.ask(1, PASSAGE * 100, max_tokens=16, candidates=4)
    end = made.wait(lambda event: isinstance(event, Done | Failed) and event.id == 1, seconds=60.0)
    said = [event for event in made.events if isinstance(event, Failed)]
    for failed in said:
        assert catalogue.say(failed.key, **failed.values)
    if isinstance(end, Done):
        return "answered"
    refused = [failed.key for failed in said if failed.id == 0]
    if Phase.ASIDE in made.phases() or Phase.RESTARTING in made.phases():
        return "ended"
    return refused[0] if refused else end.key


def run(talk: Callable[..., Any], path: Path, catalogue: Catalogue, limits: Iterable[int]) -> dict[int, str]:
    found = {}
    for limit in limits:
        made = talk(limited(limit), back_off=(0.01,))
        found[limit] = outcome(made, path, catalogue)
        made.client.close()
        assert made.phases()[-1] is Phase.STOPPED
    print(found)
    return found


def test_a_few_limits(talk: Callable[..., Any], shape: Callable[..., Path], catalogue: Catalogue) -> None:
    found = run(talk, shape("llama"), catalogue, (100, 196, 202, 208, 600))
    assert found[100] != "answered"


@pytest.mark.soak
def test_every_limit(talk: Callable[..., Any], shape: Callable[..., Path], catalogue: Catalogue) -> None:
    found = run(talk, shape("llama"), catalogue, range(40, 400, 4))
    assert "answered" in found.values()
    assert any(key.startswith("engine.") for key in found.values())


def test_much_memory_is_enough(talk: Callable[..., Any], shape: Callable[..., Path]) -> None:
    made = talk(limited(16_000))
    made.client.load(Load(str(shape("llama")), n_threads=1))
    assert isinstance(made.ready(), Ready)
