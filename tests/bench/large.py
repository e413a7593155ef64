"""The desk with a long text: `python3 packaging/dev.py bench desk [--runs N] [--only NAME] [--json]`.

Each figure is the median of several runs; each run has processes of its own, and what is compared runs in
turn, so that a busy machine hits both.
keys: from a key to its paint, 5 MB over 5 KB. open: a file of 5 MB until it is painted and can be written on,
over QPlainTextEdit.setPlainText of the same text. start: until the empty window can be written in, over a
bare window with a QPlainTextEdit. memory: what 5 MB take above the empty desk. search: searching and
saving 5 MB, and the longest time that the window stood still meanwhile. Beside the clock's ratios stand those
of processor time, all threads together, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report import report

SMALL, LARGE = 5_000, 5_000_000  # letters
_BYTECODE = Path(tempfile.gettempdir()) / "penwright-bench-bytecode"
_SAMPLES = Path(__file__).with_name("desk_samples.py")


def main(arguments: list[str]) -> int:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=sorted(MEASURED), action="append")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    figures: dict[str, object] = {}
    for name in ("start", "bare"):
        _sample(name)  # reads the disk and writes bytecode
    for name in options.only or MEASURED:
        figures |= MEASURED[name](options.runs)
    report(figures, as_json=options.json)
    return 0


def _sample(name: str, size: int = 0) -> dict[str, float]:
    """Run one sample; the time from its start to its answer is added as "wall_ms"."""
    # What is installed has its bytecode beside it; so has this, from its first sample on.
    environ = {**os.environ, "PYTHONPYCACHEPREFIX": str(_BYTECODE)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(_SAMPLES), name, str(size)], stdout=subprocess.PIPE, env=environ, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        wall = (time.perf_counter() - began) * 1000
    return {**json.loads(line), "wall_ms": wall}


def _medians(samples: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in samples) for name in samples[0]}


def _pairs(runs: int, one: tuple[str, int], other: tuple[str, int]) -> tuple[list, list]:
    """Run two samples in turn; which comes first changes with each run."""
    found: tuple[list, list] = ([], [])
    for run in range(runs):
        for which in (0, 1) if run % 2 else (1, 0):
            found[which].append(_sample(*(one, other)[which]))
    return found


def _keys(runs: int) -> dict[str, object]:
    large, small = _pairs(runs, ("keys", LARGE), ("keys", SMALL))
    ratios = [one["p99_ms"] / other["p99_ms"] for one, other in zip(large, small, strict=True)]
    return {
        "key_to_paint_p50_ms_5_mb": round(_medians(large)["p50_ms"], 2),
        "key_to_paint_p50_ms_5_kb": round(_medians(small)["p50_ms"], 2),
        "key_to_paint_p99_ms_5_mb": round(_medians(large)["p99_ms"], 2),
        "key_to_paint_p99_ms_5_kb": round(_medians(small)["p99_ms"], 2),
        "key_to_paint_p99_ratio": round(statistics.median(ratios), 2),
    }


def _open(runs: int) -> dict[str, object]:
    desk, plain = _pairs(runs, ("opened", LARGE), ("plain", LARGE))
    ratios = [one["ms"] / other["ms"] for one, other in zip(desk, plain, strict=True)]
    used = [one["cpu_ms"] / other["cpu_ms"] for one, other in zip(desk, plain, strict=True)]
    return {
        "open_5_mb_ms": round(_medians(desk)["ms"]),
        "open_5_mb_longest_gap_ms": round(_medians(desk)["gap_ms"]),
        "set_plain_text_5_mb_ms": round(_medians(plain)["ms"]),
        "open_5_mb_ratio": round(statistics.median(ratios), 2),
        "open_5_mb_cpu_ratio": round(statistics.median(used), 2),
    }


def _start(runs: int) -> dict[str, object]:
    desk, bare = _pairs(runs, ("start", 0), ("bare", 0))
    ratios = [one["wall_ms"] / other["wall_ms"] for one, other in zip(desk, bare, strict=True)]
    used = [one["cpu_ms"] / other["cpu_ms"] for one, other in zip(desk, bare, strict=True)]
    return {
        "start_ms": round(_medians(desk)["wall_ms"]),
        "start_bare_ms": round(_medians(bare)["wall_ms"]),
        "start_ratio": round(statistics.median(ratios), 2),
        "start_cpu_ms": round(_medians(desk)["cpu_ms"]),
        "start_cpu_ratio": round(statistics.median(used), 2),
    }


def _memory(runs: int) -> dict[str, object]:
    return {"memory_5_mb": round(_medians([_sample("memory", LARGE) for _ in range(runs)])["mb"])}


def _search(runs: int) -> dict[str, object]:
    medians = _medians([_sample("search", LARGE) for _ in range(runs)])
    return {f"{name}_5_mb": round(figure) for name, figure in medians.items() if name != "wall_ms"}


MEASURED = {"keys": _keys, "open": _open, "start": _start, "memory": _memory, "search": _search}
