"""The lines between two "---" at the top of a text: what it is called, who wrote it, in which language."""

from __future__ import annotations

import json
import re

from penwright.formats.model import About

_FENCED = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"([A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(.*)|[ \t]*)\Z")
_NAMES = {
    "title": "title",
    "author": "author",
    "authors": "author",
    "lang": "language",
    "language": "language",
    "date": "date",
}


def split(text: str) -> tuple[str, str]:
    """Return the front matter's lines, "" where there is none, and the text after it.

    A text that begins with a rule is no front matter: its first line has to name something.
    """
    found = _FENCED.match(text)
    if found is None:
        return "", text
    lines = [line for line in found[1].splitlines() if line.strip() and not line.startswith("#")]
    if not lines or _ENTRY.match(lines[0]) is None:
        return "", text
    return found[1], text[found.end() :]


def read(lines: str) -> About:
    """Return what the lines say; names that are not known here, and deeper structures, are passed over."""
    values: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines.splitlines():
        entry = _ENTRY.match(line)
        if entry is not None:
            current = values.setdefault(_NAMES.get(entry[1].lower(), ""), [])
            current += _values(entry[2] or "")
        elif line.lstrip().startswith("- "):
            current += _values(line.lstrip()[2:])
    one = {name: found[0] for name, found in values.items() if name and found}
    return About(
        title=one.get("title", ""),
        author=", ".join(values.get("author", ())),
        language=one.get("language", ""),
        date=one.get("date", ""),
    )


def _values(value: str) -> list[str]:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return [one for part in value[1:-1].split(",") for one in _values(part)]
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return [str(json.loads(value))]
        except ValueError:
            return [value[1:-1]]
    if len(value) > 1 and value[0] == value[-1] == "'":
        return [value[1:-1].replace("''", "'")]
    return [value] if value and value not in {"|", ">"} else []


def write(about: About) -> str:
    """Return front matter that `read` understands, with the line after it, or "" where nothing is said."""
    entries = {
        "title": about.title,
        "author": about.author,
        "language": about.language,
        "date": about.date,
    }
    lines = [f"{name}: {_quoted(value)}\n" for name, value in entries.items() if value]
    return "".join(("---\n", *lines, "---\n\n")) if lines else ""


def _quoted(value: str) -> str:
    value = " ".join(value.split())
    simple = re.fullmatch(r"[\w\u4e00-\u9fff][^:#\[\]{}\"']*", value)
    return value if simple else json.dumps(value, ensure_ascii=False)
