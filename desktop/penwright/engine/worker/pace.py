"""How quickly prompts are evaluated on this machine, and what can be evaluated while a writer waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WAIT = 0.25  # seconds: what is new in a prompt may take so long before an answer
_COLD_WAIT = 0.5  # the same for a text just opened, where nothing is there to begin from
_ALWAYS = 24  # tokens that are evaluated at once, however slow the machine
# Multiplications and additions a second of one thread, until something was measured: an old processor's.
_GUESS = 40e9
_WEIGHT = 0.3  # of the newest measurement in the running mean
_LEAST_MEASURED = 8  # tokens; fewer say more of the overhead than of the speed
_SHORTEST = 32  # tokens in a short prompt, less is no context


class Pace:
    """A running mean of evaluated tokens a second, for a model of so many parameters.

    clock: seconds of any monotonic clock.
    """

    def __init__(
        self, parameters: int, n_threads: int, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._guess = _GUESS * n_threads / (2 * max(1, parameters))
        self._clock = clock
        self._measured: float | None = None

    @property
    def tokens_per_second(self) -> float:
        """The running mean, or a guess before anything was measured."""
        return self._measured or self._guess

    def affords(self, tokens: int) -> bool:
        """Whether so many tokens can be evaluated while someone waits."""
        return tokens <= max(_ALWAYS, self.tokens_per_second * _WAIT)

    @property
    def short_room(self) -> int:
        """How many tokens a short prompt has room for; core.context fills half to four fifths of it."""
        return round(max(_SHORTEST, self.tokens_per_second * _COLD_WAIT) * 1.5)

    @contextmanager
    def timed(self, tokens: int) -> Iterator[None]:
        """Learn from an evaluation of so many tokens; one that fails or is aborted teaches nothing."""
        began = self._clock()
        yield
        taken = self._clock() - began
        if tokens >= _LEAST_MEASURED and taken > 0:
            seen = tokens / taken
            self._measured = (
                seen if self._measured is None else ((1 - _WEIGHT) * self._measured + _WEIGHT * seen)
            )
