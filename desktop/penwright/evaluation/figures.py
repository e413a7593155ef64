"""Counts over carets: coverage, precision, wrong-show, latency, with standard errors.

How each is counted, for carets at which a suggestion was asked for:

    coverage     carets at which something was shown / all carets
    precision    shown texts whose first word is right / shown texts
    precision3   shown texts whose first three words are right / shown texts of three words or more
    wrong_show   shown texts whose first word is wrong / all carets
    right_show   shown texts whose first word is right / all carets (coverage times precision)
    p50_ms, p95_ms, p99_ms   from the request to its answer, through the worker process

What "right" means stands in penwright.evaluation.rightness.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from penwright.evaluation.carets import Kind
from penwright.evaluation.rightness import Rightness


@dataclass(frozen=True)
class Asked:
    """One caret: what was shown ("" for nothing) and how right it was; ms: milliseconds to the answer."""

    kind: Kind
    shown: str
    rightness: Rightness
    ms: float


Figure = float | int | None


def count(asked: Sequence[Asked]) -> dict[str, Figure]:
    """Return the figures of these carets by name; None where there is nothing to divide by.

    A name that ends with `_se` is the standard error of the one before it.
    """
    shown = [each for each in asked if each.shown]
    right = sum(each.rightness.first for each in shown)
    long = [each for each in shown if each.rightness.words >= 3]
    three = sum(each.rightness.three for each in long)
    times = sorted(each.ms for each in asked)
    figures: dict[str, Figure] = {"carets": len(asked), "shown": len(shown)}
    for name, part, whole in (
        ("coverage", len(shown), len(asked)),
        ("precision", right, len(shown)),
        ("precision3", three, len(long)),
        ("wrong_show", len(shown) - right, len(asked)),
        ("right_show", right, len(asked)),
    ):
        figures[name], figures[f"{name}_se"] = share(part, whole)
    for name, at in (("p50_ms", 0.50), ("p95_ms", 0.95), ("p99_ms", 0.99)):
        figures[name] = percentile(times, at)
    return figures


def by_kind(asked: Sequence[Asked]) -> dict[str, dict[str, Figure]]:
    """Return the figures of each kind of caret that there are any of, in the order of Kind."""
    found = {kind.value: [each for each in asked if each.kind is kind] for kind in Kind}
    return {name: count(some) for name, some in found.items() if some}


def share(part: int, whole: int) -> tuple[float | None, float | None]:
    """Return part / whole and its standard error (of a binomial), or None for both."""
    if not whole:
        return None, None
    value = part / whole
    return round(value, 4), round(math.sqrt(value * (1 - value) / whole), 4)


def percentile(ordered: Sequence[float], at: float) -> float | None:
    """Return the value that the share `at` of the ordered values does not go beyond (nearest rank)."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(at * len(ordered)) - 1)], 3)
