"""Writing whole texts: a prompt of frame and data in, a stream of text out.

The prompt is brought into the same strand as those of suggestions, so that a second variant, or the next
paragraph under the same instructions, evaluates only what is new. The text grows in a draft strand.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from penwright.base.errors import EngineError
from penwright.core.answer import Answer
from penwright.core.outflow import Outflow
from penwright.engine.messages import Compose, Count, Counted, Done
from penwright.engine.worker.evaluation import Evaluation
from penwright.engine.worker.llama.context import Aborted
from penwright.engine.worker.llama.frames import Frames
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.llama.sampler import Sampler
from penwright.engine.worker.lookup import Lookup
from penwright.engine.worker.stepping import Stepping
from penwright.engine.worker.strands import Strand
from penwright.engine.worker.tokens import TokenTable

# Seconds between two chunks at least: the eye sees no more, and each takes time on both sides of the pipe.
_CHUNK_EVERY = 0.015
# Tokens of thoughts at most, where the context has room for them: they are not counted as the text's.
_THOUGHTS = 2048


@dataclass
class _Telling:
    """What was written, what of it was told, and what waits to be told."""

    outflow: Outflow
    chunk: Callable[[str], None]
    text: str = ""
    tokens: int = 0
    thoughts: int = 0  # of the tokens
    fragment: bool = False  # the next token's letters begin one (Vocabulary.opens_fragment)
    _waiting: str = ""
    _told_at: float = 0.0
    # Bytes that are no letters are left out: nobody can read them.
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("ignore")
    )

    def add(self, piece: bytes) -> None:
        self._take(self.outflow.feed(self._decoder.decode(piece)))

    def finish(self) -> None:
        self._take(self.outflow.finish())
        self._tell()

    def _take(self, letters: str) -> None:
        self.text += letters
        self._waiting += letters
        if time.perf_counter() - self._told_at >= _CHUNK_EVERY:
            self._tell()

    def _tell(self) -> None:
        if self._waiting:
            self.chunk(self._waiting)
            self._waiting = ""
            self._told_at = time.perf_counter()


class Composing:
    """Writes whole texts with one model. positions: tokens that a prompt and its text may have together."""

    def __init__(self, model: Model, table: TokenTable, evaluation: Evaluation, positions: int) -> None:
        self._model = model
        self._pieces = table.pieces
        self._evaluation = evaluation
        self._positions = positions
        self._frames: Frames | None = None

    @property
    def _framing(self) -> Frames:
        """Made when it is first wanted: most writers never ask for a whole text."""
        if self._frames is None:
            self._frames = Frames(self._model)
        return self._frames

    def count(self, count: Count) -> Counted:
        """Return a prompt's length."""
        tokens = len(self._framing.tokens(count.pieces))
        return Counted(count.id, tokens, self._positions, self._framing.each(count.pieces))

    def compose(self, compose: Compose, chunk: Callable[[str], None]) -> Done:
        """Write a text; `chunk` gets it as it comes.

        Raises EngineError: compose.too_long when it does not fit, others when the evaluation fails.
        """
        began = time.perf_counter()
        prompt = np.array(self._framing.tokens(compose.pieces), np.int32)
        most = max(1, compose.max_tokens)
        if len(prompt) + most > self._positions:
            raise EngineError("compose.too_long", tokens=len(prompt), wanted=most, room=self._positions)
        frame = "".join(piece.text for piece in compose.pieces if piece.frame).rstrip()
        opened = compose.think is not None and bool(compose.think[0]) and frame.endswith(compose.think[0])
        telling = _Telling(Outflow(compose.stop, compose.think, thinking=opened), chunk)
        telling.fragment = bool(len(prompt)) and self._model.opens_fragment(int(prompt[-1]))
        thoughts = self._room_for_thoughts(compose, len(prompt) + most)
        reused, prompt_ms = 0, 0.0
        try:
            strand, reused = self._evaluation.prompt(prompt, None)
            prompt_ms = (time.perf_counter() - began) * 1000
            self._evaluation.make_room(strand, 1, most + thoughts)
            stop = self._write(strand, compose, most, most + thoughts, telling)
        except Aborted:
            stop = "cancelled"
            prompt_ms = prompt_ms or (time.perf_counter() - began) * 1000
        telling.finish()
        return Done(
            id=compose.id,
            answers=(Answer(telling.text, stop=stop),) if telling.text else (),
            tokens=telling.tokens,
            prompt_tokens=len(prompt),
            reused_tokens=reused,
            prompt_ms=round(prompt_ms, 3),
            total_ms=round((time.perf_counter() - began) * 1000, 3),
            stop=stop,
        )

    def _room_for_thoughts(self, compose: Compose, taken: int) -> int:
        """Return how many tokens a model may think; taken: tokens of the prompt and the text."""
        return min(_THOUGHTS, self._positions - taken) if compose.think and compose.think[1] else 0

    def _write(self, source: Strand, compose: Compose, most: int, in_all: int, telling: _Telling) -> str:
        """Write until there is a reason to end, and return it. Raises Aborted, EngineError.

        most: tokens of the text; in_all: those of the thoughts counted in.
        """
        marks = (*compose.stop, *(compose.think or ()))
        sampler = Sampler(self._model.n_vocab, compose.sampling)
        guesses = compose.draft and sampler.greedy and self._evaluation.context.rewinds
        stepping = Stepping(self._evaluation, source, Lookup(source.tokens.tolist()) if guesses else None)
        logits = source.logits
        assert logits is not None
        try:
            for left in reversed(range(in_all)):
                if self._evaluation.context.aborted:
                    raise Aborted
                token = sampler.draw(logits)
                if stepping.ahead and sampler.close_call:
                    token = sampler.draw(stepping.alone())
                telling.tokens += 1
                if self._ends(token, marks, telling):
                    return "end"
                if telling.outflow.ended:
                    return "mark"
                telling.thoughts += telling.outflow.thinking
                if left == 0 or telling.tokens - telling.thoughts >= most:
                    return "length"
                sampler.accept(token)
                logits = stepping.after(token, left - 1)
            return "length"
        finally:
            sampler.close()

    def _ends(self, token: int, marks: tuple[str, ...], telling: _Telling) -> bool:
        """Take a token's letters; return whether it ends the text."""
        piece = self._pieces[token]
        if piece and not self._model.ends(token):
            telling.add(piece[1:] if telling.fragment and piece.startswith(b" ") else piece)
            telling.fragment = self._model.opens_fragment(token)
            return False
        control = self._framing.control(token)
        if control and any(control in mark for mark in marks):
            telling.add(control.encode("utf-8", "replace"))
            return False
        if self._model.ends(token):
            return True
        # Another control token begins a part of the template, which no text goes on in; in thoughts it may.
        return bool(control) and not telling.outflow.thinking
