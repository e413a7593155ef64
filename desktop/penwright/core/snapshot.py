"""What is known of a document at one moment: the text around the caret, and which state that was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

# How much of the document a snapshot holds, in UTF-16 code units: more than any window that is evaluated
# while someone types, and little enough to be copied at each key.
BEFORE_LIMIT = 16_000
AFTER_LIMIT = 1_000


def utf16_units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, which is how Qt counts: "a😀b" is 4."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Edit(Enum):
    """How the text came to change; only the first two make the machine think of a suggestion."""

    TYPED = "typed"  # letters from the keyboard or from an input method
    DELETED = "deleted"  # Backspace, Delete
    OTHER = "other"  # undo, redo, paste, drop, a change made by the program


@dataclass(frozen=True)
class Snapshot:
    """The text around the caret, bounded.

    document: an id of the open document, never reused while the program runs.
    revision: counts the edits of that document; it does not go back on undo.
    before, after: the text on either side of the caret, at most BEFORE_LIMIT and AFTER_LIMIT UTF-16 code
    units of it. Paragraphs end with a line feed.
    origin: where `before` begins in the document, in UTF-16 code units (Qt's unit).
    """

    document: str
    revision: int
    before: str
    after: str = ""
    origin: int = 0

    @property
    def mid_line(self) -> bool:
        """Whether text follows the caret in its own paragraph."""
        return bool(self.after) and self.after[0] != "\n"
