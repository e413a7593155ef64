"""Figures from many measurements, and a clock around one request."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Done, Request


@dataclass(frozen=True)
class Timed:
    """An answer, and how long it took from the question to its arrival, in milliseconds."""

    done: Done
    ms: float


def ask(engine: BlockingEngine, request: Request) -> Timed:
    """Ask and wait, with a clock around it. Raises EngineError."""
    began = time.perf_counter()
    done = engine.ask(request)
    return Timed(done, (time.perf_counter() - began) * 1000)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def mean(values: Sequence[float]) -> float:
    """Return the mean."""
    return sum(values) / len(values)
