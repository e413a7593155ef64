"""The engine for those who can wait: the command line, scripts, benchmarks."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

from penwright.base.errors import EngineError, ModelError
from penwright.engine.api import Engine, Event, Listener, Phase, Status
from penwright.engine.messages import Done, Failed, Load, Ready, Request

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
        while True:
            event = self._take(_ANSWER_WAIT)
            if isinstance(event, Done) and event.id == request.id:
                return event
            if isinstance(event, Failed) and event.id == request.id:
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
