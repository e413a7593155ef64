"""A suggestion as the writer sees it: what typing does to it, and what each accepting key takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from penwright.core import segment
from penwright.core.take import Take


@dataclass(frozen=True)
class Suggestion:
    """Text offered at a caret. `request` is the id of the request that brought it."""

    request: int
    text: str

    def typed(self, letters: str) -> Suggestion | None:
        """Return what is left once the writer has typed `letters`, or None when they differ.

        What is left may be empty: then the writer has typed the whole of it.
        """
        if not self.text.startswith(letters):
            return None
        return replace(self, text=self.text[len(letters) :])

    def take(self, how: Take) -> tuple[str, Suggestion]:
        """Return the text to insert and what is left to show. Both together are the whole text."""
        if how is Take.WORD:
            end = segment.word_end(self.text)
        elif how is Take.SENTENCE:
            end = segment.sentence_end(self.text) or len(self.text)
        else:
            end = len(self.text)
        return self.text[:end], replace(self, text=self.text[end:])
