"""What is known of models as plain values for JSON, and as tables for people. Sizes in JSON are bytes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from penwright.modelstore.entries import Entry, Variant
from penwright.modelstore.fit import Fit, Offer
from penwright.modelstore.installed import Installed
from penwright.modelstore.records import Record
from penwright.modelstore.repository import Found, Repository

_SIZES = ("size", "files", "needed", "room", "cache")
_TIMES = ("since", "checked", "time")


def size_text(count: float) -> str:
    """Return a number of bytes as people write it."""
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    if count < 1_000_000_000:
        return f"{count / 1_000_000:.0f} MB"
    return f"{count / 1_000_000_000:.1f} GB"


def _cell(name: str, value: object) -> str:
    if value in (None, "", 0, 0.0, False):
        return "-"
    if name in _SIZES and isinstance(value, int):
        return size_text(value)
    if name in _TIMES and isinstance(value, float):
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(value))
    if name == "parameters" and isinstance(value, int):
        return f"{value / 1e9:.1f}B"
    return "yes" if value is True else str(value)


def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows in columns as wide as they need, with a heading; "" where there are none."""
    if not rows:
        return ""
    cells = [[column.replace("_", " ") for column in columns]]
    cells += [[_cell(column, row.get(column)) for column in columns] for row in rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
    return "\n".join(lines) + "\n"


def installed_facts(model: Installed) -> dict[str, object]:
    """Return what is known of an installed model. Times are seconds since 1970, 0 for never."""
    header, record = model.header, model.record
    return {
        "id": model.id,
        "path": str(model.path),
        "place": model.place.value,
        "size": model.size,
        "files": len(model.files),
        "name": header.name,
        "architecture": header.architecture,
        "parameters": header.parameters,
        "context": header.context_length,
        "quantization": header.quantization,
        "chat_template": header.chat_template,
        "licence": (record.licence if record else "") or header.licence or "",
        "revision": record.revision if record else "",
        "sha256": record.sha256 if record else "",
        "since": record.since if record else 0.0,
        "checked": record.checked if record else 0.0,
    }


def unfinished_facts(record: Record, done: int, at_work: bool) -> dict[str, object]:
    """Return what is known of a download that isn't finished."""
    return {
        "id": f"{record.repo}/{record.file}",
        "done": done,
        "size": record.size,
        "percent": done * 100 // record.size,
        "at_work": at_work,
    }


def _fit_facts(variant: Variant, fit: Fit) -> dict[str, object]:
    return {
        "quantization": variant.quantization,
        "verdict": fit.verdict.value.removeprefix("models."),
        "files": fit.files,
        "cache": fit.cache,
        "needed": fit.needed,
        "room": fit.room,
        "context": fit.context,
        "on_gpu": fit.on_gpu,
    }


def offer_facts(offer: Offer) -> dict[str, object]:
    """Return a catalogue entry and how it fits."""
    entry = offer.entry
    return {
        "id": entry.id,
        "title": entry.title,
        "roles": list(entry.roles),
        **_fit_facts(offer.variant, offer.fit),
    }


def entry_facts(entry: Entry, best: tuple[Variant, Fit]) -> dict[str, object]:
    """Return a catalogue entry in full, without what isn't known."""
    known = {name: value for name, value in entry.__dict__.items() if value is not None and value != ()}
    known["variants"] = [variant.quantization for variant in entry.variants]
    facts = {name: list(value) if isinstance(value, tuple) else value for name, value in known.items()}
    return {**facts, "fit": _fit_facts(*best)}


def found_facts(found: Found) -> dict[str, object]:
    """Return a search result."""
    return dict(found.__dict__)


def repository_facts(told: Repository) -> dict[str, object]:
    """Return what a repository holds."""
    return {
        "repo": told.repo,
        "revision": told.revision,
        "licence": told.licence,
        "gated": told.gated,
        "models": [
            {
                "file": each.file,
                "quantization": each.quantization,
                "parts": len(each.files),
                "size": each.size,
            }
            for each in told.choices
        ],
        "projectors": [{"file": name, "size": size} for name, size in told.projectors],
    }
