"""How many threads an answer gets: measured at the first start, and changed when answers come unevenly.

More threads are quicker while the machine is idle. Beside another busy program every one of them has to be
waited for: on a busy two-core machine one thread gave a token in 5.5 to 8 ms (p50), two in 16 to 21.
"""

from __future__ import annotations

import json
import os
import statistics
from collections import deque
from collections.abc import Callable
from pathlib import Path

import psutil

from penwright.base.files import write_atomically

_WORTH = 0.9  # a further thread has to bring the time a token down to this share at least
_SEEN = 32  # answers that are looked at together
_UNEVEN = 3.0  # p95 over p50 of the time a token: someone is in the way
_EVEN = 1.5
_CALM = 4 * _SEEN  # even answers before another thread is tried again


def most_threads() -> int:
    """Return how many threads may be used: all physical cores but one, which is the window's."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return max(1, cores - 1)


def quickest(seconds_a_token: Callable[[int], float], most: int) -> int:
    """Return the fewest threads, up to `most`, beyond which more bring little.

    seconds_a_token: measures with so many threads.
    """
    chosen, best = 1, seconds_a_token(1)
    for count in range(2, most + 1):
        seconds = seconds_a_token(count)
        if seconds < best * _WORTH:
            chosen, best = count, seconds
    return chosen


class KeptThreads:
    """The measured number of threads by model and machine, in the cache folder."""

    def __init__(self, folder: str, model: str) -> None:
        """Take the folder, "" for none, and what the model is known by."""
        self._path = Path(folder) / "threads.json" if folder else None
        self._key = f"{model} on {most_threads()}"

    def get(self) -> int | None:
        """Return what was kept, or None."""
        kept = self._read().get(self._key)
        return kept if type(kept) is int and 1 <= kept <= most_threads() else None

    def put(self, count: int) -> None:
        """Keep a number; where that is not possible it is measured again at the next start."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({**self._read(), self._key: count}, indent=1)
            write_atomically(self._path, text.encode())
        except OSError:
            return

    def _read(self) -> dict[str, object]:
        try:
            told = json.loads(self._path.read_text("utf-8")) if self._path is not None else {}
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


class Threads:
    """The number in use: a given one for good, else what was measured, fewer while answers come unevenly."""

    def __init__(self, fixed: int, kept: KeptThreads) -> None:
        """Take a given number, 0 for none, and where a measured one is kept."""
        self._kept = kept
        self._fixed = fixed > 0
        known = fixed or kept.get()
        self.unmeasured = known is None and most_threads() > 1
        self.count = self._most = known or 1
        self._seen: deque[float] = deque(maxlen=_SEEN)
        self._even = 0

    def measure(self, seconds_a_token: Callable[[int], float]) -> None:
        """Measure how many are worth it, and keep that. Raises what `seconds_a_token` does."""
        self._most = quickest(seconds_a_token, most_threads())
        self._kept.put(self._most)
        self.unmeasured = False
        self._change(self._most)

    def observe(self, a_token: float) -> bool:
        """Learn how long a token of an answer took, in any unit; return whether the number changed."""
        if self._fixed:
            return False
        self._seen.append(a_token)
        if len(self._seen) < _SEEN:
            return False
        ordered = sorted(self._seen)
        spread = ordered[int(0.95 * len(ordered))] / max(statistics.median(ordered), 1e-9)
        if spread > _UNEVEN and self.count > 1:
            return self._change(self.count - 1)
        if spread < _EVEN and self.count < self._most:
            self._even += 1
            if self._even >= _CALM:
                return self._change(self.count + 1)
        return False

    def _change(self, count: int) -> bool:
        self.count = count
        self._seen.clear()
        self._even = 0
        return True
