"""One thing that was found in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from penwright.base.errors import Value


@dataclass(frozen=True)
class Finding:
    """Something the writer should look at, or a rule of the style that was not kept.

    check: which; of `core.styles.wording.CHECKS`. start, end: where in the text, in characters; both 0
    where it is about all of it. key, values: the sentence in the catalogue that says why.
    """

    check: str
    start: int
    end: int
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
