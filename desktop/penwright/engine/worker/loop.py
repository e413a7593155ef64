"""The worker process: reads messages on its input, answers on its output; engine.mailbox says what is next.

It is a process of its own because llama.cpp ends the whole process on some inputs. Its output is a copy
of the real one, made before anything else can write to it; what libraries print goes to the error stream.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import BinaryIO

from penwright.base.errors import PenwrightError
from penwright.engine.messages import (
    Chunk,
    Compose,
    Count,
    Done,
    Failed,
    FromWorker,
    Load,
    Request,
    decode,
    encode,
)
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.loading import after_running_out
from penwright.engine.worker.lowered import LoweredThread
from penwright.engine.worker.mailbox import Cancelled, Errand, Mailbox
from penwright.engine.worker.session import Session


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
        self._lowered = LoweredThread()
        self._session: Session | None = None
        self._loaded = Load("")

    def _send(self, message: FromWorker) -> None:
        self._output.write(encode(message))
        self._output.flush()

    def run(self) -> None:
        """Work until the process ends."""
        while True:
            match self._mailbox.take(self._session):
                case Load() as load:
                    self._load(load)
                case Cancelled(ids):
                    for request in ids:
                        self._send(Done(id=request, stop="cancelled"))
                case Errand():
                    assert self._session is not None
                    self._lowered.run(self._session.run_errand)
                case Count() as count:
                    self._try(count.id, lambda session, count=count: session.count(count))  # type: ignore[misc]
                case Compose() as compose:
                    # It takes long, and the writer goes on typing beside it.
                    self._lowered.run(lambda compose=compose: self._compose(compose))  # type: ignore[misc]
                case Request(spare=True) as request:
                    self._lowered.run(lambda request=request: self._answer(request))  # type: ignore[misc]
                case Request() as request:
                    self._answer(request)

    def _load(self, load: Load) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
        try:
            self._session = Session(self._library, load, self._send)
        except PenwrightError as error:
            self._send(Failed(0, error.key, dict(error.values)))
            return
        except MemoryError:
            self._send(Failed(0, "engine.out_of_memory"))
            return
        self._loaded = load
        self._send(self._session.ready())

    def _answer(self, request: Request) -> None:
        begun = request.spare

        def chunk(text: str) -> None:
            # One tells that writing has begun; more are sent only to who shows them, since each takes time.
            nonlocal begun
            if not begun or request.stream:
                begun = True
                self._send(Chunk(request.id, text))

        self._try(request.id, lambda session: session.complete(request, chunk))

    def _compose(self, compose: Compose) -> None:
        def chunk(text: str) -> None:
            self._send(Chunk(compose.id, text))

        self._try(compose.id, lambda session: session.compose(compose, chunk))

    def _try(self, asked: int, answer: Callable[[Session], FromWorker]) -> None:
        """Send the answer to what was asked, or why there is none."""
        if self._session is None:
            self._send(Failed(asked, "engine.no_model"))
            return
        try:
            done = answer(self._session)
        except PenwrightError as error:
            self._send(Failed(asked, error.key, dict(error.values)))
            lower = after_running_out(self._loaded, self._session.placement, error)
            if lower is not None:
                self._load(lower)
            return
        except MemoryError:
            self._send(Failed(asked, "engine.out_of_memory"))
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
    try:
        Worker(output, mailbox).run()
    except BaseException:
        # Not by the interpreter's own way out: it would stumble over the reading thread, and hide the cause.
        traceback.print_exc()
        os._exit(1)
