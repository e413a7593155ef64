"""Wrong model files, a thousand of them: each ends in a clear error or a normal answer, and the client lives.

The whole thousand in `dev.py soak`, which prints what became of them; a seeded tenth in every run.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from mutants import KINDS, mutant
from penwright.base.catalogue import Catalogue
from penwright.engine.api import Phase
from penwright.engine.messages import Done, Failed, Load, Ready
from shapes import SHAPES

BEFORE = "It was a dark night, and the 今 old man from the cor"
SECONDS = 60.0  # for one file on a busy machine: start, load, answer, and all that again when it ended once


@pytest.fixture(scope="module")
def sources(starter: Path, shape: Callable[..., Path]) -> list[Path]:
    """Return a sound model for each kind of memory and of quantization."""
    kinds = {"llama": "Q4_0", "fim": "Q8_0"}
    small = [name for name in SHAPES if name != "llama-1b"]
    return [starter, *(shape(name, kinds.get(name, "F32")) for name in small)]


class Trial:
    """Loads wrong files one after the other through one client, and says what became of each."""

    def __init__(self, made: Any, path: Path, catalogue: Catalogue) -> None:
        self._made = made
        self._path = path
        self._catalogue = catalogue

    def outcome(self, number: int, data: bytes) -> str:
        made = self._made
        self._path.unlink(missing_ok=True)  # never in place: the last one's worker may still have it mapped
        self._path.write_bytes(data)
        mark = len(made.events)
        made.client.load(Load(str(self._path), n_threads=1))
        made.ask(number, BEFORE, max_tokens=8)
        end = made.wait(
            lambda event: isinstance(event, Done | Failed) and event.id == number, start=mark, seconds=SECONDS
        )
        events = made.events[mark:]
        if isinstance(end, Done):
            assert any(isinstance(event, Ready) for event in events)
            return "answered"
        said = [event for event in events if isinstance(event, Failed)]
        for failed in said:
            assert self._catalogue.say(failed.key, **failed.values)
        refused = [failed.key for failed in said if failed.id == 0]
        died = any(getattr(event, "phase", None) in (Phase.RESTARTING, Phase.ASIDE) for event in events)
        return "ended the worker" if died else f"refused: {refused[0]}" if refused else f"failed: {end.key}"


def run(
    talk: Callable[..., Any], seeds: Sequence[int], sources: list[Path], folder: Path, catalogue: Catalogue
) -> Counter[tuple[str, str]]:
    """Try every seed, a client for each core; return how often what was done came to which end."""
    clients = min(4, os.cpu_count() or 1)
    found: Counter[tuple[str, str]] = Counter()
    faults: list[tuple[int, BaseException]] = []

    def work(share: Sequence[int], place: int) -> None:
        trial = Trial(talk(back_off=(0.01,)), folder / f"{place}.gguf", catalogue)
        for seed in share:
            kind, data = mutant(seed, sources)
            try:
                found[kind, trial.outcome(seed + 1, data)] += 1
            except BaseException as fault:
                faults.append((seed, fault))
                return

    threads = [
        threading.Thread(target=work, args=(seeds[place::clients], place), name=f"trial-{place}")
        for place in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    return found


def table(found: Counter[tuple[str, str]]) -> str:
    """Return the outcomes as lines, the commonest first."""
    totals: Counter[str] = Counter()
    for (_, outcome), count in found.items():
        totals[outcome] += count
    return "\n".join(f"{count:5}  {outcome}" for outcome, count in totals.most_common())


def check(found: Counter[tuple[str, str]], count: int) -> None:
    print(f"\n{count} wrong files:\n{table(found)}")
    assert found.total() == count
    outcomes = {outcome for _, outcome in found}
    assert "answered" in outcomes
    # What ends llama.cpp's process is looked for beforehand. A few ends are fenced by the worker alone: the
    # client lives, says so, and puts the model aside.
    ended = sum(number for (_, outcome), number in found.items() if outcome == "ended the worker")
    assert ended <= count // 50


def test_a_tenth_of_the_wrong_files(
    talk: Callable[..., Any], sources: list[Path], tmp_path: Path, catalogue: Catalogue
) -> None:
    seeds = range(
        3, 1003, 10
    )  # every kind of fault meets every source, since neither number has a factor of ten
    found = run(talk, seeds, sources, tmp_path, catalogue)
    check(found, 100)


@pytest.mark.soak
def test_a_thousand_wrong_files(
    talk: Callable[..., Any], sources: list[Path], tmp_path: Path, catalogue: Catalogue
) -> None:
    memory, descriptors = psutil.Process().memory_info().rss, psutil.Process().num_fds()
    found = run(talk, range(1_000), sources, tmp_path, catalogue)
    check(found, 1_000)
    assert {kind for kind, _ in found} == set(KINDS)
    assert psutil.Process().memory_info().rss - memory < 200_000_000
    assert psutil.Process().num_fds() - descriptors <= 16
