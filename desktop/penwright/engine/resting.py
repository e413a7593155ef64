"""A second seat: an engine that is started when it is first asked, and let go when it has long been idle.

The inline model is always there. A larger one for writing takes memory only while it is in use.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from penwright.engine.api import Engine, Event, Listener, Phase, Status
from penwright.engine.messages import Asked, Counted, Done, Failed, Load, Ready

REST_AFTER = 300.0  # seconds without a request


class RestingEngine:
    """An engine behind the protocol of engine.api, which sleeps until it is asked and after it was idle.

    Its listener also hears Status(Phase.STOPPED) when it goes to rest. Every method may be called from any
    thread.
    """

    def __init__(
        self, listener: Listener, start: Callable[[Listener], Engine], rest_after: float = REST_AFTER
    ) -> None:
        """Take what makes the real engine. rest_after: seconds without a request until it is ended."""
        self._listener = listener
        self._start = start
        self._rest_after = rest_after
        # Reentrant: a scripted engine answers within `ask()`.
        self._lock = threading.RLock()
        self._load: Load | None = None
        self._engine: Engine | None = None
        self._model: Ready | None = None
        self._open: set[int] = set()
        self._timer: threading.Timer | None = None
        self._closed = False

    @property
    def awake(self) -> bool:
        """Whether it holds a model's memory now, or is about to."""
        return self._engine is not None

    @property
    def model(self) -> Ready | None:
        """What is known of its model since it was first loaded, also while it rests; None before."""
        return self._model

    def load(self, load: Load) -> None:
        """Use this model from the next request on; nothing is loaded before."""
        with self._lock:
            self._load, self._model = load, None
            engine, self._engine = self._engine, None
            self._stop_timer()
        if engine is not None:
            engine.close()

    def beside(self, held: int) -> None:
        """Tell how many bytes other models hold, for its next loading."""
        with self._lock:
            if self._load is not None:
                self._load = replace(self._load, held=held)

    def ask(self, request: Asked) -> None:
        """Ask; the model is loaded first if it rests. Without a model the request fails."""
        with self._lock:
            if self._load is None or self._closed:
                self._listener(Failed(request.id, "engine.no_model"))
                return
            self._stop_timer()
            self._open.add(request.id)
            if self._engine is None:
                self._engine = self._start(self._hear)
                self._engine.load(self._load)
            self._engine.ask(request)

    def cancel(self, request: int) -> None:
        """Stop a request."""
        with self._lock:
            if self._engine is not None:
                self._engine.cancel(request)

    def close(self) -> None:
        """End it for good."""
        with self._lock:
            self._closed = True
            self._stop_timer()
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _hear(self, event: Event) -> None:
        if isinstance(event, Ready):
            self._model = event
        if isinstance(event, Done | Counted | Failed):
            with self._lock:
                self._open.discard(event.id)
                if not self._open and self._engine is not None and not self._closed:
                    self._stop_timer()
                    self._timer = threading.Timer(self._rest_after, self._rest)
                    self._timer.daemon = True
                    self._timer.start()
        self._listener(event)

    def _rest(self) -> None:
        with self._lock:
            if self._open or self._closed:
                return
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
            self._listener(Status(Phase.STOPPED))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
