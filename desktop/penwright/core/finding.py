"""Finding and replacing in a text: plain, whole words, or with a regular expression."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

import regex

from penwright.base.errors import SearchError

LIMIT_SECONDS = 2.0  # for one search; a pattern may else try for ever
_MOST = 1_000_000  # hits; nobody looks at more


@dataclass(frozen=True)
class Query:
    """What is looked for. expression: `text` is a regular expression, in which ^ and $ are a line's ends."""

    text: str
    case: bool = False
    words: bool = False
    expression: bool = False


class Hits:
    """Places in one text, in order, as characters. whole: False where there were too many."""

    def __init__(self, starts: array[int], ends: array[int], *, whole: bool = True) -> None:
        self.starts, self.ends = starts, ends
        self.whole = whole

    def __len__(self) -> int:
        return len(self.starts)

    def within(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Give the hits that reach into the stretch from `start` to `end`."""
        for at in range(bisect_right(self.ends, start), bisect_left(self.starts, end)):
            yield self.starts[at], self.ends[at]

    def after(self, place: int) -> int | None:
        """Return the index of the first hit from `place` on; behind the last comes the first."""
        if not self.starts:
            return None
        return bisect_left(self.starts, place) % len(self.starts)

    def before(self, place: int) -> int | None:
        """Return the index of the last hit that ends by `place`; before the first comes the last."""
        if not self.starts:
            return None
        return (bisect_right(self.ends, place) - 1) % len(self.starts)

    def at(self, start: int, end: int) -> int | None:
        """Return the index of the hit that lies just there."""
        index = bisect_left(self.starts, start)
        if index < len(self.starts) and (self.starts[index], self.ends[index]) == (start, end):
            return index
        return None


NONE = Hits(array("q"), array("q"))


def compiled(query: Query) -> regex.Pattern[str]:
    """Return the pattern of `query`. Raises SearchError with key find.bad_pattern for a wrong expression."""
    wanted = query.text if query.expression else regex.escape(query.text)
    if query.words:
        wanted = rf"\b(?:{wanted})\b" if query.expression else _whole(query.text, wanted)
    flags = regex.MULTILINE | regex.V0
    if not query.case:
        flags |= regex.IGNORECASE
    try:
        return regex.compile(wanted, flags)
    except regex.error as error:
        raise SearchError("find.bad_pattern", why=str(error)) from error
    except RecursionError as error:
        raise SearchError("find.bad_pattern", why="too deep") from error


def _whole(text: str, wanted: str) -> str:
    """Add that no word goes on at either end; where the text itself ends with a mark, nothing is asked."""
    before = r"(?<!\w)" if text[:1].isalnum() else ""
    after = r"(?!\w)" if text[-1:].isalnum() else ""
    return before + wanted + after


def find(query: Query, text: str, seconds: float = LIMIT_SECONDS) -> Hits:
    """Return where `query` is found in `text`; empty places are left out.

    It may take `seconds`, so it is no work for the window's thread, and lets that go on meanwhile. Raises
    SearchError with key find.bad_pattern or find.too_long.
    """
    starts, ends = array("q"), array("q")
    if not query.text:
        return NONE
    pattern = compiled(query)
    try:
        for found in pattern.finditer(text, timeout=seconds, concurrent=True):
            low, high = found.span()
            if low < high:
                starts.append(low)
                ends.append(high)
                if len(starts) >= _MOST:
                    return Hits(starts, ends, whole=False)
    except TimeoutError as error:
        raise SearchError("find.too_long") from error
    return Hits(starts, ends)


@dataclass(frozen=True)
class Replacement:
    """One place and what comes there, as characters of the text before any was replaced."""

    start: int
    end: int
    text: str


def replacements(
    query: Query, text: str, template: str, seconds: float = LIMIT_SECONDS
) -> tuple[Replacement, ...]:
    r"""Return what replacing every hit changes, in order.

    With an expression, template may name its groups: \1, \g<name>. Raises SearchError: find.bad_pattern,
    find.bad_replacement, find.too_long, find.too_many.
    """
    if not query.text:
        return ()
    pattern = compiled(query)
    made: list[Replacement] = []
    until = monotonic() + seconds
    try:
        for found in pattern.finditer(text, timeout=seconds, concurrent=True):
            low, high = found.span()
            if low == high:
                continue
            made.append(Replacement(low, high, _filled(found, template) if query.expression else template))
            if len(made) >= _MOST:
                raise SearchError("find.too_many")
            if len(made) % 1000 == 0 and monotonic() > until:
                raise SearchError("find.too_long")
    except TimeoutError as error:
        raise SearchError("find.too_long") from error
    return tuple(made)


def _filled(found: regex.Match[str], template: str) -> str:
    try:
        return found.expand(template)
    except (regex.error, IndexError) as error:
        raise SearchError("find.bad_replacement", why=str(error)) from error
