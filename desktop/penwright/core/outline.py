"""Sections of a text, which headings begin, and moving them as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from penwright.core.markdown.structure import Heading

_DEEPEST = 6  # levels of headings in Markdown


@dataclass(frozen=True)
class Move:
    """Lines `first` to `last`, the latter not counted in, go before the line `to`. Lines count from 0."""

    first: int
    last: int
    to: int


def section_end(headings: Sequence[Heading], index: int, lines: int) -> int:
    """Return the line behind the section that heading `index` begins, the sections below it counted in."""
    level = headings[index].level
    for heading in headings[index + 1 :]:
        if heading.level <= level:
            return heading.line
    return lines


def heading_at(headings: Sequence[Heading], line: int) -> int | None:
    """Return the index of the heading whose section `line` stands in, or None before the first."""
    found = None
    for index, heading in enumerate(headings):
        if heading.line > line:
            break
        found = index
    return found


def move_before(headings: Sequence[Heading], index: int, before: int | None, lines: int) -> Move | None:
    """Return how section `index` comes to stand before heading `before`, or at the end where that is None.

    lines: how many the text has. None where nothing would move, or where it would go into itself.
    """
    first, last = headings[index].line, section_end(headings, index, lines)
    to = lines if before is None else headings[before].line
    if first <= to <= last:
        return None
    return Move(first, last, to)


def neighbour(headings: Sequence[Heading], index: int, step: int, lines: int) -> Move | None:
    """Return how section `index` changes places with the one before it (step -1) or behind it (1).

    Only sections of the same level below the same heading change places; None where there is none.
    """
    level = headings[index].level
    if step < 0:
        for at in range(index - 1, -1, -1):
            if headings[at].level == level:
                return move_before(headings, index, at, lines)
            if headings[at].level < level:
                return None
        return None
    end = section_end(headings, index, lines)
    after = next((at for at, heading in enumerate(headings) if heading.line == end), None)
    if after is None or headings[after].level != level:
        return None
    return Move(headings[index].line, end, section_end(headings, after, lines))


def levels(headings: Sequence[Heading], index: int, deeper: int) -> tuple[int, ...]:
    """Return the lines of the headings in section `index`, if each can go one level deeper (1) or up (-1)."""
    own = headings[index].level
    section = [headings[index]]
    for heading in headings[index + 1 :]:
        if heading.level <= own:
            break
        section.append(heading)
    if not all(1 <= heading.level + deeper <= _DEEPEST for heading in section):
        return ()
    return tuple(heading.line for heading in section)


def fitted(section: Sequence[str], last_line: str | None) -> tuple[str, ...]:
    """Return the lines of a moved section as they are to stand where they go.

    last_line: the text's last line where the section goes behind that, else None. A heading never sticks to
    the text before it, so an empty line comes where there was none.
    """
    lines = list(section)
    if last_line is None:
        return (*lines, "") if lines[-1].strip() else tuple(lines)
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return ("", *lines) if last_line.strip() else tuple(lines)


def moved(lines: Sequence[str], move: Move) -> list[str]:
    """Return a whole text's lines with `move` made."""
    at_end = move.to >= len(lines)
    section = fitted(lines[move.first : move.last], lines[-1] if at_end else None)
    if move.to <= move.first:
        return [*lines[: move.to], *section, *lines[move.to : move.first], *lines[move.last :]]
    return [*lines[: move.first], *lines[move.last : move.to], *section, *lines[move.to :]]
