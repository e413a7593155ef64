"""Stopping what a background thread does, at once, also while it waits for a server."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


class Stopped(Exception):  # noqa: N818 - no error: it was wanted
    """The work was asked to stop."""


class Stop:
    """Asks work to stop: wakes it where it waits, closes the connection that it reads from."""

    def __init__(self) -> None:
        self._event = threading.Event()
        # Asked from a signal handler, it may meet its own thread inside `watching`.
        self._lock = threading.RLock()
        self._sockets: set[socket.socket] = set()

    @property
    def requested(self) -> bool:
        """Whether the work should stop."""
        return self._event.is_set()

    def request(self) -> None:
        """Ask for it, from any thread; returns at once."""
        self._event.set()
        with self._lock:
            for each in self._sockets:
                _hang_up(each)

    def check(self) -> None:
        """Raise Stopped once it was asked for."""
        if self._event.is_set():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Wait, or raise Stopped as soon as it is asked for."""
        if self._event.wait(seconds):
            raise Stopped

    @contextlib.contextmanager
    def watching(self, connection: socket.socket) -> Iterator[None]:
        """Hang up this connection when it is asked for, so that a read of it ends."""
        with self._lock:
            self._sockets.add(connection)
            if self._event.is_set():
                _hang_up(connection)
        try:
            yield
        finally:
            with self._lock:
                self._sockets.discard(connection)

    def await_call(self, call: Callable[[], T]) -> T:
        """Return what `call` returns, or raise Stopped at once and leave it to end by itself.

        For calls into a library that can't be interrupted, yet end within a time limit of their own.
        """
        self.check()
        done = threading.Event()
        results: list[T] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                results.append(call())
            except BaseException as error:
                errors.append(error)
            finally:
                done.set()

        threading.Thread(target=work, name="penwright-question", daemon=True).start()
        while not done.wait(0.05):
            self.check()
        if errors:
            raise errors[0]
        return results[0]


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
