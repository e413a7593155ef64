"""Pieces of running text put together: neighbours made one, lines joined as their script wants it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import east_asian_width

from penwright.formats.model import Break, Inline, Inlines, Text

_LINE_BREAK = re.compile("[ \t]*\n[ \t]*")


def joined(pieces: Iterable[Inline]) -> Inlines:
    r"""Return the pieces with neighbouring texts made one and "\n" in them made a space.

    Between two letters that are set without spaces, Chinese and Japanese ones, a line's end is nothing.
    """
    merged: list[Inline] = []
    for piece in pieces:
        before = merged[-1] if merged else None
        if isinstance(piece, Text) and isinstance(before, Text):
            merged[-1] = Text(before.text + piece.text)
        elif not isinstance(piece, Text) or piece.text:
            merged.append(piece)
    return tuple(Text(_one_line(piece.text)) if isinstance(piece, Text) else piece for piece in merged)


def trimmed(inside: Inlines) -> Inlines:
    """Return a running text without spaces and breaks at its ends and around its breaks."""
    pieces = [piece for piece in inside if not (isinstance(piece, Text) and not piece.text)]
    while pieces and isinstance(pieces[0], Break):
        pieces.pop(0)
    while pieces and isinstance(pieces[-1], Break):
        pieces.pop()
    result: list[Inline] = []
    for number, piece in enumerate(pieces):
        if isinstance(piece, Text):
            text = piece.text
            if number == 0 or isinstance(pieces[number - 1], Break):
                text = text.lstrip(" \t\n")
            if number == len(pieces) - 1 or isinstance(pieces[number + 1], Break):
                text = text.rstrip(" \t\n")
            if not text:
                continue
            piece = Text(text)  # noqa: PLW2901 - the same piece, shortened
        result.append(piece)
    return tuple(result)


def is_wide(letter: str) -> bool:
    """Whether a letter is set without spaces between words: Chinese, Japanese, their marks; not Korean."""
    return (
        east_asian_width(letter) in "WF"
        and not "\u1100" <= letter <= "\u11ff"
        and not ("\uac00" <= letter <= "\ud7a3")
    )


def _one_line(text: str) -> str:
    def between(found: re.Match[str]) -> str:
        start, end = found.span()
        if start > 0 and end < len(text) and is_wide(text[start - 1]) and is_wide(text[end]):
            return ""
        return " "

    return _LINE_BREAK.sub(between, text) if "\n" in text else text
