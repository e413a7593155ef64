"""Of a long text with few changes: the changes with some of the text around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from penwright.core.diff import Change
from penwright.core.reviewing import Part, Piece

AROUND = 300  # characters on either side of a change, up to a line's end
_LEFT_OUT = "\n⋯\n"


def excerpts(text: str, changes: Sequence[Change], around: int = AROUND) -> Iterator[Piece]:
    """Yield `text` with both sides of each change; what lies far from all of them is left out.

    changes: of this text, in order. around: characters that stay beside each, at least. Without any changes
    the whole text is yielded.
    """
    if not changes:
        yield Piece(text, Part.SAME)
        return
    at = 0
    for index, change in enumerate(changes):
        start = _line_start(text, change.start - around)
        if start <= at:
            start = at
        elif index:
            end = _line_end(text, at + around)
            if end + len(_LEFT_OUT) < start:
                yield Piece(text[at:end] + _LEFT_OUT, Part.SAME)
            else:
                start = at
        elif start > 0:
            yield Piece(_LEFT_OUT[1:], Part.SAME)
        if start < change.start:
            yield Piece(text[start : change.start], Part.SAME)
        if change.old:
            yield Piece(change.old, Part.OLD, index)
        if change.new:
            yield Piece(change.new, Part.NEW, index)
        at = change.end
    end = _line_end(text, at + around)
    if at < len(text):
        yield Piece(text[at:end] + (_LEFT_OUT[:-1] if end < len(text) else ""), Part.SAME)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, max(0, at)) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
