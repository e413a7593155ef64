"""When a suggestion may show: how fast the writer types, and how fast answers have come.

Generating starts at once; the pause is only the moment of showing. Times are seconds.

| the last keys | the last answer took | pause after the key |
|---|---|---|
| any | up to 70, up to 140 ms, more | 15, 25, 55 ms (KeyType's steps) |
| any, and the answer was there already | | none |
| a deletion, and the answer was there already | | 55 ms: held down, Backspace repeats each 33 ms |
| four or more in a run, each within 125 ms | | at least 1.3 times the longest of the last four |

So who types 12 keys a second sees nothing between two keys and what is suggested as soon as one key is
late; who pauses sees it at once.
"""

from __future__ import annotations

from collections import deque

_RUN = 4  # intervals that make a run
_FAST = 0.125  # the longest interval of a run: 8 keys a second
_LATE = 1.3  # of the longest interval of a run; a key that comes later ends it
_FORGOTTEN = 1.0  # after so long a pause a new run begins
_AFTER_DELETION = 0.055


class Rhythm:
    """Follows the keys that change the text, and the time that answers take."""

    def __init__(self) -> None:
        self.latency = 0.0  # of the last answer that was waited for
        self._last: float | None = None
        self._intervals: deque[float] = deque(maxlen=_RUN)

    def key(self, now: float) -> None:
        """Note a key."""
        if self._last is not None:
            interval = now - self._last
            if interval > _FORGOTTEN:
                self._intervals.clear()
            else:
                self._intervals.append(interval)
        self._last = now

    def rest(self) -> None:
        """Note that the writer did something other than typing."""
        self._last = None
        self._intervals.clear()

    def pause(self, *, ready: bool = False, deleted: bool = False) -> float:
        """Return how long after the last key a suggestion shows.

        ready: the answer is there already. deleted: the last key took letters away.
        """
        if not ready:
            least = 0.015 if self.latency <= 0.070 else 0.025 if self.latency <= 0.140 else 0.055
        else:
            least = _AFTER_DELETION if deleted else 0.0
        if len(self._intervals) == _RUN and max(self._intervals) <= _FAST:
            return max(least, _LATE * max(self._intervals))
        return least
