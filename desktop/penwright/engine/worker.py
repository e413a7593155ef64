"""The worker process: reads messages on its input, answers on its output, newest request wins.

It is a process of its own because llama.cpp ends the whole process on some inputs. Its output is a copy
of the real one, made before anything else can write to it; what libraries print goes to the error stream.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import BinaryIO

from penwright.base.errors import PenwrightError
from penwright.engine.llama.library import Library
from penwright.engine.messages import (
    Cancel,
    Chunk,
    Done,
    Failed,
    FromWorker,
    Load,
    Request,
    decode,
    encode,
)
from penwright.engine.session import Session


class Mailbox:
    """The newest thing to do; what it supersedes is told to stop, or is handed back as cancelled."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._load: Load | None = None
        self._request: Request | None = None
        self._cancelled: list[int] = []
        self._running: int | None = None
        self._session: Session | None = None

    def put(self, message: object) -> None:
        """Take a message from the reader's thread."""
        with self._changed:
            if isinstance(message, Load):
                self._load = message
                self._stop_running()
            elif isinstance(message, Request):
                self._set_aside()
                self._request = message
                self._stop_running()
            elif isinstance(message, Cancel):
                if self._request is not None and self._request.id == message.id:
                    self._set_aside()
                elif self._running == message.id:
                    self._stop_running()
            self._changed.notify()

    def _set_aside(self) -> None:
        if self._request is not None:
            self._cancelled.append(self._request.id)
            self._request = None

    def _stop_running(self) -> None:
        if self._running is not None and self._session is not None:
            self._session.abort()

    def take(self, session: Session | None) -> Load | Request | list[int]:
        """Wait for the next thing to do: a model to load, ids that were cancelled, or a request to run."""
        with self._changed:
            self._running = None
            self._session = session
            while True:
                if self._load is not None:
                    load, self._load = self._load, None
                    return load
                if self._cancelled:
                    cancelled, self._cancelled = self._cancelled, []
                    return cancelled
                if self._request is not None:
                    request, self._request = self._request, None
                    self._running = request.id
                    if session is not None:
                        session.resume()
                    return request
                self._changed.wait()


def _read(source: BinaryIO, mailbox: Mailbox) -> None:
    """Pass messages on until the input ends; then end the process at once, so that no orphan is left."""
    try:
        for line in source:
            mailbox.put(decode(line))
    finally:
        os._exit(0)


class Worker:
    """The loop over the mailbox."""

    def __init__(self, output: BinaryIO, mailbox: Mailbox) -> None:
        self._output = output
        self._mailbox = mailbox
        self._library = Library()
        self._session: Session | None = None

    def _send(self, message: FromWorker) -> None:
        self._output.write(encode(message))
        self._output.flush()

    def run(self) -> None:
        """Work until the process ends."""
        while True:
            task = self._mailbox.take(self._session)
            if isinstance(task, list):
                for request in task:
                    self._send(Done(id=request, stop="cancelled"))
            elif isinstance(task, Load):
                self._load(task)
            else:
                self._answer(task)

    def _load(self, load: Load) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
        try:
            self._session = Session(self._library, load)
        except PenwrightError as error:
            self._send(Failed(0, error.key, dict(error.values)))
            return
        self._send(self._session.ready())

    def _answer(self, request: Request) -> None:
        if self._session is None:
            self._send(Failed(request.id, "engine.no_model"))
            return
        try:
            done = self._session.complete(request, lambda text: self._send(Chunk(request.id, text)))
        except PenwrightError as error:
            self._send(Failed(request.id, error.key, dict(error.values)))
            return
        self._send(done)


def main() -> None:
    """Run the worker on this process's input and output."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    mailbox = Mailbox()
    reader = threading.Thread(target=_read, args=(sys.stdin.buffer, mailbox), name="messages", daemon=True)
    reader.start()
    Worker(output, mailbox).run()
