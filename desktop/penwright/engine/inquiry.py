"""Asking an engine that others use as well, for one who can wait: counts and whole texts, and Stop.

The window's engines tell everything to one listener, which hands each event to the inquiry, too.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from penwright.base.errors import EngineError, ModelError
from penwright.core.answer import Answer
from penwright.core.composition import Piece
from penwright.engine.api import Engine, Event
from penwright.engine.jobs import Stopped
from penwright.engine.messages import Chunk, Compose, Count, Counted, Done, Failed, Ready

_ANSWER_WAIT = 600.0  # seconds; a large model on a slow disk takes minutes to load
_END_WAIT = 2.0  # seconds an engine is given to say that it has stopped


class Inquiry:
    """One thread's questions to an engine, one after the other; an engine.jobs.Asking.

    `hear()` and `stop()` may be called from any thread and wait for nobody. After `stop()` no more text is
    told, and every later question raises Stopped.
    """

    def __init__(self, engine: Engine, next_id: Callable[[], int]) -> None:
        """Take the engine, and what gives a number that no other request has."""
        self._engine = engine
        self._next_id = next_id
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._asked = 0  # the id that is waited for; 0: none
        self._stopped = threading.Event()

    def hear(self, event: Event) -> None:
        """Take an event of the engine; what answers others is left alone."""
        if isinstance(event, Chunk | Counted | Done | Failed) and event.id in (0, self._asked):
            self._events.put(event)

    def stop(self) -> None:
        """Stop what is asked, now and for good."""
        with self._lock:
            self._stopped.set()
            asked = self._asked
        self._events.put(None)
        if asked:
            self._engine.cancel(asked)

    def model(self) -> Ready:
        """Return what is known of the engine's model; one that has never been loaded is loaded for it.

        Raises ModelError, EngineError, Stopped.
        """
        if self._engine.model is None:
            self.count(())  # answered once it is loaded
        if self._engine.model is None:
            raise EngineError("engine.no_model")
        return self._engine.model

    def count(self, pieces: tuple[Piece, ...]) -> Counted:
        """Return a prompt's length and the model's room. Raises EngineError, Stopped."""
        self._ask(lambda number: Count(number, pieces))
        while True:
            event = self._next()
            if self._stopped.is_set():
                raise Stopped
            if isinstance(event, Counted):
                return event
            _raise_failure(event)

    def compose(self, compose: Compose, heard: Callable[[str], None]) -> Done:
        """Write a text; `heard` gets it as it comes, on this thread. Raises EngineError, Stopped.

        After `stop()` its end is "cancelled", and its text what was told before.
        """
        number = self._ask(lambda number: replace(compose, id=number))
        told: list[str] = []
        until = 0.0  # when a stopped engine is no longer waited for
        while True:
            event = self._next(until)
            ended = isinstance(event, Done | Failed)
            if self._stopped.is_set():
                until = until or time.monotonic() + _END_WAIT
                if ended or time.monotonic() > until:
                    text = "".join(told)
                    return Done(number, (Answer(text, stop="cancelled"),) if text else (), stop="cancelled")
            elif isinstance(event, Done):
                return event
            elif isinstance(event, Chunk):
                told.append(event.text)
                heard(event.text)
            else:
                _raise_failure(event)

    def _ask(self, made: Callable[[int], Compose | Count]) -> int:
        with self._lock:
            if self._stopped.is_set():
                raise Stopped
            self._asked = number = self._next_id()
        self._engine.ask(made(number))
        if self._stopped.is_set():  # it may have been cancelled before it was asked
            self._engine.cancel(number)
        return number

    def _next(self, until: float = 0.0) -> Event | None:
        """Return the next event, None for a stop or when it is `until` (0: as long as a model may load)."""
        try:
            return self._events.get(timeout=max(0.0, until - time.monotonic()) if until else _ANSWER_WAIT)
        except queue.Empty:
            if until:
                return None
            raise EngineError("engine.silent", seconds=int(_ANSWER_WAIT)) from None


def _raise_failure(event: Event | None) -> None:
    if isinstance(event, Failed):
        raise (EngineError if event.id else ModelError)(event.key, **event.values)
