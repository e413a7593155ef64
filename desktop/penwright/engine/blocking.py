"""The engine for those who can wait: the command line, scripts, benchmarks."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import TypeVar

from penwright.base.errors import EngineError, ModelError
from penwright.core.composition import Piece
from penwright.engine.api import Engine, Event, Listener, Phase, Status
from penwright.engine.messages import (
    Chunk,
    Compose,
    Count,
    Counted,
    Done,
    Failed,
    Load,
    Ready,
    Request,
)

Answered = TypeVar("Answered", Done, Counted)

_LOAD_WAIT = 600.0  # seconds; a large model on a slow disk takes minutes
_ANSWER_WAIT = 600.0


class BlockingEngine:
    """Loads a model and answers requests one after the other, waiting for each."""

    def __init__(self, start: Callable[[Listener], Engine]) -> None:
        """Take what makes an engine from a listener, such as EngineClient itself."""
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._engine = start(self._events.put)
        self._next = 1

    def __enter__(self) -> BlockingEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()

    def load(self, load: Load) -> Ready:
        """Load a model. Raises ModelError when it is refused or ends the worker, EngineError else."""
        self._engine.load(load)
        while True:
            event = self._take(_LOAD_WAIT)
            if isinstance(event, Ready):
                return event
            if isinstance(event, Failed) and event.id == 0:
                raise ModelError(event.key, **event.values)
            self._raise_if_gone(event)

    def ask(self, request: Request) -> Done:
        """Answer a request. Raises EngineError when the worker ends or the evaluation fails."""
        request = replace(request, id=self._next)
        self._next += 1
        self._engine.ask(request)
        return self._answer(request.id, Done)

    def compose(self, compose: Compose, heard: Callable[[str], None]) -> Done:
        """Write a whole text; `heard` gets it as it comes. Raises EngineError as `ask()`.

        KeyboardInterrupt stops the writing: what was written is returned, and its stop is "cancelled".
        """
        compose = replace(compose, id=self._next)
        self._next += 1
        self._engine.ask(compose)
        while True:
            try:
                event = self._take(_ANSWER_WAIT)
                if isinstance(event, Chunk) and event.id == compose.id:
                    heard(event.text)
            except KeyboardInterrupt:
                self._engine.cancel(compose.id)
                continue
            if isinstance(event, Done) and event.id == compose.id:
                return event
            if isinstance(event, Failed) and event.id == compose.id:
                raise EngineError(event.key, **event.values)
            self._raise_if_gone(event)

    def count(self, pieces: tuple[Piece, ...]) -> Counted:
        """Return how long a prompt is, and how much room the model has. Raises EngineError as `ask()`."""
        count = Count(self._next, pieces)
        self._next += 1
        self._engine.ask(count)
        return self._answer(count.id, Counted)

    def ask_and_cancel(self, request: Request | Compose, moment: float) -> tuple[Done, float]:
        """Ask, cancel after `moment` seconds, and wait for the end.

        Return it with the milliseconds from the cancel; 0.0 when it came before. Raises as `ask()`.
        """
        request = replace(request, id=self._next)
        self._next += 1
        began = time.perf_counter()
        self._engine.ask(request)
        cancelled = 0.0
        while True:
            left = began + moment - time.perf_counter()
            if not cancelled and left <= 0:
                cancelled = time.perf_counter()
                self._engine.cancel(request.id)
            try:
                event = self._events.get(timeout=_ANSWER_WAIT if cancelled else left)
            except queue.Empty:
                if cancelled:
                    raise EngineError("engine.silent", seconds=int(_ANSWER_WAIT)) from None
                continue
            if isinstance(event, Done) and event.id == request.id:
                return event, (time.perf_counter() - cancelled) * 1000 if cancelled else 0.0
            if isinstance(event, Failed) and event.id == request.id:
                raise EngineError(event.key, **event.values)
            self._raise_if_gone(event)

    def _answer(self, number: int, kind: type[Answered]) -> Answered:
        """Wait for the answer to what was asked under this number."""
        while True:
            event = self._take(_ANSWER_WAIT)
            if isinstance(event, kind) and event.id == number:
                return event
            if isinstance(event, Failed) and event.id == number:
                raise EngineError(event.key, **event.values)
            self._raise_if_gone(event)

    def _take(self, wait: float) -> Event:
        try:
            return self._events.get(timeout=wait)
        except queue.Empty:
            raise EngineError("engine.silent", seconds=int(wait)) from None

    @staticmethod
    def _raise_if_gone(event: Event) -> None:
        if not isinstance(event, Status):
            return
        if event.phase is Phase.ASIDE:
            raise ModelError(event.key, **event.values)
        if event.phase is Phase.REFUSED and event.key == "engine.cannot_start":
            raise EngineError(event.key, **event.values)
