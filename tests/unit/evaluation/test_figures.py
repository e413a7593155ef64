"""Counts that a person can check by hand."""

import math

import pytest

from penwright.evaluation.carets import Kind
from penwright.evaluation.figures import Asked, by_kind, count, percentile, share
from penwright.evaluation.rightness import compare

FOLLOWS = " one two three four"
ASKED = [
    Asked(Kind.BOUNDARY, shown, compare(shown, FOLLOWS), ms)
    for shown, ms in (
        (" one two three", 10.0),  # right, and all three
        (" one two four", 20.0),  # right, but not all three
        (" one", 30.0),  # right, and too short for three
        (" two three four", 40.0),  # wrong
        ("", 50.0),
        ("", 60.0),
        ("", 70.0),
        ("", 80.0),
    )
]


def test_each_figure() -> None:
    figures = count(ASKED)
    assert figures["carets"] == 8
    assert figures["shown"] == 4
    assert figures["coverage"] == 4 / 8
    assert figures["precision"] == 3 / 4
    assert figures["precision3"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["wrong_show"] == 1 / 8
    assert figures["right_show"] == 3 / 8
    assert (figures["p50_ms"], figures["p95_ms"], figures["p99_ms"]) == (40.0, 80.0, 80.0)
    assert figures["precision_se"] == pytest.approx(math.sqrt(0.75 * 0.25 / 4), abs=1e-4)


def test_nothing_to_divide_by_is_none_and_not_0() -> None:
    silent = count(ASKED[4:])
    assert silent["coverage"] == 0.0
    assert silent["precision"] is None
    assert silent["precision3"] is None
    assert silent["wrong_show"] == 0.0
    assert count([])["coverage"] is None
    assert count([])["p50_ms"] is None
    assert count(ASKED[2:3])["precision3"] is None


def test_kinds_add_up() -> None:
    mixed = [*ASKED, Asked(Kind.MID_LINE, " one", compare(" one", FOLLOWS), 5.0)]
    kinds = by_kind(mixed)
    assert list(kinds) == ["boundary", "mid_line"]
    assert kinds["boundary"] == count(ASKED)
    assert kinds["mid_line"]["precision"] == 1.0


@pytest.mark.parametrize(("at", "value"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0), (0.0, 1.0)])
def test_percentiles_by_the_nearest_rank(at: float, value: float) -> None:
    assert percentile([float(number) for number in range(1, 101)], at) == value
    assert percentile([7.0], at) == 7.0


def test_a_share_and_its_error() -> None:
    assert share(1, 4) == (0.25, round(math.sqrt(0.25 * 0.75 / 4), 4))
    assert share(0, 0) == (None, None)
