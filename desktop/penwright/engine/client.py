"""The conversation with the worker process, on one background thread.

The thread runs an asyncio loop that starts the process, writes requests, reads answers, and starts the
process anew when it ends by itself. Whoever calls only leaves a note for that thread, so a worker that is
stuck can't delay a key.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from penwright.base.errors import Value
from penwright.engine.api import Event, Listener, Phase, Status
from penwright.engine.faults import FaultRecord, how_it_ended
from penwright.engine.messages import (
    Asked,
    Cancel,
    Chunk,
    Compose,
    Count,
    Counted,
    Done,
    Failed,
    FromWorker,
    Load,
    Ready,
    Request,
    ToWorker,
    Trying,
    decode,
    encode,
)
from penwright.engine.process import worker_command, worker_environment

log = logging.getLogger(__name__)

# Seconds before the worker is started again, by how many times it has ended since its last answer.
BACK_OFF = (0.1, 0.3, 1.0, 2.0, 5.0, 10.0)
_LINE_LIMIT = 16 * 1024 * 1024  # bytes of one message
_CLOSE_WAIT = 2.0  # seconds a worker is given to end by itself


@dataclass
class _Conversation:
    """One worker process, the model it was started for, and what it has been asked."""

    process: asyncio.subprocess.Process
    load: Load
    ready: bool = False
    phase: Phase = Phase.STARTING


class EngineClient:
    """The engine behind a worker process; see engine.api.Engine.

    The listener is called on the client's thread. A listener that raises is logged, and the conversation
    goes on.
    """

    def __init__(
        self,
        listener: Listener,
        command: Sequence[str] | None = None,
        back_off: Sequence[float] = BACK_OFF,
    ) -> None:
        """Start the thread. command: starts a worker, the program's own by default."""
        self._listener = listener
        self._command = list(command or worker_command())
        self._back_off = back_off
        self._faults = FaultRecord()
        self._load: Load | None = None
        # By kind, visible (False) or spare (True): the newest request until the worker can take it, and the
        # newest that the worker has. A visible one takes the spare one's place as well.
        self._waiting: dict[bool, Request] = {}
        self._asked: dict[bool, int] = {}
        # Whole texts and counts, in order: those that wait for a worker, and which texts it has.
        self._queue: list[Compose | Count] = []
        self._texts: set[int] = set()
        self._open: dict[int, None] = {}  # all that it has and has not answered, in order
        self._talk: _Conversation | None = None
        self._model: Ready | None = None
        self._closing = threading.Event()
        self._wanted = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="engine-conversation", daemon=True)
        self._thread.start()

    # What may be called from any thread.

    @property
    def model(self) -> Ready | None:
        """What is known of its model since it was first loaded; None before."""
        return self._model

    def load(self, load: Load) -> None:
        """Load a model in a fresh process, in place of any other."""
        self._post(self._take_load, load)

    def ask(self, request: Asked) -> None:
        """Send a request; while the worker is away or loading, the newest one waits for it.

        One that is not spare supersedes all before it, a spare one only another spare one. Whole texts and
        counts wait all.
        """
        self._post(self._take_request if isinstance(request, Request) else self._take_text, request)

    def cancel(self, request: int) -> None:
        """Stop a request."""
        self._post(self._take_cancel, request)

    def close(self) -> None:
        """End the worker and the thread; returns when both have ended."""
        if not self._thread.is_alive():
            return
        self._post(self._take_close)
        self._thread.join()

    def _post(self, call: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError:
            log.debug("the engine is closed; %s is dropped", call.__name__)

    # The rest runs on the client's thread.

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._keep_worker())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    def _tell(self, event: Event) -> None:
        try:
            self._listener(event)
        except Exception:
            log.exception("a listener of the engine failed on %s", type(event).__name__)

    def _enter(self, phase: Phase, key: str = "", **values: Value) -> None:
        if self._talk is not None:
            self._talk.phase = phase
        self._tell(Status(phase, self._talk.process.pid if self._talk else 0, key, dict(values)))

    def _take_load(self, load: Load) -> None:
        self._load = replace(load)  # told from the one before even where that was the same
        self._faults = FaultRecord()
        self._model = None
        self._wanted.set()
        if self._talk is not None:
            _kill(self._talk.process)  # the keeper sees it end, and starts one for the new model

    def _take_request(self, request: Request) -> None:
        for kind in self._superseded(request):
            if waiting := self._waiting.pop(kind, None):
                self._tell(Done(id=waiting.id, stop="cancelled"))
        self._waiting[request.spare] = request
        if self._load is None:
            self._fail_waiting("engine.no_model")
        self._send_waiting()

    def _take_text(self, asked: Compose | Count) -> None:
        self._queue.append(asked)
        if self._load is None:
            self._fail_waiting("engine.no_model")
        self._send_waiting()

    @staticmethod
    def _superseded(request: Request) -> tuple[bool, ...]:
        return (True,) if request.spare else (False, True)

    def _take_cancel(self, request: int) -> None:
        for kind, waiting in list(self._waiting.items()):
            if waiting.id == request:
                del self._waiting[kind]
                self._tell(Done(id=request, stop="cancelled"))
        for text in [text for text in self._queue if text.id == request]:
            self._queue.remove(text)
            self._tell(Done(id=request, stop="cancelled"))
        if request in self._asked.values() or request in self._texts:
            self._send(Cancel(request))

    def _fail_waiting(self, key: str) -> None:
        """Answer the requests that wait for a worker when none will come."""
        waiting = [*self._queue, *self._waiting.values()]
        self._queue, self._waiting = [], {}
        for request in waiting:
            self._tell(Failed(request.id, key))

    def _take_close(self) -> None:
        self._closing.set()
        self._wanted.set()
        if self._talk is not None:
            if self._talk.process.stdin is not None:
                self._talk.process.stdin.close()  # the worker ends at the end of its input
            self._loop.call_later(_CLOSE_WAIT, _kill, self._talk.process)

    def _send_waiting(self) -> None:
        if self._talk is None or not self._talk.ready or self._talk.load is not self._load:
            return
        for text in self._queue:
            self._open[text.id] = None
            if isinstance(text, Compose):
                first = not self._asked and not self._texts
                self._texts.add(text.id)
                if first:
                    self._enter(Phase.PROMPT)
            self._send(text)
        self._queue = []
        for request in sorted(self._waiting.values(), key=lambda waiting: waiting.spare):
            for kind in self._superseded(request):
                self._asked.pop(kind, None)
            first = not self._asked and not self._texts
            self._asked[request.spare] = request.id
            self._open[request.id] = None
            self._send(request)
            if first:  # a spare one waits for the visible one to end
                self._enter(Phase.PROMPT)
        self._waiting = {}

    def _send(self, message: ToWorker) -> None:
        assert self._talk is not None
        if self._talk.process.stdin is not None and not self._talk.process.stdin.is_closing():
            self._talk.process.stdin.write(encode(message))

    async def _keep_worker(self) -> None:
        """Keep a worker running while one is wanted."""
        while not self._closing.is_set():
            if self._load is None:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            load = self._load
            await self._converse(load)
            if not self._closing.is_set() and self._load is load:
                await self._after_end(load)
        self._fail_waiting("engine.ended")
        self._enter(Phase.STOPPED)

    async def _converse(self, load: Load) -> None:
        """Start a worker, load the model, and pass messages on until it ends."""
        sent = self._faults.started(load)
        self._enter(Phase.STARTING)
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=_LINE_LIMIT,
                env=worker_environment(gpu=sent.gpu_layers != 0),
                creationflags=0x08000000 if sys.platform == "win32" else 0,  # no console window
            )
        except OSError as error:
            if self._load is not load:
                return
            self._enter(Phase.REFUSED, "engine.cannot_start", why=error.strerror or str(error))
            self._load = None
            self._fail_waiting("engine.no_model")
            return
        if self._closing.is_set() or self._load is not load:
            _kill(process)  # while it was being started, something else came to be wanted
        self._talk = talk = _Conversation(process, load)
        self._enter(Phase.LOADING)
        self._send(sent)
        said: deque[str] = deque(maxlen=20)
        assert process.stdout is not None and process.stderr is not None
        errors = self._loop.create_task(_collect(process.stderr, said))
        try:
            async for line in process.stdout:
                self._receive(decode(line))
            garbled = False
        except (ValueError, TypeError):  # no JSON, no known message, or fields of other types
            log.exception("the worker sent something that is no message")
            garbled = True
            _kill(process)
        code = await process.wait()
        await errors
        phase, self._talk = talk.phase, None
        if not self._closing.is_set() and self._load is load:
            ended = how_it_ended(code)
            log.warning(
                "engine worker %d ended by itself (%s) while %s: %s",
                process.pid,
                ended,
                phase.value,
                " | ".join(said),
            )
            self._faults.ended(1 if garbled else code)  # we killed it, but for its own fault
        lost, self._open, self._asked, self._texts = list(self._open), {}, {}, set()
        for request in lost:
            self._tell(Failed(request, "engine.ended"))

    async def _after_end(self, load: Load) -> None:
        """Say what has happened, and wait before the next start."""
        if self._faults.guilty:
            self._load = None
            self._enter(Phase.ASIDE, "engine.aside", path=load.path)
            self._fail_waiting("engine.no_model")
            return
        pause = self._back_off[min(self._faults.in_a_row, len(self._back_off)) - 1]
        self._enter(Phase.RESTARTING, "engine.restarting", seconds=pause)
        self._wanted.clear()
        try:
            await asyncio.wait_for(self._wanted.wait(), pause)
        except TimeoutError:
            return

    def _receive(self, message: ToWorker | FromWorker) -> None:
        assert self._talk is not None
        if self._talk.load is not self._load and _is_of_the_load(message):
            return  # another model was asked for since: this worker has been killed
        if isinstance(message, Trying):
            self._faults.heard(message)
        elif isinstance(message, Ready):
            self._talk.ready = True
            self._model = message
            self._tell(message)
            self._enter(Phase.IDLE)
            self._send_waiting()
        elif isinstance(message, Chunk):
            known = message.id in self._asked.values() or message.id in self._texts
            if known and self._talk.phase is not Phase.GENERATING:
                self._enter(Phase.GENERATING)
            self._tell(message)
        elif isinstance(message, Counted):
            self._open.pop(message.id, None)
            self._tell(message)
        elif isinstance(message, Done):
            if message.stop != "cancelled":
                self._faults.answered()
            self._finish(message.id)
            self._tell(message)
        elif isinstance(message, Failed):
            if message.id == 0:
                self._load_refused(message)
            else:
                self._finish(message.id)
                self._tell(message)

    def _finish(self, request: int) -> None:
        self._open.pop(request, None)
        if request in self._texts:
            self._texts.remove(request)
            self._enter(Phase.PROMPT if self._asked or self._texts else Phase.IDLE)
        for kind, asked in list(self._asked.items()):
            if asked == request:
                del self._asked[kind]
                self._enter(Phase.PROMPT if self._asked or self._texts else Phase.IDLE)

    def _load_refused(self, message: Failed) -> None:
        """Let the worker go: it has no model, and the next one is loaded in a fresh process."""
        assert self._talk is not None
        self._load = None
        self._tell(message)
        self._enter(Phase.REFUSED, message.key, **message.values)
        self._fail_waiting("engine.no_model")
        _kill(self._talk.process)


def _is_of_the_load(message: ToWorker | FromWorker) -> bool:
    """Whether it says what became of the model, and not of a request."""
    return isinstance(message, Ready | Trying) or (isinstance(message, Failed) and message.id == 0)


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        try:
            process.kill()
        except ProcessLookupError:
            log.debug("the worker had ended already")


async def _collect(stream: asyncio.StreamReader, said: deque[str]) -> None:
    """Keep the last lines that a worker writes to its error stream, for the log."""
    try:
        async for line in stream:
            if text := line.decode("utf-8", "replace").strip():
                said.append(text[:300])
    except ValueError:  # a line longer than the limit
        said.append("(a very long line)")
