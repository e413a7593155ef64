"""What the developer commands say: one plain line for each step, one sentence for each failure."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class StepError(Exception):
    """A step that could not be done, in one sentence for the person at the keyboard."""

    def __init__(self, sentence: str, *, log: Path | None = None, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.log = log
        self.exit_code = exit_code


def seconds(duration: float) -> str:
    """Return a duration as a person would write it."""
    if duration < 60:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest:02d} s"


class Console:
    """Writes to one stream; knows whether a line can be overwritten in place."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._in_place = self._stream.isatty()
        self._live = ""

    def say(self, line: str) -> None:
        """Print one line."""
        self.end_live()
        print(line, file=self._stream, flush=True)

    @property
    def quiet_interval(self) -> float:
        """Seconds between two signs of life: often in a terminal, seldom in a log."""
        return 0.2 if self._in_place else 20.0

    def alive(self, line: str) -> None:
        """Show that a long step goes on: in place in a terminal, else as a line of its own."""
        if not self._in_place:
            print(f"  {line}", file=self._stream, flush=True)
            return
        self.end_live()
        self._live = f"  {line}"
        print(self._live, end="", file=self._stream, flush=True)

    def end_live(self) -> None:
        """Wipe the line that was to be overwritten."""
        if self._live:
            print("\r" + " " * len(self._live) + "\r", end="", file=self._stream)
            self._live = ""

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Print what was done and how long it took, once it is done."""
        began = time.monotonic()
        yield
        self.say(f"{what}: {seconds(time.monotonic() - began)}")


def last_lines(log: Path, count: int = 25) -> str:
    """Return the end of a log, each line cut to a readable length."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(line[:200] for line in lines[-count:])
