"""How a list or a quote goes on: with Enter, and deeper or shallower with Tab."""

from __future__ import annotations

import re
from dataclasses import dataclass

from penwright.core.markdown.lines import Prefix, prefix_of

_NUMBER = re.compile(r"[0-9]{1,9}[.)]")
_TAB = 4  # columns between the places where a tab ends
_LARGEST = 999_999_999  # number of an item: more digits are no item any more


@dataclass(frozen=True)
class LineEdit:
    """A change within one line: the characters from `start` to `end` give way to `text`."""

    start: int
    end: int
    text: str

    def applied(self, line: str) -> str:
        """Return `line` with the change made."""
        return line[: self.start] + self.text + line[self.end :]


def after_enter(line: str, column: int) -> LineEdit | None:
    r"""Return what Enter does at `column` of `line`, the new line's "\n" in it; None for a plain new line.

    A quote and an item go on, an item's number counts up, and a task begins undone. In an empty item, or an
    empty line of a quote, the innermost mark goes instead: that is how a list is left.
    """
    prefix = prefix_of(line)
    if prefix is None or column < prefix.length:
        return None
    if not line[prefix.length :].strip():
        if not prefix.mark:
            return LineEdit(_outer_quote(prefix.quote), len(line), "")
        return LineEdit(len(prefix.quote), len(line), "")
    gap = len(line[column:]) - len(line[column:].lstrip(" \t"))
    return LineEdit(column, column + gap, "\n" + _following(prefix))


def said_again(line: str, column: int) -> LineEdit | None:
    """Return what takes away a mark that was typed behind the one that Enter had put there; else None.

    Who writes lists elsewhere types each item's mark.
    """
    prefix = prefix_of(line)
    if prefix is None or not prefix.mark or column != len(line):
        return None
    typed = line[prefix.length :]
    same = typed == prefix.mark or (prefix.numbered and _NUMBER.fullmatch(typed) is not None)
    return LineEdit(prefix.length, column, "") if same else None


def indented(line: str, above: str | None) -> LineEdit | None:
    """Return what moves an item one level deeper, so that it lies in the item `above`; None for no item.

    What lies in an item begins where that item's words begin. An item whose number was more than 1 begins
    anew.
    """
    prefix = prefix_of(line)
    if prefix is None or not prefix.mark:
        return None
    upper = prefix_of(above) if above is not None else None
    here = _width(prefix.indent)
    if upper is not None and upper.mark and _width(upper.indent) >= here:
        to = _width(upper.indent) + len(upper.mark) + max(1, len(upper.gap))
    else:
        to = here + len(prefix.mark) + max(1, len(prefix.gap))
    return _moved(prefix, to, "1" + prefix.mark[-1] if prefix.numbered else prefix.mark)


def outdented(line: str, above: str | None) -> LineEdit | None:
    """Return what moves an item one level up; None for what is no item or stands at the left already.

    above: the nearest line before that is an item less deep, whose level and kind it takes, or None.
    """
    prefix = prefix_of(line)
    if prefix is None or not prefix.mark or not prefix.indent:
        return None
    upper = prefix_of(above) if above is not None else None
    if upper is not None and upper.mark and _width(upper.indent) < _width(prefix.indent):
        return _moved(prefix, _width(upper.indent), _next_mark(upper) if prefix.numbered else prefix.mark)
    return _moved(prefix, 0, prefix.mark)


def depth(line: str) -> int | None:
    """Return in which column the mark of an item stands; None for what is no item."""
    prefix = prefix_of(line)
    return _width(prefix.indent) if prefix is not None and prefix.mark else None


def _following(prefix: Prefix) -> str:
    if not prefix.mark:
        return prefix.quote
    task = "[ ] " if prefix.task else ""
    return prefix.quote + prefix.indent + _next_mark(prefix) + (prefix.gap or " ") + task


def _next_mark(prefix: Prefix) -> str:
    if not prefix.numbered:
        return prefix.mark
    return f"{min(int(prefix.mark[:-1]) + 1, _LARGEST)}{prefix.mark[-1]}"


def _outer_quote(quote: str) -> int:
    """Return how much of the marks of a quote stays when its innermost one goes."""
    return quote.rindex(">")


def _moved(prefix: Prefix, to: int, mark: str) -> LineEdit:
    start = len(prefix.quote)
    return LineEdit(start, start + len(prefix.indent) + len(prefix.mark), " " * to + mark)


def _width(indent: str) -> int:
    """Return how many columns white space is wide."""
    columns = 0
    for letter in indent:
        columns += _TAB - columns % _TAB if letter == "\t" else 1
    return columns
