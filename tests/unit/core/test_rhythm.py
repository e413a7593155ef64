"""The moment of showing, as a table of what went before and the pause."""

import itertools

import pytest

from penwright.core.rhythm import Rhythm

STEADY_12 = [1 / 12] * 6  # seconds between keys: 12 keys a second
SLOW = [0.25] * 6


@pytest.mark.parametrize(
    ("intervals", "latency", "ready", "deleted", "pause"),
    [
        ([], 0.0, False, False, 0.015),
        ([], 0.07, False, False, 0.015),
        ([], 0.1, False, False, 0.025),
        ([], 0.14, False, False, 0.025),
        ([], 0.3, False, False, 0.055),
        ([], 0.3, True, False, 0.0),
        ([], 0.0, True, True, 0.055),
        ([], 0.0, False, True, 0.015),
        (SLOW, 0.0, False, False, 0.015),
        (SLOW, 0.0, True, False, 0.0),
        (STEADY_12, 0.0, False, False, 0.10833),
        (STEADY_12, 0.0, True, False, 0.10833),
        (STEADY_12, 0.0, True, True, 0.10833),
        ([0.03] * 6, 0.0, False, False, 0.039),  # the pause follows the pace
        ([0.03] * 6, 0.3, False, False, 0.055),  # and is never below that of the latency
        ([0.033] * 3, 0.0, True, True, 0.055),  # three keys make no run
        ([0.07, 0.11, 0.08, 0.1], 0.0, False, False, 0.143),  # the longest of a run counts
        ([*STEADY_12, 0.2], 0.0, False, False, 0.015),  # one late key ends the run
        ([*STEADY_12, 2.0], 0.0, False, False, 0.015),  # and so does a rest
        ([*STEADY_12, 2.0, *STEADY_12[:3]], 0.0, False, False, 0.015),
        ([*STEADY_12, 2.0, *STEADY_12[:4]], 0.0, False, False, 0.10833),
        ([0.125] * 4, 0.0, False, False, 0.1625),
        ([0.126] * 4, 0.0, False, False, 0.015),
    ],
)
def test_pause(intervals: list[float], latency: float, ready: bool, deleted: bool, pause: float) -> None:
    rhythm = Rhythm()
    rhythm.latency = latency
    for at in itertools.accumulate(intervals, initial=5.0):
        rhythm.key(at)
    assert rhythm.pause(ready=ready, deleted=deleted) == pytest.approx(pause, abs=1e-5)


def test_something_else_than_typing_ends_a_run() -> None:
    rhythm = Rhythm()
    for at in itertools.accumulate(STEADY_12):
        rhythm.key(at)
    rhythm.rest()
    assert rhythm.pause() == 0.015
    rhythm.key(0.6)
    assert rhythm.pause() == 0.015
