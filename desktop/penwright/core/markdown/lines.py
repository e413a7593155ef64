"""What one line of Markdown is, told from its letters alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_CLOSING = re.compile(r"[ \t]#+[ \t]*$")
_QUOTE = re.compile(r"(?: {0,3}> ?)+")
_ITEM = re.compile(r"([ \t]*)([-+*]|\d{1,9}[.)])(?:([ \t]+)(\[[ xX]\](?:[ \t]+|$))?|$)")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_NOTE = re.compile(r" {0,3}\[\^[^\]\s]+\]:")


@dataclass(frozen=True)
class Prefix:
    """The marks at the beginning of a line of a quote or a list. All lengths are characters.

    quote: the marks of quotes, with the spaces behind them, or "". indent: white space between these and the
    item's mark. mark: "-", "*", "+", "3." or "3)", or "". gap: white space behind it. task: "[ ] ", or "".
    """

    quote: str
    indent: str = ""
    mark: str = ""
    gap: str = ""
    task: str = ""

    @property
    def length(self) -> int:
        """The length of all of it."""
        return sum(map(len, (self.quote, self.indent, self.mark, self.gap, self.task)))

    @property
    def numbered(self) -> bool:
        """Whether the item has a number."""
        return self.mark[:1].isdigit()


def prefix_of(line: str) -> Prefix | None:
    """Return the marks that `line` begins with, or None when it is no quote and no item."""
    found = _QUOTE.match(line)
    quote = found[0] if found else ""
    rest = line[len(quote) :]
    item = _ITEM.match(rest)
    if item is None or is_rule(rest):
        return Prefix(quote) if quote else None
    return Prefix(quote, item[1], item[2], item[3] or "", item[4] or "")


def is_rule(line: str) -> bool:
    """Whether `line` is a rule across the page, such as "***"."""
    return _RULE.match(line) is not None


def note_mark(line: str) -> int:
    """Return how long the mark of a footnote's text is, such as "[^1]:", or 0."""
    found = _NOTE.match(line)
    return found.end() if found else 0


def heading_marks(line: str) -> tuple[int, int, int] | None:
    """Return a heading's level, where its words begin, and where they end; None for other lines."""
    found = _HEADING.match(line)
    if found is None:
        return None
    closing = _CLOSING.search(line, found.end(1))
    end = closing.start() if closing else len(line)
    return len(found[1]), found.end(), max(end, found.end())


def heading_of(line: str) -> tuple[int, str] | None:
    """Return a heading's level, 1 to 6, and its words as they stand; None for other lines."""
    marks = heading_marks(line)
    return None if marks is None else (marks[0], line[marks[1] : marks[2]].strip())
