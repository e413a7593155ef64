"""Where a text has headings, code between fences and front matter; kept up as lines change."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate

from penwright.core.markdown.lines import heading_of

# With the line end before, by which a search comes quickly from line to line.
_HEADING_LINE = re.compile(r"\n {0,3}#{1,6}(?=[ \t\n]|\Z)")
_FENCE_LINE = re.compile(r"\n(?: {0,3}(?:`{3}|~{3})|(?:---|\+\+\+|\.\.\.)[ \t]*(?=\n|\Z))")
_CANDIDATE = re.compile(r"\n[ #`~.+-]")  # the beginnings of both, and little else
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_NEVER = 1 << 60  # the line of a mark that is not there
_CLOSED_BY = {"---": ("---", "..."), "+++": ("+++",)}


class Place(Enum):
    """What the lines around make of a line."""

    BODY = "body"
    FENCE = "fence"  # that opens or closes code, or front matter
    CODE = "code"
    FRONT = "front"


@dataclass(frozen=True)
class Heading:
    """A heading: the number of its line from 0 on, its level from 1 to 6, its words."""

    line: int
    level: int
    title: str


class _Marks:
    """Lines with something that matters, in order; the others cost nothing."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self.lines: list[int] = []
        self.texts: list[str] = []

    def reset(self, padded: str, candidates: Sequence[tuple[int, int]]) -> None:
        """Take a text with a line end before it; candidates: where in it lines begin, and their numbers."""
        found = [(start, line) for start, line in candidates if self._pattern.match(padded, start)]
        self.lines = [line for _, line in found]
        ends = (padded.find("\n", start + 1) for start, _ in found)
        self.texts = [padded[a + 1 : b if b >= 0 else None] for (a, _), b in zip(found, ends, strict=True)]

    def replace(self, first: int, removed: int, lines: Sequence[str]) -> bool:
        """Take `lines` for the `removed` ones at `first`; return whether anything is different now."""
        low, high = bisect_left(self.lines, first), bisect_left(self.lines, first + removed)
        found = [(first + at, line) for at, line in enumerate(lines) if self._pattern.match("\n" + line)]
        shift = len(lines) - removed
        moved = shift != 0 and high < len(self.lines)
        if moved:
            self.lines[high:] = [line + shift for line in self.lines[high:]]
        old = list(zip(self.lines[low:high], self.texts[low:high], strict=True))
        if found != old:
            self.lines[low:high] = [line for line, _ in found]
            self.texts[low:high] = [text for _, text in found]
            return True
        return moved


class Structure:
    """The structure of a text of which lines come and go.

    Only headings and fences are kept, so that a key in a long text costs no more than in a short one.
    """

    def __init__(self) -> None:
        self._heads = _Marks(_HEADING_LINE)
        self._fences = _Marks(_FENCE_LINE)
        self._starts: list[int] = []  # of the stretches that are not body, in order
        self._ends: list[int] = []  # the line of the mark that closes each, or a very high number
        self._fronts = 0  # 1 when the first of them is front matter
        self._headings: tuple[Heading, ...] | None = ()

    @classmethod
    def of(cls, text: str) -> Structure:
        """Return the structure of a whole text."""
        made = cls()
        made.reset(text)
        return made

    def reset(self, text: str) -> None:
        r"""Take a whole text, its lines ending with "\n"."""
        padded = "\n" + text
        starts = [found.start() for found in _CANDIDATE.finditer(padded)]
        gaps = (padded.count("\n", low, high) for low, high in zip([0, *starts], starts, strict=False))
        candidates = list(zip(starts, accumulate(gaps), strict=True))
        self._heads.reset(padded, candidates)
        self._fences.reset(padded, candidates)
        self._pair()

    def replace(self, first: int, removed: int, lines: Sequence[str]) -> bool:
        """Take `lines` for the `removed` ones at `first`; return whether others mean something else now."""
        if self._heads.replace(first, removed, lines):
            self._headings = None
        before = self._outside(first, removed, len(lines) - removed)
        if not self._fences.replace(first, removed, lines):
            return False
        self._pair()
        return before != self._outside(first, len(lines), 0)

    def place(self, line: int) -> Place:
        """Return what the line of this number is, from 0 on."""
        at = bisect_right(self._starts, line) - 1
        if at < 0 or line > self._ends[at]:
            return Place.BODY
        if line in (self._starts[at], self._ends[at]):
            return Place.FENCE
        return Place.FRONT if at < self._fronts else Place.CODE

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings of the text, in order."""
        if self._headings is None:
            found = []
            for line, text in zip(self._heads.lines, self._heads.texts, strict=True):
                heading = heading_of(text)
                if heading is not None and self.place(line) is Place.BODY:
                    found.append(Heading(line, *heading))
            self._headings = tuple(found)
        return self._headings

    def _outside(self, first: int, count: int, shift: int) -> list[tuple[str, int, int]]:
        """Return what the stretches mean to the lines that are not among the `count` at `first`.

        shift: what the lines behind are to be counted on by.
        """
        behind = first + count
        found = []
        for at, (start, end) in enumerate(zip(self._starts, self._ends, strict=True)):
            kind = "front" if at < self._fronts else "code"
            if start < first:
                found.append((kind, start, end if end < first else _NEVER))
            if end >= behind:
                found.append((kind, start + shift if start >= behind else behind + shift - 1, end + shift))
        return [(kind, start, min(end, _NEVER)) for kind, start, end in found]

    def _pair(self) -> None:
        """Find which mark opens and which closes."""
        self._headings = None
        self._starts, self._ends, self._fronts = [], [], 0
        marks = list(zip(self._fences.lines, self._fences.texts, strict=True))
        if marks and marks[0][0] == 0 and (closers := _CLOSED_BY.get(marks[0][1].rstrip())):
            for line, text in marks[1:]:
                if text.rstrip() in closers:
                    self._starts, self._ends, self._fronts = [0], [line], 1
                    break
        opened = ""
        for line, text in marks:
            found = _FENCE.match(text)
            if found is None or (self._fronts and line <= self._ends[0]):
                continue
            run, rest = found.groups()
            if not opened:
                if run[0] == "`" and "`" in rest:
                    continue  # a span of code within a line
                self._starts.append(line)
                self._ends.append(_NEVER)
                opened = run
            elif run.startswith(opened) and not rest.strip():
                self._ends[-1] = line
                opened = ""
