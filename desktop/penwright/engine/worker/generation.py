"""Writing answers from where a prompt ends: the stem's letters first, then freely to the sentence's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from penwright.core import segment
from penwright.core.answer import Answer
from penwright.engine.worker.evaluation import Evaluation
from penwright.engine.worker.llama.context import Aborted, Logits
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.picking import Allowed, Picker
from penwright.engine.worker.strands import Strand
from penwright.engine.worker.tokens import TokenTable
from penwright.engine.worker.writing import Writing

# Whether the last word is whole shows only in what would follow it. In an answer of so many tokens a word
# more is not worth the time of another token.
_MANY = 4


@dataclass(frozen=True)
class Task:
    """What is to be written.

    before: the text before the caret. stem: the bytes typed already that have to come first. forced: more
    bytes that have to come, which are part of the answer. most: tokens of one answer at most. candidates:
    how many answers.
    """

    before: str
    stem: bytes
    forced: bytes
    most: int
    candidates: int


@dataclass(frozen=True)
class Written:
    """One answer, and how many tokens were generated for it."""

    answer: Answer
    tokens: int


class Generation:
    """Writes answers with one model."""

    def __init__(self, model: Model, table: TokenTable, evaluation: Evaluation, positions: int) -> None:
        self._evaluation = evaluation
        self._positions = positions
        self._table = table
        self._pieces = table.pieces
        # Tokens that end a text, or write nothing; and those that end a paragraph.
        self._silent = frozenset(
            token for token, piece in enumerate(self._pieces) if not piece or model.ends(token)
        )
        lines = (token for token, piece in enumerate(self._pieces) if piece.startswith(b"\n"))
        ends = (token for token in self._silent if model.ends(token))
        self._picker = Picker(len(self._pieces), np.array(sorted({*lines, *ends}), np.int64))

    def answers(self, source: Strand, task: Task, chunk: Callable[[str], None]) -> Iterator[Written]:
        """Write answers that each begin with another token, the likeliest first, until all are tried.

        They are written one after the other: on a processor a batch of several tokens takes as long as
        they do singly. `chunk` gets the first one's text as it comes. Raises EngineError.
        """
        assert source.logits is not None
        allowed = self._allowed(task.stem + task.forced)
        if allowed is not None and not len(allowed):
            return  # no token can write the next letter of the stem
        # Some tokens lead to the same text, so more of them are tried than answers are wanted.
        tries = 1 if task.candidates == 1 else 2 * task.candidates
        for number, first in enumerate(self._picker.likeliest(source.logits, allowed, tries)):
            writing = Writing(task.stem, task.forced, task.before, None if number else chunk)
            try:
                stop = self._write(source, writing, first, number % task.candidates, task.most)
            except Aborted:
                stop = "cancelled"
            yield Written(writing.finished(stop), writing.tokens)
            if stop == "cancelled":
                return

    def _allowed(self, required: bytes) -> Allowed:
        return self._table.allowed(required) if required else None

    def _write(self, source: Strand, writing: Writing, first: int, draft: int, most: int) -> str:
        """Write one answer that begins with the token `first`; return why it ended."""
        logits = source.logits
        assert logits is not None
        strand: Strand | None = None
        token: int | None = first
        for left in reversed(range(most)):
            allowed = self._allowed(writing.required)
            if allowed is not None and not len(allowed):
                return "end"
            if writing.begun:
                choice = self._picker.best(logits, allowed)
            else:
                token = self._picker.likeliest(logits, allowed, 1)[0] if token is None else token
                choice = self._picker.weigh(token, logits, allowed)
            if choice.token in self._silent:
                return "end"
            token = None
            stop = writing.add(self._pieces[choice.token], choice)
            if stop:
                return stop
            if len(strand or source) >= self._positions - 1 or (left == 0 and most >= _MANY):
                return "limit"  # the word at its end may be half a one
            strand = strand or self._evaluation.draft(draft, source)
            self._evaluation.extend(strand, (choice.token,))
            logits = self._evaluation.context.logits()
        writing.whole_word = self._begins_a_word(logits)
        return "limit"

    def _begins_a_word(self, logits: Logits) -> bool:
        """Whether what would come next is no more letter of the word before it."""
        following = self._pieces[int(np.argmax(logits))].decode("utf-8", "replace")[:1]
        # U+FFFD: a letter that is written in several tokens, and most likely a letter of the word.
        return not following or not (segment.in_word(following) or following == "\ufffd")
