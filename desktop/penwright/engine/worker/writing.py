"""One answer while it grows: letters of the stem are required of it, and the rest ends with the sentence."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from penwright.core import segment
from penwright.core.answer import Answer


@dataclass(frozen=True)
class Pick:
    """A token that was chosen, and how: its natural log-probability and margin, and the end's mass."""

    token: int
    logprob: float
    margin: float = 0.0
    end_mass: float = 0.0


class Writing:
    """The text of one answer while it grows.

    required: the bytes that have yet to come: those of the stem, then those that the request forces.
    """

    def __init__(self, stem: bytes, forced: bytes, before: str, chunk: Callable[[str], None] | None) -> None:
        self.required = stem + forced
        self.tokens = 0
        self.text = ""
        self.whole_word = False
        self._stem = len(stem)  # bytes that were typed already
        self._ends: list[int] = []
        self._logprobs: list[float] = []
        self._first: Pick | None = None
        self._word_ends_here = 0.0  # log-probability that the typed letters are a whole token
        self._before = before
        self._chunk = chunk
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")

    @property
    def begun(self) -> bool:
        """Whether letters of its own have come, and none is required any more."""
        return self._first is not None and not self.required

    def add(self, piece: bytes, pick: Pick) -> str:
        """Add a token's bytes; return the reason to stop, or ""."""
        self.tokens += 1
        self.required = self.required[len(piece) :]
        typed = min(len(piece), self._stem)
        self._stem -= typed
        fresh = piece[typed:]
        if not fresh:
            # Of "hat" half the answer is that no "hats" or "hatch" was begun.
            self._word_ends_here = 0.0 if self._stem else pick.logprob
            return ""
        try:
            letters = self._decoder.decode(fresh)
        except UnicodeDecodeError:
            return "end"  # no text any more
        self.text += letters
        self._ends.append(len(self.text))
        self._logprobs.append(pick.logprob + self._word_ends_here)
        self._word_ends_here = 0.0
        if self._first is None:
            self._first = pick
        if self.required:
            return ""
        if "\n" in letters:
            self.text = self.text[: self.text.index("\n")]
            return "newline"
        end = segment.sentence_end(self.text, self._before)
        if end is not None and end < len(self.text):
            self.text = self.text[:end]
            return "sentence"
        if letters and self._chunk is not None:
            self._chunk(letters)
        return ""

    def finished(self, stop: str) -> Answer:
        """Return the answer, without a half word or half a letter's bytes at its end."""
        text = self.text
        if stop in ("limit", "cancelled") and not self.whole_word:
            whole = segment.sentence_end(text, self._before) == len(text)
            half = segment.trailing_word(text)
            if half and not whole:
                text = text[: -len(half)]
        if stop != "sentence":
            text = text.rstrip(" \t")
        first = self._first
        return Answer(
            text=text,
            ends=tuple(min(end, len(text)) for end in self._ends),
            logprobs=tuple(round(logprob, 5) for logprob in self._logprobs),
            margin=round(first.margin, 4) if first else 0.0,
            end_mass=round(first.end_mass, 6) if first else 0.0,
            stop=stop,
        )
