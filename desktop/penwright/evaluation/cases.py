"""Cases made by others: a text around a caret, and whether something should be shown there, and what.

One JSON object a line:

    id          a string or a number; told back in each row
    before      the text before the caret
    after       the text after it; may be left out
    expect      "insert" or "suppress"
    acceptable  texts, of which the shown one may begin with any, or be the beginning of; for "insert"
    tags        strings to count by; may be left out

Other fields are left alone.

The five outcomes:

    right_insert             expected, and what was shown is acceptable
    wrong_shown              shown, and not acceptable, or nothing was to be shown
    right_suppression        nothing was to be shown, and nothing was
    acceptable_suppression   something could have been shown; what the model had was not acceptable
    wrong_suppression        something could have been shown; the model had it, and it was withheld
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

from penwright.base.errors import UsageError
from penwright.core import segment
from penwright.evaluation.figures import Figure, percentile, share


class Outcome(Enum):
    """What came of a case."""

    RIGHT_INSERT = "right_insert"
    RIGHT_SUPPRESSION = "right_suppression"
    ACCEPTABLE_SUPPRESSION = "acceptable_suppression"
    WRONG_SHOWN = "wrong_shown"
    WRONG_SUPPRESSION = "wrong_suppression"


@dataclass(frozen=True)
class Case:
    """One case; insert: whether something should be shown."""

    id: str | int
    before: str
    after: str
    insert: bool
    acceptable: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """A case and what came of it. had: what the model wrote, before anything was withheld; ms: until then."""

    case: Case
    shown: str
    had: str
    ms: float

    @property
    def outcome(self) -> Outcome:
        """Which of the five it was."""
        if self.shown:
            right = self.case.insert and is_acceptable(self.shown, self.case.acceptable)
            return Outcome.RIGHT_INSERT if right else Outcome.WRONG_SHOWN
        if not self.case.insert:
            return Outcome.RIGHT_SUPPRESSION
        if is_acceptable(self.had, self.case.acceptable):
            return Outcome.WRONG_SUPPRESSION
        return Outcome.ACCEPTABLE_SUPPRESSION


def read_cases(lines: Iterable[str], name: str) -> list[Case]:
    """Return the cases in `lines`; empty lines are left out.

    Raises UsageError that names the file and the line for one that is no case, or when there is none.
    """
    cases = [_case(line, name, number) for number, line in enumerate(lines, 1) if line.strip()]
    if not cases:
        raise UsageError("evaluate.no_cases", name=name)
    return cases


def _case(line: str, name: str, number: int) -> Case:
    where: dict[str, str | int] = {"name": name, "line": number}
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError("evaluate.not_json", why=str(error), **where) from error
    if not isinstance(fields, dict):
        raise UsageError("evaluate.not_object", **where)
    for field, wanted in _WANTED.items():
        needed = field in ("id", "before", "expect")
        if (needed or field in fields) and not wanted(fields.get(field)):
            raise UsageError("evaluate.wrong_field", field=field, **where)
    insert = fields["expect"] == "insert"
    acceptable = tuple(cast("list[str]", fields.get("acceptable", [])))
    if insert and not any(segment.has_word(text) for text in acceptable):
        raise UsageError("evaluate.nothing_acceptable", **where)
    return Case(
        fields["id"],
        fields["before"],
        fields.get("after", ""),
        insert,
        acceptable,
        tuple(fields.get("tags", [])),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_WANTED: dict[str, Callable[[object], bool]] = {
    "id": lambda value: isinstance(value, str) or type(value) is int,
    "before": _is_text,
    "after": _is_text,
    "expect": lambda value: value in ("insert", "suppress"),
    "acceptable": _are_texts,
    "tags": _are_texts,
}


def is_acceptable(shown: str, acceptable: Iterable[str]) -> bool:
    """Whether `shown` begins with one of the texts, or one of them with it; one whole word at least.

    Runs of white space count as one space. Where a text has none before its first letter, the one before
    that of `shown` is not compared.
    """
    return any(_agree(_spaced(shown), _spaced(text)) for text in acceptable)


def _spaced(text: str) -> str:
    return ("" if not text[:1].isspace() else " ") + " ".join(text.split())


def _agree(shown: str, text: str) -> bool:
    if not text.startswith(" "):
        shown = shown.removeprefix(" ")
    common = min(len(shown), len(text))
    if shown[:common] != text[:common]:
        return False
    # The first word must be whole in both.
    first = (segment.piece_ends(shown) or (0,))[0]
    return first <= common and first in segment.piece_ends(text) and segment.has_word(shown[:first])


def count_cases(judged: Sequence[Judged]) -> dict[str, Figure]:
    """Return the figures of these cases by name; None where there is nothing to divide by.

    coverage: shown / all; precision: right inserts / shown; wrong_show: wrong shown / all.
    """
    outcomes = [each.outcome for each in judged]
    figures: dict[str, Figure] = {"cases": len(judged)}
    for outcome in Outcome:
        figures[outcome.value] = outcomes.count(outcome)
    shown = sum(bool(each.shown) for each in judged)
    right, wrong = outcomes.count(Outcome.RIGHT_INSERT), outcomes.count(Outcome.WRONG_SHOWN)
    for name, part, whole in (
        ("coverage", shown, len(judged)),
        ("precision", right, shown),
        ("wrong_show", wrong, len(judged)),
    ):
        figures[name], figures[f"{name}_se"] = share(part, whole)
    times = sorted(each.ms for each in judged)
    for name, at in (("p50_ms", 0.50), ("p95_ms", 0.95), ("p99_ms", 0.99)):
        figures[name] = percentile(times, at)
    return figures


def by_tag(judged: Sequence[Judged]) -> dict[str, dict[str, Figure]]:
    """Return the figures of each tag, in the order of the alphabet."""
    tags = sorted({tag for each in judged for tag in each.case.tags})
    return {tag: count_cases([each for each in judged if tag in each.case.tags]) for tag in tags}
