"""A GPU that runs out of memory in use, with the real worker: fewer layers, a word about it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from penwright.engine.api import Phase
from penwright.engine.messages import Done, Failed, Load

SHORT_GPU = Path(__file__).with_name("short_gpu.py")


def command(most: int, kind: str = "pretended") -> list[str]:
    return [sys.executable, "-P", str(SHORT_GPU), str(most), kind]


@pytest.mark.parametrize(("most", "falls"), [(3, [3]), (0, [3, 0])])
def test_running_out_in_use(talk: Callable[..., Any], starter: Path, most: int, falls: list[int]) -> None:
    made = talk(command(most))
    made.client.load(Load(str(starter), n_threads=1))
    first = made.ready()
    assert (first.placement.layers, first.placement.fell) == (7, False)
    for number, layers in enumerate(falls, 1):
        mark = len(made.events)
        made.ask(number, "It was a dark and stormy")
        assert made.end_of(number) == Failed(number, "engine.evaluation_failed", {"code": -2})
        lower = made.ready(start=mark)
        assert lower.pid == first.pid, "the worker itself steps down"
        assert (lower.placement.layers, lower.placement.fell) == (layers, True)
        assert lower.placement.key == ("placement.ran_out" if layers else "placement.ran_out_none")
        assert lower.placement.values["device"] == "Card"
    made.ask(9, "It was a dark and stormy")
    done = made.end_of(9)
    assert isinstance(done, Done)
    assert done.text
    assert not {Phase.RESTARTING, Phase.REFUSED, Phase.ASIDE} & set(made.phases())
