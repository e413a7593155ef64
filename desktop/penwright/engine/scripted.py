"""An engine whose answers are written beforehand: for tests of speed and of faults, and for demonstrations.

It stands behind the same protocol as the real one, starts no process, and answers on the caller's thread
when told to, so that a test decides what comes when, late, out of order, or never.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence

from penwright.core.answer import Answer
from penwright.engine.api import Event, Listener, Phase, Status
from penwright.engine.messages import (
    Asked,
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

# The answers to one request: one text, several candidates, or None to leave it unanswered.
Script = str | Sequence[str] | None


class ScriptedEngine:
    """Answers each request with the next of its texts; "" once they are used up.

    Spare requests have texts of their own, and so have whole texts, which are told word by word. requests,
    composes, counts, cancelled, loads: what it has been asked so far, in order, spare requests included. A
    cancel ends a whole text that is being told; of other requests it is only noted.
    """

    def __init__(
        self,
        listener: Listener,
        texts: Iterable[Script] = (),
        *,
        spare: Iterable[Script] = (),
        whole: Iterable[str] = (),
        logprob: float = -0.01,
        at_once: bool = True,
        room: int = 4096,
        model: Ready | None = None,
    ) -> None:
        """Take the answers in order.

        at_once: answer within `ask()`; else wait for `answer()`,
        `stream()`, `finish()` or `fail()`. whole: whole texts. room: tokens, one for each letter. model: what
        is known of its model once it has been loaded.
        """
        self._listener = listener
        self._texts = {False: deque(texts), True: deque(spare)}
        self._whole = deque(whole)
        self._told: dict[int, str] = {}  # whole texts that have not ended, and what was told of them
        self._room = room
        self._loaded = model
        self.model: Ready | None = None
        self._logprob = logprob
        self._at_once = at_once
        self.requests: list[Request] = []
        self.composes: list[Compose] = []
        self.counts: list[Count] = []
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
        self.model = self._loaded
        if self.model is not None:
            self.tell(self.model)
        self.tell(Status(Phase.IDLE))

    def ask(self, request: Asked) -> None:
        """Note the request, and answer it if answers come at once; a count is always answered."""
        if isinstance(request, Count):
            self.counts.append(request)
            each = tuple(len(piece.text) for piece in request.pieces)
            self.tell(Counted(request.id, sum(each), self._room, each))
            return
        if isinstance(request, Compose):
            self.composes.append(request)
            self._told[request.id] = ""
            if self._at_once:
                self.stream(self._whole.popleft() if self._whole else "")
                self.finish()
            return
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

    def stream(self, text: str, index: int = -1) -> None:
        """Tell this text, word by word, as more of the whole text asked at `index` of `composes`."""
        number = self.composes[index].id
        for word in re.findall(r"\s*\S+|\s+$", text):
            if number not in self._told:
                return  # who listens has cancelled it
            self._told[number] += word
            self.tell(Chunk(number, word))

    def finish(self, stop: str = "end", index: int = -1) -> None:
        """End the whole text asked at `index` of `composes`."""
        self._end(self.composes[index].id, stop)

    def break_off(self, key: str = "engine.ended", index: int = -1) -> None:
        """Let the whole text asked at `index` of `composes` fail, as when the worker ends."""
        number = self.composes[index].id
        if self._told.pop(number, None) is not None:
            self.tell(Failed(number, key))

    def _end(self, number: int, stop: str) -> None:
        text = self._told.pop(number, None)
        if text is not None:
            self.tell(Done(number, (Answer(text, stop=stop),), stop=stop))

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
        """Note that a request need not be answered; a whole text ends."""
        self.cancelled.append(request)
        self._end(request, "cancelled")

    def close(self) -> None:
        """Note the end."""
        self.closed = True
