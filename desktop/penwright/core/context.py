"""Which part of the text a model sees: a window whose left edge moves seldom, and then far.

A window that slid along with the caret would change the prompt's first token at each key, and the whole
KV cache would have to be evaluated anew. So the edge stays until the window holds more than FULL of the
room, and is then set so that it holds about HALF of it, at a paragraph break where there is one near.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FULL = 0.8
HALF = 0.5


@dataclass(frozen=True)
class Window:
    """Where the window begins: an offset into the snapshot's `before`, in code points, and its tokens."""

    start: int
    tokens: tuple[int, ...]


def fit(
    text: str,
    kept: int | None,
    tokenize: Callable[[str], tuple[int, ...]],
    room: int,
) -> Window:
    """Return the window of `text` that a context with `room` tokens is given.

    kept: the left edge of the last window of this document, None when there was none; an edge outside of
    `text` counts as none. tokenize: tokens of a piece of text, as the model begins a prompt with it.
    """
    if kept is not None and 0 <= kept <= len(text):
        tokens = tokenize(text[kept:])
        # An edge that came much too near the caret (the writer went back) shows the model too little.
        if len(tokens) <= FULL * room and (kept == 0 or len(tokens) >= HALF * HALF * room):
            return Window(kept, tokens)
    # A token is at least one byte long, and seldom longer than eight letters: this bounds the work.
    reach = max(0, len(text) - 8 * room)
    tokens = tokenize(text[reach:])
    if reach == 0 and len(tokens) <= FULL * room:
        return Window(0, tokens)
    start = reach + int((len(text) - reach) * max(0.0, 1 - HALF * room / max(1, len(tokens))))
    start = _break_after(text, start, len(text))
    tokens = tokenize(text[start:])
    while len(tokens) > FULL * room and start < len(text):
        start = _break_after(text, start + (len(text) - start + 1) // 2, len(text))
        tokens = tokenize(text[start:])
    return Window(start, tokens)


def _break_after(text: str, at: int, end: int) -> int:
    """Return the nearest good place to begin at or after `at`: a paragraph, a sentence, a word."""
    reach = at + (end - at) // 2
    paragraph = text.find("\n", at, reach)
    if paragraph >= 0:
        return paragraph + 1
    for marks in (("。", "！", "？"), (". ", "! ", "? "), (" ", "，", "、")):
        found = [place + len(mark) for mark in marks if (place := text.find(mark, at, reach)) >= 0]
        if found:
            return min(found)
    return at
