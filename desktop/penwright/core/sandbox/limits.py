"""How far a template may go, and what is raised when it goes further."""

from __future__ import annotations

from dataclasses import dataclass

from penwright.base.errors import PenwrightError


class TemplateError(PenwrightError):
    """A template is wrong, does what it may not, or goes too far. line: where in the template, from 1."""

    def __init__(self, key: str, *, line: int = 0, **values: str | int) -> None:
        super().__init__(key, line=line, **values)
        self.line = line


@dataclass(frozen=True)
class Limits:
    """How far a template may go.

    template: its own length in characters. steps: operations and rounds of loops. seconds: of this thread's
    processor time, so that a busy machine refuses nothing. letters: made in all, in strings and lists.
    value: of one string or list. depth: of macros and expressions inside each other.
    """

    template: int = 200_000
    steps: int = 200_000
    seconds: float = 1.0
    letters: int = 16_000_000
    value: int = 4_000_000
    depth: int = 50
