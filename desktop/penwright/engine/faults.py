"""When the worker ends by itself: how, how often, and whether the model is to blame.

A worker that is killed from outside (by the system when memory is short, by a person) says little of the
model: it counts only while no answer has come between. One that ends of its own (an abort in llama.cpp, a
bad instruction, a mapped file that was cut short) counts each time. Two are enough to put a model aside.
"""

from __future__ import annotations

import signal

GUILTY_AT = 2
_FROM_OUTSIDE = frozenset(
    -number for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT") if (number := getattr(signal, name, None))
)


class FaultRecord:
    """Counts the ends of one model's workers."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self._own = 0
        self._killed_unanswered = 0

    def ended(self, code: int) -> None:
        """Note that a worker ended by itself. code: as of subprocess, negative for a signal."""
        self.in_a_row += 1
        if code in _FROM_OUTSIDE:
            self._killed_unanswered += 1
        else:
            self._own += 1

    def answered(self) -> None:
        """Note that the model has answered a request."""
        self.in_a_row = 0
        self._killed_unanswered = 0

    @property
    def guilty(self) -> bool:
        """Whether the model is to be put aside.

        Being killed from outside has to come twice as often before it counts against the model.
        """
        return self._own >= GUILTY_AT or self._killed_unanswered >= 2 * GUILTY_AT


def how_it_ended(code: int) -> str:
    """Return words for a process's exit code, for the log."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
