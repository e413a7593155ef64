"""An engine whose answers are written beforehand: for tests of speed and of faults, and for demonstrations.

It stands behind the same protocol as the real one, starts no process, and answers on the caller's thread
when told to, so that a test decides what comes when.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from penwright.core.answer import Answer
from penwright.engine.api import Event, Listener, Phase, Status
from penwright.engine.messages import Done, Load, Request


class ScriptedEngine:
    """Answers each request with the next of its texts; "" once they are used up.

    requests, cancelled, loads: what it has been asked so far, in order.
    """

    def __init__(
        self, listener: Listener, texts: Iterable[str] = (), *, logprob: float = -0.01, at_once: bool = True
    ) -> None:
        """Take the answers in order. at_once: answer within `ask()`; else wait for `answer()`."""
        self._listener = listener
        self._texts = deque(texts)
        self._logprob = logprob
        self._at_once = at_once
        self.requests: list[Request] = []
        self.cancelled: list[int] = []
        self.loads: list[Load] = []
        self.closed = False

    def load(self, load: Load) -> None:
        """Note the model and say that it is loaded."""
        self.loads.append(load)
        self.tell(Status(Phase.IDLE))

    def ask(self, request: Request) -> None:
        """Note the request, and answer it if answers come at once."""
        self.requests.append(request)
        if self._at_once:
            self.answer()

    def answer(self, index: int = -1) -> None:
        """Answer the request at `index` of `requests` with the next text."""
        text = self._texts.popleft() if self._texts else ""
        ends = tuple(place + 1 for place in range(len(text)))
        logprobs = (self._logprob,) * len(ends)
        answers = (Answer(text, ends, logprobs),) if text else ()
        self.tell(Done(self.requests[index].id, answers, len(ends)))

    def tell(self, event: Event) -> None:
        """Send any event, as the real engine would."""
        self._listener(event)

    def cancel(self, request: int) -> None:
        """Note that a request need not be answered."""
        self.cancelled.append(request)

    def close(self) -> None:
        """Note the end."""
        self.closed = True
