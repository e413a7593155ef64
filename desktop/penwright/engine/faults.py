"""When the worker ends by itself: how, how often, and whether the model is to blame.

A worker that is killed from outside (by the system when memory is short, by a person) says little of the
model: it counts only while no answer has come between. One that ends of its own (an abort in llama.cpp, a
bad instruction, a mapped file that was cut short) counts each time. Two are enough to put a model aside.

While a GPU is used, or looked for, an end of its own is the GPU's fault and not the model's: the next worker
gets fewer layers there, then none (engine.placement.below).
"""

from __future__ import annotations

import signal
from dataclasses import replace

from penwright.engine.messages import Load, Trying
from penwright.engine.placement import below

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
        self._gpu_allowed = False  # for the worker that runs
        self._trying: Trying | None = None  # the last that it has told
        self._falls = 0
        self._fallen: Trying | None = None  # where the last fall began; None while it looked for GPUs

    def started(self, load: Load) -> Load:
        """Return what a fresh worker is to load: lower on the ladder where a GPU ended the one before."""
        if self._falls and self._fallen is None:
            load = replace(load, gpu_layers=0, fallen="driver")
        elif self._falls and self._fallen is not None:
            load = replace(
                load,
                gpu_layers=below(self._fallen.layers, self._falls),
                fallen="ended",
                fallen_from=self._fallen.layers,
                fallen_on=self._fallen.device,
            )
        self._gpu_allowed = load.gpu_layers != 0
        self._trying = None
        return load

    def heard(self, trying: Trying) -> None:
        """Note what the worker is going to try."""
        self._trying = trying

    def ended(self, code: int) -> None:
        """Note that a worker ended by itself. code: as of subprocess, negative for a signal."""
        self.in_a_row += 1
        if code in _FROM_OUTSIDE:
            self._killed_unanswered += 1
        elif self._gpu_allowed and (self._trying is None or self._trying.layers > 0):
            self._falls += 1
            self._fallen = self._trying
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
