"""What the worker is to do next, and what has to stop for it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from penwright.engine.messages import Cancel, Compose, Count, Load, Request
from penwright.engine.worker.session import Session


@dataclass(frozen=True)
class Cancelled:
    """Requests that were superseded or cancelled before they were begun."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class Errand:
    """The session has something to evaluate that nobody waits for."""


Task = Load | Request | Compose | Count | Cancelled | Errand


class Mailbox:
    """Takes messages from the reader's thread and gives the worker one task after the other.

    A model to load comes first, then what is to be counted, then whole texts in the order in which they came,
    then the newest request, then the newest spare one, then an errand. What comes earlier in that order stops
    what is running of the later ones; a newer request of the same kind stops an older one. A whole text is
    stopped by its own cancel alone, or by another model.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._load: Load | None = None
        self._texts: deque[Compose] = deque()
        self._counts: deque[Count] = deque()
        self._request: Request | None = None
        self._spare: Request | None = None
        self._cancelled: list[int] = []
        self._running: Task | None = None
        self._session: Session | None = None

    def put(self, message: object) -> None:
        """Take a message; anything that is not for a worker is dropped."""
        with self._changed:
            match message:
                case Load():
                    self._load = message
                    self._stop_running()
                case Count():
                    self._counts.append(message)
                    self._stop_running(Errand)
                case Compose():
                    self._texts.append(message)
                    self._stop_running(Errand, Request)
                case Request(spare=True):
                    self._set_spare_aside()
                    self._spare = message
                    if not (isinstance(self._running, Request) and not self._running.spare):
                        self._stop_running(Errand, Request)
                case Request():
                    self._set_spare_aside()
                    if self._request is not None:
                        self._cancelled.append(self._request.id)
                    self._request = message
                    self._stop_running(Errand, Request)
                case Cancel(id=number):
                    self._cancel(number)
            self._changed.notify()

    def _cancel(self, number: int) -> None:
        if self._request is not None and self._request.id == number:
            self._cancelled.append(number)
            self._request = None
        elif self._spare is not None and self._spare.id == number:
            self._set_spare_aside()
        elif isinstance(self._running, Request | Compose) and self._running.id == number:
            self._stop_running()
        else:
            for text in [text for text in self._texts if text.id == number]:
                self._texts.remove(text)
                self._cancelled.append(number)

    def _set_spare_aside(self) -> None:
        if self._spare is not None:
            self._cancelled.append(self._spare.id)
            self._spare = None

    def _stop_running(self, *kinds: type[Errand | Request]) -> None:
        """Stop what is running, where it is of one of these kinds; of any when none is named."""
        if self._running is None or self._session is None:
            return
        if not kinds or isinstance(self._running, kinds):
            self._session.abort()

    def take(self, session: Session | None) -> Task:
        """Wait for the next thing to do; what was taken before counts as done."""
        with self._changed:
            self._running = None
            self._session = session
            while (task := self._next()) is None:
                self._changed.wait()
            self._running = task
            if session is not None:
                session.resume()
            return task

    def _next(self) -> Task | None:
        if self._load is not None:
            load, self._load = self._load, None
            return load
        if self._cancelled:
            cancelled, self._cancelled = tuple(self._cancelled), []
            return Cancelled(cancelled)
        if self._counts:
            return self._counts.popleft()
        if self._texts:
            return self._texts.popleft()
        if self._request is not None:
            request, self._request = self._request, None
            return request
        if self._spare is not None:
            request, self._spare = self._spare, None
            return request
        if self._session is not None and self._session.has_errand:
            return Errand()
        return None
