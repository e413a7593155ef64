"""Bringing prompts into the KV cache: at once where little is new, in the background where it is much.

The strands: MAIN holds the whole window's prompt, SHORT the one that answers while MAIN is not there yet,
DRAFTS the answers being written. A model that can't go back also has CHECKPOINTS: earlier ends of MAIN.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from penwright.base.errors import EngineError
from penwright.engine.messages import MAX_CANDIDATES
from penwright.engine.worker.llama.context import CPU_BATCH, Aborted, Context
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.pace import Pace
from penwright.engine.worker.states import SavedState, SavedStates
from penwright.engine.worker.strands import Strand, Strands, Tokens

_MAIN, _SHORT, _FIRST_DRAFT = 0, 1, 2
# How far behind MAIN's end each checkpoint stays, in tokens: the last word, a sentence, a paragraph.
_CHECKPOINTS = (1, 24, 96)
_WORTH_KEEPING = 96  # tokens; less is evaluated again as quickly as its state is copied
_WARM_UP = 16  # tokens
_TRIALS = 7
_RESERVE = 512  # cells beside the longest prompt and its answer: the short prompt and other drafts
# llama.cpp looks at cells by the 256. A cache of no more is looked at whole, and then it lies in one piece: a
# small model writes a fifth quicker.
_WHOLE = 256


def cells_for(positions: int) -> int:
    """Return how many cells the cache has where `positions` tokens fit into one prompt with its answer."""
    return _WHOLE if positions <= _WHOLE else positions + _RESERVE


class Evaluation:
    """The KV cache of one model, and what is worth evaluating into it.

    context: of llama.cpp. `positions` tokens fit into one prompt with its answer.
    """

    def __init__(self, model: Model, positions: int, n_threads: int, batch: int = CPU_BATCH) -> None:
        """Make the context, with `batch` tokens evaluated at once. Raises EngineError for want of memory."""
        back = 0 if not model.keeps_state else len(_CHECKPOINTS)
        count = _FIRST_DRAFT + MAX_CANDIDATES + back
        self.context = Context(model, cells_for(positions), n_threads, count, batch)
        self.pace = Pace(model.parameters, n_threads)
        self._strands = Strands(self.context, count)
        self._main, self._short = self._strands[_MAIN], self._strands[_SHORT]
        self._checkpoints = [self._strands[_FIRST_DRAFT + MAX_CANDIDATES + each] for each in range(back)]
        self._states = SavedStates()
        self._wanted: Tokens | None = None  # the whole prompt that MAIN is to hold, when it does not

    @property
    def has_errand(self) -> bool:
        """Whether the whole prompt is still to be evaluated."""
        return self._wanted is not None

    def prompt(self, whole: Tokens, short: Callable[[int], Tokens] | None) -> tuple[Strand, int]:
        """Return a strand that holds a prompt with its logits, and how many of its tokens were there.

        whole: the prompt wanted. short: makes one of at most so many tokens, to answer from when `whole`
        would take too long; the whole one is then evaluated by `run_errand()`. None: that is waited for.
        Raises Aborted, EngineError.
        """
        self._wanted = None
        held = self._strands.held(whole)
        if not self.pace.affords(len(whole) - held):
            saved, usable = self._states.find(whole, whole=not self.context.rewinds)
            if saved is not None and self.pace.affords(len(whole) - usable):
                self._keep_state(whole)
                self._strands.adopt(self._main, saved.tokens, saved.state, saved.logits)
            elif short is not None:
                brief = short(self.pace.short_room)
                if len(brief) < len(whole):
                    self._wanted = whole
                    return self._short, self._bring(self._short, brief)
        self._keep_state(whole)
        reused = self._bring(self._main, whole)
        self._strands.cut(self._short, 0)
        return self._main, reused

    def run_errand(self) -> None:
        """Evaluate the whole prompt that was put off, until done or aborted; what was finished stays."""
        if self._wanted is None:
            return
        try:
            self._keep_state(self._wanted)
            self._bring(self._main, self._wanted)
        except Aborted:
            return
        except EngineError:
            pass  # the next request finds it missing, and answers from a short one again
        self._wanted = None

    def warm_up(self) -> None:
        """Evaluate a few tokens: that reads the weights from the disk, and tells how quick the machine is.

        Raises Aborted, EngineError.
        """
        strand = self._strands[_FIRST_DRAFT]
        self._strands.cut(strand, 0)
        with self.pace.timed(_WARM_UP):
            self._strands.extend(strand, [0] * _WARM_UP)
        self._strands.cut(strand, 0)

    def seconds_a_token(self, n_threads: int) -> float:
        """Measure how long one token takes with so many threads. Raises Aborted, EngineError."""
        self.context.set_threads(n_threads)
        strand = self._strands[_FIRST_DRAFT]
        self._strands.cut(strand, 0)
        taken = []
        for _ in range(_TRIALS):
            began = time.perf_counter()
            self._strands.extend(strand, (0,))
            taken.append(time.perf_counter() - began)
        self._strands.cut(strand, 0)
        return statistics.median(taken)

    def make_room(self, source: Strand, answers: int, most: int) -> int:
        """See that so many answers of `most` tokens fit beside their prompt; return what each may have.

        Less than `most` where the prompt alone leaves no more. What another prompt holds is given up for it.
        """
        most = max(1, min(most, (self.context.cells - len(source)) // answers))
        other = self._short if source is self._main else self._main
        if len(other) - other.common(source.tokens) > self.context.cells - len(source) - answers * most:
            self._strands.cut(other, 0)
        return most

    def draft(self, number: int, source: Strand) -> Strand:
        """Return a strand to write an answer in, holding what `source` does. number: 0 and up."""
        target = self._strands[_FIRST_DRAFT + number]
        self._strands.copy(source, target)
        return target

    def extend(self, strand: Strand, tokens: Sequence[int], *, every: bool = False) -> None:
        """Evaluate tokens at a strand's end; the last one's logits are the context's then, or every one's.

        Raises as `prompt()`.
        """
        self._strands.extend(strand, tokens, every=every)

    def cut(self, strand: Strand, length: int) -> None:
        """Keep the first `length` tokens of a strand; only where `context.rewinds`."""
        self._strands.cut(strand, length)

    def forget(self) -> None:
        """Empty the cache and forget every state."""
        for strand in self._strands:
            self._strands.cut(strand, 0)
        self._states = SavedStates()
        self._wanted = None

    def _keep_state(self, wanted: Tokens) -> None:
        """Save MAIN's state if making it into `wanted` would lose much of it."""
        lost = len(self._main) - self._main.common(wanted)
        if lost >= _WORTH_KEEPING and self._states.fits(self.context.state_size(_MAIN)):
            state = self._strands.save(self._main)
            self._states.put(SavedState(self._main.tokens, state, self._main.logits))

    def _bring(self, target: Strand, tokens: Tokens) -> int:
        """Let `target` hold `tokens` and their last logits; return how many of them were there."""
        reused = self._strands.take(target, tokens)
        for strand in self._strands:
            if strand.sequence >= _FIRST_DRAFT and strand not in self._checkpoints:
                self._strands.cut(strand, 0)
        if reused == len(tokens):
            return reused
        if target is self._main:
            self._drop_strayed_checkpoints(tokens)
        try:
            self._evaluate(target, tokens[reused:])
        except EngineError:
            self._give_up_all_but(target)
            self._evaluate(target, tokens[len(target) :])
        target.logits = self.context.logits().copy()
        return reused

    def _evaluate(self, target: Strand, tokens: Tokens) -> None:
        if target is not self._main or not self._checkpoints:
            with self.pace.timed(len(tokens)):
                self._strands.extend(target, tokens)
            return
        # An evaluation that is stopped leaves nothing of a strand that can't go back, so ends are kept
        # on the way.
        size = self.context.n_batch
        for first in range(0, len(tokens), size):
            self._move_checkpoints()
            part = tokens[first : first + size]
            with self.pace.timed(len(part)):
                self._strands.extend(target, part, logits=first + len(part) == len(tokens))

    def _move_checkpoints(self) -> None:
        """Let the checkpoints follow MAIN's end at their distances."""
        end = len(self._main)
        for index in reversed(range(len(self._checkpoints))):
            if end - len(self._checkpoints[index]) >= _CHECKPOINTS[index]:
                source = self._checkpoints[index - 1] if index else self._main
                self._strands.copy(source, self._checkpoints[index])

    def _drop_strayed_checkpoints(self, tokens: Tokens) -> None:
        for strand in self._checkpoints:
            if strand.common(tokens) < len(strand):
                self._strands.cut(strand, 0)

    def _give_up_all_but(self, kept: Strand) -> None:
        """Give up everything but one strand, when no cells are left."""
        for strand in self._strands:
            if strand is not kept:
                self._strands.cut(strand, 0)
