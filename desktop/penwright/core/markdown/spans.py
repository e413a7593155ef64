"""What stands within a line of Markdown: emphasis, code, links, notes, and their marks.

The rules are CommonMark's, with strikethrough and footnotes. Each part looks at a letter a bounded number of
times, so that no line, however it is made, takes longer than its length accounts for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category

from penwright.core.markdown.lines import heading_marks, is_rule, note_mark, prefix_of
from penwright.core.markdown.structure import Place

# What a span of text may be; spans lie in one another, so these add up.
STRONG, SLANT, CODE, QUIET, STRIKE, LINK = 1, 2, 4, 8, 16, 32

Span = tuple[int, int, int]  # start and end in characters, and one of the above

_TOKEN = re.compile(r"\\[!-/:-@\[-`{-~]|`+|\*+|_+|~~|!?\[|\]|<")
_TARGET = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*\)")
_REFERENCE = re.compile(r"\[[^\[\]]*\]")
_ADDRESS = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]{1,64}@[^\s<>@]{1,255})>")
_MARKED = re.compile(r"[`*_~\[<\\#>]|^\s*(?:[-+]|\d{1,9}[.)])(?:\s|$)|^\s*---")


@dataclass
class _Run:
    """A run of one letter that may open or close emphasis."""

    letter: str
    start: int
    end: int
    opens: bool
    closes: bool
    length: int  # as it was written


def spans_of(line: str, place: Place) -> list[Span]:
    """Return the spans of a line, in no order. place: what the lines around make of it."""
    whole = len(line)
    if place is not Place.BODY:
        return [(0, whole, CODE if place is Place.CODE else QUIET)]
    if not _MARKED.search(line):
        return []  # nearly every line of prose
    if (heading := heading_marks(line)) is not None:
        _level, start, end = heading
        return [(0, whole, STRONG), (0, start, QUIET), (end, whole, QUIET), *inner_spans(line)]
    if is_rule(line):
        return [(0, whole, QUIET)]
    spans = inner_spans(line)
    if (prefix := prefix_of(line)) is not None:
        spans.append((0, prefix.length, QUIET))
        if prefix.quote:
            spans.append((len(prefix.quote), whole, SLANT))
    elif mark := note_mark(line):
        spans.append((0, mark, QUIET))
    return spans


def inner_spans(text: str) -> list[Span]:
    """Return the spans of `text`, in no order."""
    spans: list[Span] = []
    runs: list[_Run] = []
    brackets: list[tuple[int, int, int]] = []  # start, end of the mark, how many runs stood before it
    fences: dict[int, list[int]] | None = None
    no_comment = False
    at = 0
    while (token := _TOKEN.search(text, at)) is not None:
        mark, start, at = token[0], token.start(), token.end()
        if mark[0] == "\\":
            spans.append((start, start + 1, QUIET))
        elif mark[0] == "`":
            if fences is None:
                fences = _backticks(text, start)
            if (close := _next(fences.get(len(mark), ()), at)) is not None:
                spans += ((start, at, QUIET), (at, close, CODE), (close, close + len(mark), QUIET))
                at = close + len(mark)
        elif mark in ("[", "!["):
            brackets.append((start, at, len(runs)))
        elif mark == "]":
            at = _close_bracket(text, start, brackets, runs, spans)
        elif mark == "<":
            if (address := _ADDRESS.match(text, start)) is not None:
                at = address.end()
                spans += ((start, start + 1, QUIET), (start + 1, at - 1, LINK), (at - 1, at, QUIET))
            elif text.startswith("<!--", start) and not no_comment:
                end = text.find("-->", start + 4)
                no_comment = end < 0
                if end >= 0:
                    at = end + 3
                    spans.append((start, at, QUIET))
        else:
            runs.append(_run(text, start, at))
    spans += _emphasis(runs)
    return spans


def _backticks(text: str, start: int) -> dict[int, list[int]]:
    """Return where runs of backticks begin, the last first, by their length."""
    places: dict[int, list[int]] = {}
    for run in reversed(list(re.finditer("`+", text[start:]))):
        places.setdefault(len(run[0]), []).append(start + run.start())
    return places


def _next(places: list[int] | tuple[()], at: int) -> int | None:
    """Return the first of `places` from `at` on; those before it are not asked for again."""
    while places and places[-1] < at:
        places.pop()
    return places[-1] if places else None


def _close_bracket(
    text: str, close: int, brackets: list[tuple[int, int, int]], runs: list[_Run], spans: list[Span]
) -> int:
    """Take a link, an image or a note that ends at the bracket `close`; return where reading goes on."""
    if not brackets:
        return close + 1
    start, inner, held = brackets.pop()
    if text.startswith("^", inner) and close > inner + 1 and not any(map(str.isspace, text[inner:close])):
        spans.append((start, close + 1, QUIET))
        return close + 1
    target = _TARGET.match(text, close + 1) or _REFERENCE.match(text, close + 1)
    if target is None:
        return close + 1
    spans += ((start, inner, QUIET), (inner, close, LINK), (close, target.end(), QUIET))
    # Emphasis does not go across the edge of a link.
    within = runs[held:]
    del runs[held:]
    spans += _emphasis(within)
    if text[start] == "[":
        brackets.clear()  # no link within a link
    return target.end()


def _run(text: str, start: int, end: int) -> _Run:
    letter = text[start]
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    spaced_before, spaced_after = before.isspace(), after.isspace()
    marked_before, marked_after = _punctuates(before), _punctuates(after)
    left = not spaced_after and (not marked_after or spaced_before or marked_before)
    right = not spaced_before and (not marked_before or spaced_after or marked_after)
    if letter == "_":  # not within a word
        opens = left and (not right or marked_before)
        closes = right and (not left or marked_after)
    else:
        opens, closes = left, right
    return _Run(letter, start, end, opens, closes, end - start)


def _punctuates(letter: str) -> bool:
    return category(letter)[0] in "PS"


def _emphasis(runs: list[_Run]) -> Iterator[Span]:
    """Pair what opens with what closes."""
    waiting: list[_Run] = []
    floors: dict[tuple[str, bool, int], int] = {}  # below, nothing fits such a run
    for run in runs:
        if run.closes:
            while run.start < run.end:
                kind = (run.letter, run.opens, run.length % 3)
                floor = min(floors.get(kind, 0), len(waiting))
                at = next((n for n in range(len(waiting) - 1, floor - 1, -1) if _fits(waiting[n], run)), None)
                if at is None:
                    floors[kind] = len(waiting)
                    break
                opener = waiting[at]
                del waiting[at + 1 :]
                for other, level in floors.items():
                    floors[other] = min(level, at + 1)
                size = 2 if opener.end - opener.start >= 2 and run.end - run.start >= 2 else 1
                yield opener.end - size, opener.end, QUIET
                yield run.start, run.start + size, QUIET
                yield opener.end, run.start, _bit(run.letter, size)
                opener.end -= size
                run.start += size
                if opener.start == opener.end:
                    waiting.pop()
        if run.opens and run.start < run.end:
            waiting.append(run)


def _bit(letter: str, size: int) -> int:
    if letter == "~":
        return STRIKE
    return STRONG if size == 2 else SLANT


def _fits(opener: _Run, closer: _Run) -> bool:
    if opener.letter != closer.letter:
        return False
    if (opener.closes or closer.opens) and (opener.length + closer.length) % 3 == 0:
        return opener.length % 3 == 0 and closer.length % 3 == 0
    return True
