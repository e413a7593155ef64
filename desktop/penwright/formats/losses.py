"""What a format couldn't hold of a document, counted, to be told to the writer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from penwright.base.errors import Value

Note = tuple[str, dict[str, Value]]


@dataclass
class Losses:
    """Gathered while a document is read or written. A kind is a key of the catalogue, `formats.lost.KIND`."""

    counted: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, number: int = 1) -> None:
        """Count something that is not in the file."""
        self.counted[kind] += number

    def notes(self) -> tuple[Note, ...]:
        """Return what was lost as keys of the catalogue with their values, in a settled order."""
        return tuple(
            (f"formats.lost.{kind}", {"count": number})
            for kind, number in sorted(self.counted.items())
            if number
        )
