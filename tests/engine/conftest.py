"""The engine under test: the real library and session, and a client whose events are kept."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from penwright.engine.api import Event, Phase, Status
from penwright.engine.client import EngineClient
from penwright.engine.messages import Done, Failed, Load, Ready, Request
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.session import Session


@pytest.fixture(scope="session")
def library() -> Library:
    """Return llama.cpp, set up once for the process."""
    return Library()


@pytest.fixture
def new_session(library: Library, starter: Path) -> Iterator[Callable[..., Session]]:
    """Return what loads the starter into a session, and closes it after the test."""
    made: list[Session] = []

    def make(**load: Any) -> Session:
        made.append(Session(library, Load(str(starter), n_threads=1, **load)))
        return made[-1]

    yield make
    for session in made:
        session.close()


class Talk:
    """A client, and everything that it has told so far."""

    def __init__(self, command: Sequence[str] | None, back_off: Sequence[float]) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()
        self.client = EngineClient(self._hear, command, back_off)

    def _hear(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, wanted: Callable[[Event], bool], *, start: int = 0, seconds: float = 20.0) -> Event:
        """Return the first event from `start` on that is wanted; fail when none comes in time."""
        until = time.monotonic() + seconds
        at = start
        with self._changed:
            while True:
                while at < len(self.events):
                    if wanted(self.events[at]):
                        return self.events[at]
                    at += 1
                left = until - time.monotonic()
                assert left > 0, f"not told in {seconds} s; so far: {self.events[start:][-12:]}"
                self._changed.wait(left)

    def phase(self, phase: Phase, *, start: int = 0) -> Status:
        """Wait for a phase."""
        found = self.wait(lambda event: isinstance(event, Status) and event.phase is phase, start=start)
        assert isinstance(found, Status)
        return found

    def end_of(self, request: int, *, start: int = 0) -> Done | Failed:
        """Wait for the end of a request."""
        found = self.wait(lambda event: isinstance(event, Done | Failed) and event.id == request, start=start)
        assert isinstance(found, Done | Failed)
        return found

    def ready(self, *, start: int = 0) -> Ready:
        """Wait for a loaded model."""
        found = self.wait(lambda event: isinstance(event, Ready), start=start)
        assert isinstance(found, Ready)
        return found

    def ask(self, number: int, before: str, **fields: Any) -> None:
        """Send a request."""
        self.client.ask(Request(number, before, **{"document": "one", **fields}))

    def ends(self) -> dict[int, list[Done | Failed]]:
        """Return the ends of all requests so far, by id."""
        found: dict[int, list[Done | Failed]] = {}
        for event in list(self.events):
            if isinstance(event, Done | Failed):
                found.setdefault(event.id, []).append(event)
        return found

    def phases(self) -> list[Phase]:
        """Return the phases so far, in order."""
        return [event.phase for event in list(self.events) if isinstance(event, Status)]


@pytest.fixture
def talk() -> Iterator[Callable[..., Talk]]:
    """Return what makes a client, the real worker behind it by default; each is closed after the test."""
    made: list[Talk] = []

    def make(command: Sequence[str] | None = None, back_off: Sequence[float] = (0.02,)) -> Talk:
        made.append(Talk(command, back_off))
        return made[-1]

    yield make
    for each in made:
        each.client.close()


@pytest.fixture
def writing(talk: Callable[..., Talk], starter: Path) -> Talk:
    """Return a client that has loaded the starter."""
    made = talk()
    made.client.load(Load(str(starter), n_threads=1, n_ctx=256))
    made.ready()
    return made


@pytest.fixture
def fake_worker(tmp_path: Path) -> Callable[[str], list[str]]:
    """Return what makes the command of a worker from Python statements; `line` is the Load it was sent."""

    def make(statements: str) -> list[str]:
        script = tmp_path / "worker.py"
        head = "import os, signal, sys, time\nline = sys.stdin.readline()\n"
        script.write_text(head + statements + "\n", "utf-8")
        return [sys.executable, "-I", str(script)]

    return make
