"""What a template has used up: steps, processor time, letters made, depth. Each has a limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time
from typing import TypeVar

from jinja2.runtime import Undefined

from penwright.core.sandbox.limits import Limits, TemplateError

_ITEM = 16  # what a list's item weighs, in letters, besides what it holds

T = TypeVar("T")


class Meter:
    """Counts what one filling uses, and raises TemplateError at a limit."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._steps = limits.steps
        self._letters = limits.letters
        self._depth = 0
        self._until = thread_time() + limits.seconds

    def step(self, letters: int = 0) -> None:
        """Count one operation that makes so many letters of the template's own."""
        self._steps -= 1
        if self._steps < 0 or thread_time() > self._until:
            raise TemplateError("sandbox.too_slow")
        self.claim(letters)

    def claim(self, letters: int) -> None:
        """Count letters that are going to be made, before they are."""
        self._letters -= letters
        if letters > self.limits.value or self._letters < 0:
            raise TemplateError("sandbox.too_big")

    def made(self, value: T) -> T:
        """Count a value that was made, with all that it holds, and return it."""
        self.claim(self.weight(value))
        return value

    def weight(self, value: object) -> int:
        """Return a value's size in letters.

        Lists that hold each other many times over would take for ever to print, so they count as often as
        they would be printed. Raises TemplateError for what is too big, and for things that are no data.
        """
        left = self.limits.value
        waiting = [value]
        while waiting:
            each = waiting.pop()
            left -= _ITEM
            kind = type(each)
            if kind is str:
                left -= len(each)  # type: ignore[arg-type]
            elif kind is int:
                left -= each.bit_length() // 3  # type: ignore[attr-defined]
            elif kind in (list, tuple):
                waiting.extend(each)  # type: ignore[arg-type]
            elif kind is dict:
                waiting.extend(each)  # type: ignore[arg-type]
                waiting.extend(each.values())  # type: ignore[attr-defined]
            elif each is not None and kind not in (bool, float, range) and not isinstance(each, Undefined):
                raise TemplateError("sandbox.no_data", what=kind.__name__)
            if left < 0 or len(waiting) * _ITEM > left:
                raise TemplateError("sandbox.too_big")
        return self.limits.value - left

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Go one level down: into a macro, or into a loop that calls itself."""
        self._depth += 1
        if self._depth > self.limits.depth:
            raise TemplateError("sandbox.too_deep")
        try:
            yield
        finally:
            self._depth -= 1
