"""One model, one context, and how a request is answered with them.

A request goes: choose the window, take the longest beginning of it that the KV cache holds, evaluate what
is new, then write answers from there, each in a strand of its own: so the prompt's strand always ends at
the last word's boundary. Where too much is new to be waited for, a short window answers at once, and the
long one is evaluated as an errand, when nothing is asked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from penwright.base.errors import EngineError
from penwright.core.answer import Answer
from penwright.engine.messages import (
    MAX_CANDIDATES,
    Compose,
    Count,
    Counted,
    Done,
    Load,
    Ready,
    Request,
    Trying,
)
from penwright.engine.worker.composing import Composing
from penwright.engine.worker.generation import Generation, Task
from penwright.engine.worker.healing import stem_start
from penwright.engine.worker.llama.context import Aborted
from penwright.engine.worker.llama.library import BINDING, Library
from penwright.engine.worker.loading import take_seat
from penwright.engine.worker.prompts import Prompts
from penwright.engine.worker.strands import Strand
from penwright.engine.worker.threads import KeptThreads, Threads
from penwright.engine.worker.tokens import TokenTable

# Enough for what a writer's page holds around the caret, and little enough to be evaluated while someone
# waits; a model trained for less gets less.
_DEFAULT_CONTEXT = 4096
_LEAST_CONTEXT = 64  # below that there is no room for a prompt and an answer


class Session:
    """A loaded model that answers requests one at a time.

    `abort()` and `resume()` may be called from any thread, everything else from one at a time.
    """

    def __init__(
        self, library: Library, load: Load, trying: Callable[[Trying], None] = lambda _trying: None
    ) -> None:
        """Load the model; `trying` hears of each number of GPU layers. Raises ModelError or EngineError."""
        began = time.perf_counter()
        self._library = library
        self._load = load
        wanted = max(_LEAST_CONTEXT, load.n_ctx or _DEFAULT_CONTEXT)
        seat = take_seat(library, load, wanted, load.n_threads or 1, trying)
        self._model, self._evaluation, self._positions = seat.model, seat.evaluation, seat.positions
        self.placement = seat.placement
        self._threads = Threads(load.n_threads, KeptThreads(load.cache, self._model.description))
        self._use_threads()
        self._fresh = True
        self._prompts = Prompts(self._model, self._positions)
        self._table = TokenTable.of(self._model, load.cache)
        self._generation = Generation(self._model, self._table, self._evaluation, self._positions)
        self._composing = Composing(self._model, self._table, self._evaluation, self._positions)
        self._load_ms = (time.perf_counter() - began) * 1000

    def ready(self) -> Ready:
        """Return what is to be known of the loaded model."""
        model = self._model
        bos, eos = model.marks
        return Ready(
            pid=os.getpid(),
            path=self._load.path,
            description=model.description,
            parameters=model.parameters,
            size=model.size,
            n_ctx=self._positions,
            n_ctx_train=model.n_ctx_train,
            n_vocab=model.n_vocab,
            n_threads=self._threads.count,
            load_ms=self._load_ms,
            system_info=self._library.system_info(),
            binding=BINDING,
            devices=self._library.devices(),
            placement=self.placement,
            chat_template=model.chat_template,
            bos=bos,
            eos=eos,
            backends=self._library.backends(),
        )

    def abort(self) -> None:
        """Stop the running request or errand as soon as can be."""
        self._evaluation.context.abort()

    def resume(self) -> None:
        """Let the next request run."""
        self._evaluation.context.resume()

    @property
    def has_errand(self) -> bool:
        """Whether there is something to evaluate that nobody waits for."""
        return self._fresh or self._evaluation.has_errand or self._threads.unmeasured

    def run_errand(self) -> None:
        """Evaluate what nobody waits for, until it is done or `abort()` is called."""
        try:
            if self._fresh:
                self._evaluation.warm_up()
                self._fresh = False
            self._evaluation.run_errand()
            if self._threads.unmeasured and not self._evaluation.has_errand:
                self._threads.measure(self._evaluation.seconds_a_token)
                self._use_threads()
        except Aborted:
            return
        except EngineError:
            # Nobody waits for it; the next request meets the fault, and tells of it.
            self._fresh = self._threads.unmeasured = False

    def _use_threads(self) -> None:
        self._evaluation.context.set_threads(self._threads.count)

    def forget(self) -> None:
        """Forget every text: the next request finds nothing in the cache."""
        self._evaluation.forget()
        self._prompts.forget()

    def complete(self, request: Request, chunk: Callable[[str], None]) -> Done:
        """Answer a request; `chunk` gets the first answer's text as it comes. Raises EngineError."""
        began = time.perf_counter()
        candidates = max(1, min(request.candidates, MAX_CANDIDATES))
        most = max(1, min(request.max_tokens, self._positions // 2))
        before = request.before
        at = stem_start(before, self._table) if request.healed else len(before)
        answers: list[Answer] = []
        tokens = prompt_tokens = reused = 0
        prompt_ms = 0.0
        stop = "end"
        try:
            strand, reused = self._evaluation.prompt(
                self._prompts.whole(request, before[:at], most),
                None if request.patient else lambda room: self._prompts.short(request, before[:at], room),
            )
            prompt_tokens = len(strand)
            prompt_ms = (time.perf_counter() - began) * 1000
            most = self._evaluation.make_room(strand, candidates, most)  # all are in the cache at once
            task = self._task(strand, at, request, most, candidates)
            for written in self._generation.answers(strand, task, chunk):
                tokens += written.tokens
                stop = written.answer.stop
                if written.answer.text not in {"", *(answer.text for answer in answers)}:
                    answers.append(written.answer)
                if len(answers) == task.candidates:
                    break
        except Aborted:
            stop = "cancelled"
            prompt_ms = (time.perf_counter() - began) * 1000
        total_ms = (time.perf_counter() - began) * 1000
        if tokens and not request.spare and self._threads.observe((total_ms - prompt_ms) / tokens):
            self._use_threads()
        return Done(
            id=request.id,
            answers=tuple(answers),
            tokens=tokens,
            prompt_tokens=prompt_tokens,
            reused_tokens=reused,
            prompt_ms=round(prompt_ms, 3),
            total_ms=round(total_ms, 3),
            stop=answers[0].stop if answers and stop != "cancelled" else stop,
        )

    def compose(self, compose: Compose, chunk: Callable[[str], None]) -> Done:
        """Write a whole text; `chunk` gets it as it comes. Raises EngineError."""
        return self._composing.compose(compose, chunk)

    def count(self, count: Count) -> Counted:
        """Return a prompt's length."""
        return self._composing.count(count)

    def _task(self, strand: Strand, at: int, request: Request, most: int, candidates: int) -> Task:
        before = request.before
        last = strand.tokens[-1:].tolist()
        stem = self._model.spelt(before[at:], before[:at], last) if request.healed else b""
        return Task(
            before=before,
            stem=stem,
            forced=request.forced.encode("utf-8", "replace"),
            most=most,
            candidates=candidates,
        )

    def close(self) -> None:
        """Free the context and the model."""
        self._evaluation.context.close()
        self._model.close()
