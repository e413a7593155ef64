"""What a model is given to go on from: a window of the text, and what follows the caret where it can use it.

What is stable stands first, so that the KV cache survives: the window's left edge moves seldom, and what
follows the caret comes after the text before it.
"""

from __future__ import annotations

import numpy as np

from penwright.core import context
from penwright.core.snapshot import utf16_units
from penwright.engine.messages import Request
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.strands import Tokens

STEM_ROOM = 24  # tokens kept free for the stem's letters
AFTER_TOKENS = 64  # of what follows the caret; more than that was not worth its time to others
_LEAST_ROOM = 16


class Prompts:
    """Builds prompts for one model, and keeps each document's left edge.

    positions: how many tokens a prompt and its answer may have together.
    """

    def __init__(self, model: Model, positions: int) -> None:
        self._model = model
        self._positions = positions
        # By document and kind of window, in UTF-16 code units of the document.
        self._edges: dict[tuple[str, bool], int] = {}
        self._last: tuple[str, tuple[int, ...]] = ("", ())

    def whole(self, request: Request, text: str, most: int) -> Tokens:
        """Return the prompt for `text` (what stands before the stem), leaving room for `most` tokens."""
        after = self._after(request)
        taken = most + STEM_ROOM + len(after)
        room = min(self._positions, int((self._positions - taken) / context.FULL))
        tokens = self._window(request, text, max(_LEAST_ROOM, room), short=False)
        return self._framed(tokens, after)

    def short(self, request: Request, text: str, room: int) -> Tokens:
        """Return a prompt of at most `room` tokens, for an answer now."""
        return self._framed(self._window(request, text, max(_LEAST_ROOM, room), short=True), ())

    def forget(self) -> None:
        """Let every window begin anew."""
        self._edges.clear()

    def _window(self, request: Request, text: str, room: int, *, short: bool) -> tuple[int, ...]:
        key = (request.document, short)
        edge = self._edges.get(key)
        kept = None if edge is None else code_point(text, edge - request.origin)
        window = context.fit(text, kept, self._tokens, room)
        self._edges[key] = request.origin + utf16_units(text[: window.start])
        return window.tokens

    def _tokens(self, text: str) -> tuple[int, ...]:
        """Tokenize a window's text; inside a word it stays the same from key to key."""
        if self._last[0] != text or not self._last[1]:
            self._last = (text, self._model.begin(text))
        return self._last[1]

    def _after(self, request: Request) -> tuple[int, ...]:
        """Return the tokens of what follows the caret in its paragraph; none where the model can't use it."""
        if self._model.fill_in is None or not request.after or request.after[0] == "\n":
            return ()
        # A token is seldom longer than eight letters.
        return self._model.plain(request.after[: 8 * AFTER_TOKENS])[:AFTER_TOKENS]

    def _framed(self, tokens: tuple[int, ...], after: tuple[int, ...]) -> Tokens:
        frame = self._model.fill_in
        if not after or frame is None:
            return np.array(tokens, np.int32)
        before_it, after_it, middle = frame
        opening = len(self._model.opening)
        return np.array((*tokens[:opening], before_it, *tokens[opening:], after_it, *after, middle), np.int32)


def code_point(text: str, units: int) -> int | None:
    """Return the index in code points of a place given in UTF-16 code units; None if it isn't in `text`."""
    if units < 0:
        return None
    if utf16_units(text) == len(text):
        return units if units <= len(text) else None
    place = 0
    for index, letter in enumerate(text):
        if place >= units:
            return index
        place += 1 + (letter > "\uffff")
    return len(text) if place == units else None
