"""An engine whose answers are written beforehand: for tests of speed and of faults, and for demonstrations.

It stands behind the same protocol as the real one, starts no process, and answers on the caller's thread
when told to, so that a test decides what comes when, late, out of order, or never.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from penwright.core.answer import Answer
from penwright.engine.api import Event, Listener, Phase, Status
from penwright.engine.messages import Done, Failed, Load, Request

# The answers to one request: one text, several candidates, or None to leave it unanswered.
Script = str | Sequence[str] | None


class ScriptedEngine:
    """Answers each request with the next of its texts; "" once they are used up.

    Spare requests have texts of their own. requests, cancelled, loads: what it has been asked so far, in
    order, spare requests included.
    """

    def __init__(
        self,
        listener: Listener,
        texts: Iterable[Script] = (),
        *,
        spare: Iterable[Script] = (),
        logprob: float = -0.01,
        at_once: bool = True,
    ) -> None:
        """Take the answers in order. at_once: answer within `ask()`; else wait for `answer()` or `fail()`."""
        self._listener = listener
        self._texts = {False: deque(texts), True: deque(spare)}
        self._logprob = logprob
        self._at_once = at_once
        self.requests: list[Request] = []
        self.cancelled: list[int] = []
        self.loads: list[Load] = []
        self.closed = False

    @property
    def visible(self) -> list[Request]:
        """The requests that are not spare."""
        return [request for request in self.requests if not request.spare]

    def load(self, load: Load) -> None:
        """Note the model and say that it is loaded."""
        self.loads.append(load)
        self.tell(Status(Phase.IDLE))

    def ask(self, request: Request) -> None:
        """Note the request, and answer it if answers come at once."""
        self.requests.append(request)
        if self._at_once:
            self._answer(request)

    def add(self, *texts: Script, spare: bool = False) -> None:
        """Have these answers follow the others."""
        self._texts[spare].extend(texts)

    def answer(self, index: int = -1) -> None:
        """Answer the request at `index` of `requests` with the next text of its kind."""
        self._answer(self.requests[index])

    def fail(self, index: int = -1, key: str = "") -> None:
        """End the request at `index` of `requests` with no answer: cancelled, or failed with this key."""
        request = self.requests[index].id
        self.tell(Failed(request, key) if key else Done(request, stop="cancelled"))

    def _answer(self, request: Request) -> None:
        texts = self._texts[request.spare]
        script = texts.popleft() if texts else ""
        if script is None:
            return
        candidates = (script,) if isinstance(script, str) else tuple(script)
        answers = tuple(self._made(text) for text in candidates[: request.candidates] if text)
        self.tell(Done(request.id, answers, sum(len(answer.ends) for answer in answers)))

    def _made(self, text: str) -> Answer:
        ends = tuple(place + 1 for place in range(len(text)))
        return Answer(text, ends, (self._logprob,) * len(ends))

    def tell(self, event: Event) -> None:
        """Send any event, as the real engine would."""
        self._listener(event)

    def cancel(self, request: int) -> None:
        """Note that a request need not be answered."""
        self.cancelled.append(request)

    def close(self) -> None:
        """Note the end."""
        self.closed = True
