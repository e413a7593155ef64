"""How far a download is, as values that are told a few times a second."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from penwright.modelstore.stopping import Stop

_EVERY = 0.1  # seconds between two reports
_WINDOW = 5.0  # seconds over which the speed is taken


class Phase(Enum):
    """What a download is doing."""

    ASKING = "asking"
    CHECKING = "checking"  # hashing what is there already
    FETCHING = "fetching"
    WAITING = "waiting"  # before it asks again
    VERIFYING = "verifying"


@dataclass(frozen=True)
class Progress:
    """How far a download is. done, total: bytes of all its files. speed: bytes a second, 0 for unknown.

    left: seconds, or None where there is no telling.
    """

    phase: Phase
    file: str
    done: int
    total: int
    speed: float
    left: float | None


class Meter:
    """Counts bytes and reports now and then. clock: seconds, monotonic."""

    def __init__(
        self, total: int, told: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total = total
        self._told = told
        self._clock = clock
        self._phase = Phase.ASKING
        self._file = ""
        self._before = 0  # bytes of the files that are finished
        self._done = 0
        self._marks: deque[tuple[float, int]] = deque()
        self._last = -1.0

    def begin(self, file: str, before: int) -> None:
        """Go on to a file; `before` are the bytes of those that are finished."""
        self._file, self._before, self._done = file, before, 0
        self._marks.clear()

    def enter(self, phase: Phase) -> None:
        """Say what is being done now."""
        if phase is not self._phase:
            self._marks.clear()
        self._phase = phase
        self._report(always=True)

    def at(self, done: int) -> None:
        """Say how many bytes of this file are done."""
        self._done = done
        self._report(always=False)

    def _report(self, *, always: bool) -> None:
        now = self._clock()
        if not always and now - self._last < _EVERY:
            return
        self._last = now
        done = self._before + self._done
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _WINDOW:
            self._marks.popleft()
        began, start = self._marks[0]
        speed = max(0.0, (done - start) / (now - began)) if now > began else 0.0
        left = (self._total - done) / speed if speed > 0 and self._phase is Phase.FETCHING else None
        self._told(Progress(self._phase, self._file, done, self._total, speed, left))


class RateLimit:
    """At most so many bytes a second, for all downloads together; 0 for no limit."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0

    def take(self, count: int, stop: Stop) -> None:
        """Wait until `count` more bytes may be taken. Raises Stopped."""
        limit = self.per_second
        if limit <= 0:
            return
        with self._lock:
            now = self._clock()
            # A quarter of a second's worth may come at once.
            self._free_at = max(self._free_at, now - 0.25) + count / limit
            wait = self._free_at - now
        if wait > 0:
            stop.wait(wait)
