"""One model, one context, and how a request is answered with them.

A request goes: choose the window, keep the longest prefix that the KV cache already holds, evaluate what
is new, require the stem's letters, then run free until the sentence or the line ends.
"""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from penwright.base.errors import EngineError
from penwright.core import context, segment
from penwright.core.answer import Answer
from penwright.core.context import Window
from penwright.core.snapshot import utf16_units
from penwright.engine.healing import best
from penwright.engine.llama.context import Aborted, Context
from penwright.engine.llama.library import BINDING, Library
from penwright.engine.llama.model import Model
from penwright.engine.messages import Done, Load, Ready, Request
from penwright.engine.tokens import TokenTable

# Enough for what a writer's page holds around the caret, and little enough to be evaluated while someone
# waits; a model trained for less gets less.
_DEFAULT_CONTEXT = 4096
_STEM_ROOM = 24  # tokens kept free for the stem's letters
_STEM_LETTERS = 48  # a longer run of letters is no word, and costs more than it can give


class Session:
    """A loaded model that answers requests one at a time.

    `abort()` may be called from any thread, everything else from one.
    """

    def __init__(self, library: Library, load: Load) -> None:
        """Load the model. Raises ModelError or EngineError."""
        began = time.perf_counter()
        self._library = library
        self._load = load
        self._model = Model(library, Path(load.path), load.gpu_layers)
        wanted = load.n_ctx or _DEFAULT_CONTEXT
        self._threads = load.n_threads or default_threads()
        self._context = Context(self._model, min(wanted, self._model.n_ctx_train), self._threads)
        self._table = TokenTable.of(self._model, load.cache)
        self._pieces = self._table.pieces
        self._held: list[int] = []  # the tokens in the KV cache
        # What follows the last prompt: while a word is being typed the prompt stays the same, and its letters
        # only choose among these logits.
        self._prompt: tuple[int, ...] = ()
        self._prompt_logits: npt.NDArray[np.float32] = np.empty(0, np.float32)
        self._edges: dict[str, int] = {}  # each document's left edge, in UTF-16 code units of the document
        self._load_ms = (time.perf_counter() - began) * 1000

    def ready(self) -> Ready:
        """Return what is to be known of the loaded model."""
        model = self._model
        return Ready(
            pid=os.getpid(),
            path=self._load.path,
            description=model.description,
            parameters=model.parameters,
            size=model.size,
            n_ctx=self._context.n_ctx,
            n_ctx_train=model.n_ctx_train,
            n_vocab=model.n_vocab,
            n_threads=self._threads,
            load_ms=self._load_ms,
            system_info=self._library.system_info(),
            binding=BINDING,
            devices=self._library.devices(),
        )

    def abort(self) -> None:
        """Stop the running request as soon as can be."""
        self._context.abort()

    def resume(self) -> None:
        """Let the next request run."""
        self._context.resume()

    def complete(self, request: Request, chunk: Callable[[str], None]) -> Done:
        """Answer a request; `chunk` gets text as it comes. Raises EngineError when evaluation fails."""
        began = time.perf_counter()
        most = max(1, min(request.max_tokens, self._context.n_ctx // 2))
        before = request.before
        at = segment.stem_start(before, min(self._table.longest, _STEM_LETTERS))
        window = self._window(request, before[:at], most)
        prompt = window.tokens
        stem = before[at:].encode("utf-8", "replace")
        if self._model.spaced_after(prompt[-1:]) and not stem.startswith(b" "):
            stem = b" " + stem
        writing = _Writing(stem, request, chunk)
        reused = 0
        prompt_ms = 0.0
        try:
            reused = self._evaluate_prompt(prompt)
            prompt_ms = (time.perf_counter() - began) * 1000
            stop = self._generate(writing, most)
        except Aborted:
            stop = "cancelled"
            prompt_ms = prompt_ms or (time.perf_counter() - began) * 1000
        text = writing.finished(stop)
        answer = Answer(
            text=text,
            ends=tuple(min(end, len(text)) for end in writing.ends),
            logprobs=tuple(round(logprob, 5) for logprob in writing.logprobs),
            stop=stop,
        )
        return Done(
            id=request.id,
            answers=(answer,) if text else (),
            tokens=writing.tokens,
            prompt_tokens=len(prompt),
            reused_tokens=reused,
            prompt_ms=round(prompt_ms, 3),
            total_ms=round((time.perf_counter() - began) * 1000, 3),
            stop=stop,
        )

    def _window(self, request: Request, text: str, most: int) -> Window:
        """Return the window of `text` to be evaluated, its edge where it was if that still serves."""
        edge = self._edges.get(request.document)
        kept = None if edge is None else _code_point(text, edge - request.origin)
        room = min(self._context.n_ctx, int((self._context.n_ctx - most - _STEM_ROOM) / context.FULL))
        window = context.fit(text, kept, self._model.begin, max(16, room))
        self._edges[request.document] = request.origin + utf16_units(text[: window.start])
        return window

    def _evaluate_prompt(self, prompt: tuple[int, ...]) -> int:
        """Bring the KV cache to the prompt and keep its logits; return how many of its tokens were there."""
        if prompt == self._prompt and tuple(self._held[: len(prompt)]) == prompt:
            kept = self._context.rewind(len(prompt))
            del self._held[kept:]
            if kept == len(prompt):
                return kept
        common = 0
        for held, wanted in zip(self._held, prompt, strict=False):
            if held != wanted:
                break
            common += 1
        # The last token is evaluated again even when the cache holds it, where its logits weren't kept.
        common = self._context.rewind(min(common, len(prompt) - 1))
        del self._held[common:]
        self._feed(prompt[common:])
        self._prompt, self._prompt_logits = prompt, self._context.logits().copy()
        return common

    def _feed(self, tokens: tuple[int, ...]) -> None:
        self._held.extend(tokens)
        try:
            self._context.evaluate(tokens)
        except (Aborted, EngineError):
            del self._held[self._context.length :]  # what was finished stays
            raise

    def _generate(self, writing: _Writing, most: int) -> str:
        """Generate until the text ends; return the reason."""
        logits = self._prompt_logits
        for _ in range(most):
            allowed = self._table.allowed(writing.required) if writing.required else None
            if allowed is not None and not len(allowed):
                return "end"  # no token can write the next letter of the stem
            token, logprob = best(logits, allowed)
            if allowed is None and (self._model.ends(token) or not self._pieces[token]):
                return "end"
            stop = writing.add(self._pieces[token], logprob)
            if stop:
                return stop
            if len(self._held) >= self._context.n_ctx - 1:
                break
            self._feed((token,))
            logits = self._context.logits()
        # Whether the last word is whole shows in what would come next.
        following = self._pieces[int(np.argmax(logits))].decode("utf-8", "replace")[:1]
        # U+FFFD: a letter that is written in several tokens, and most likely a letter of the word.
        writing.whole_word = not following or not (segment.in_word(following) or following == "\ufffd")
        return "limit"

    def close(self) -> None:
        """Free the context and the model."""
        self._context.close()
        self._model.close()


class _Writing:
    """The text of one answer while it grows."""

    def __init__(self, stem: bytes, request: Request, chunk: Callable[[str], None]) -> None:
        self.required = stem
        self.tokens = 0
        self.ends: list[int] = []
        self.logprobs: list[float] = []
        self.text = ""
        self.whole_word = False
        self._before = request.before
        self._chunk = chunk
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")

    def add(self, piece: bytes, logprob: float) -> str:
        """Add a token's bytes; return the reason to stop, or ""."""
        self.tokens += 1
        overlap = min(len(piece), len(self.required))
        self.required, fresh = self.required[overlap:], piece[overlap:]
        try:
            letters = self._decoder.decode(fresh)
        except UnicodeDecodeError:
            return "end"  # no text any more
        self.text += letters
        if self.required:
            return ""
        self.ends.append(len(self.text))
        self.logprobs.append(logprob)
        if "\n" in letters:
            self.text = self.text[: self.text.index("\n")]
            return "newline"
        end = segment.sentence_end(self.text, self._before)
        if end is not None and end < len(self.text):
            self.text = self.text[:end]
            return "sentence"
        if letters:
            self._chunk(letters)
        return ""

    def finished(self, stop: str) -> str:
        """Return the text without a half word or half a sequence of bytes at its end."""
        if stop in ("limit", "cancelled") and not self.whole_word:
            whole = segment.sentence_end(self.text, self._before) == len(self.text)
            half = segment.trailing_word(self.text)
            if half and not whole:
                self.text = self.text[: -len(half)]
        if stop != "sentence":
            self.text = self.text.rstrip(" \t")
        return self.text


def default_threads() -> int:
    """Return how many threads an inline answer gets: one on two cores, else all physical ones but one.

    One thread beats two on a busy two-core machine (p50 5.5 to 8 ms a token against 16 to 21): whoever
    waits for the slower thread waits for the other program.
    """
    import psutil  # noqa: PLC0415 - only the worker needs it, and only here

    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return max(1, cores - 1)


def _code_point(text: str, units: int) -> int | None:
    """Return the index in code points of a place given in UTF-16 code units; None if it isn't in `text`."""
    if units < 0:
        return None
    if utf16_units(text) == len(text):
        return units if units <= len(text) else None
    place = 0
    for index, letter in enumerate(text):
        if place >= units:
            return index
        place += 1 + (letter > "\uffff")
    return len(text) if place == units else None
