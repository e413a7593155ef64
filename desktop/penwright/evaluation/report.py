"""What an evaluation found, as data for JSON and as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from penwright.evaluation.carets import Kind
from penwright.evaluation.figures import Asked, Figure, by_kind, count, percentile
from penwright.evaluation.writer import Typed, standard_error, total

_COLUMNS = ("carets", "coverage", "precision", "precision3", "wrong_show", "right_show")
_CASE_COLUMNS = ("cases", "coverage", "precision", "wrong_show")
_TIMES = ("p50_ms", "p95_ms", "p99_ms")


def of_text(asked: Sequence[Asked], written: Sequence[Typed], times: Sequence[float]) -> dict[str, object]:
    """Return the figures of both passes.

    written: the second pass, paragraph by paragraph; times: the milliseconds of its answers.
    """
    whole = total(written)
    kinds = by_kind(asked)
    for name, figures in kinds.items():
        kind = Kind(name)
        # The writer who types in order never stands in the middle of a line.
        figures["keystrokes_saved"] = (
            None if kind is Kind.MID_LINE else _share(whole.saved_by_kind.get(kind, 0), whole.letters)
        )
    ordered = sorted(times)
    return {
        **count(asked),
        "keystrokes_saved": _rounded(whole.saved),
        "keystrokes_saved_se": _rounded(standard_error(written)),
        "writer": {
            "letters": whole.letters,
            "keys": whole.keys,
            "asked": whole.asked,
            "shown": whole.shown,
            "taken": whole.taken,
            "by_tab": whole.by_tab,
            "p50_ms": percentile(ordered, 0.50),
            "p95_ms": percentile(ordered, 0.95),
            "p99_ms": percentile(ordered, 0.99),
        },
        "kinds": kinds,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def table(rows: Mapping[str, Mapping[str, Figure]], columns: Sequence[str]) -> str:
    """Return rows of figures under their names; a share has its standard error behind it."""
    heads = ["", *columns]
    body = [[name, *(_cell(figures, column) for column in columns)] for name, figures in rows.items()]
    widths = [max(len(line[place]) for line in (heads, *body)) for place in range(len(heads))]
    lines = []
    for line in (heads, *body):
        first, *others = line
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        lines.append("  ".join((first.ljust(widths[0]), *cells)).rstrip())
    return "\n".join(lines)


def _cell(figures: Mapping[str, Figure], column: str) -> str:
    value = figures.get(column)
    if value is None:
        return "-"
    if column.endswith("_ms"):
        return f"{value:.1f}"
    if isinstance(value, int):
        return str(value)
    error = figures.get(f"{column}_se")
    return f"{value:.3f}" if error is None else f"{value:.3f} ±{error:.3f}"


def text_tables(figures: Mapping[str, Figure], kinds: Mapping[str, Mapping[str, Figure]]) -> str:
    """Return the table of an evaluation of a text."""
    rows = {**kinds, "all": figures}
    return table(rows, (*_COLUMNS, "keystrokes_saved", *_TIMES))


def case_tables(figures: Mapping[str, Figure], tags: Mapping[str, Mapping[str, Figure]]) -> str:
    """Return the tables of an evaluation of cases: shares, and how often each outcome came."""
    rows = {**tags, "all": figures}
    outcomes = tuple(name for name, value in figures.items() if isinstance(value, int) and name != "cases")
    return table(rows, (*_CASE_COLUMNS, *_TIMES)) + "\n\n" + table(rows, outcomes)
