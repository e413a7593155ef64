"""In which line of a TOML file each key stands; the reader of the standard library does not tell."""

from __future__ import annotations

import re
from collections import Counter

Path = tuple[str | int, ...]

BEGINS = ""  # under it stands where the text of a key begins, if that is not in the same line

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAME})\s*\]")
_KEY = re.compile(rf"\s*({_NAME})\s*=(.*)", re.DOTALL)


def lines_of(text: str) -> dict[Path, int]:
    """Return the line of each key, from 1, by its whole path; entries of arrays of tables are numbered.

    Keys inside inline tables are not listed. `text` has to be valid TOML.
    """
    found: dict[Path, int] = {}
    tables: Counter[Path] = Counter()
    prefix: Path = ()
    closing = ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            if closing in line:
                closing = ""
            continue
        if header := _HEADER.match(line):
            prefix = _numbered(_parts(header[2]), tables)
            if header[1] == "[[":
                bare = prefix
                prefix = (*bare, tables[bare])
                tables[bare] += 1
            for length in range(1, len(prefix) + 1):
                found.setdefault(prefix[:length], number)
        elif key := _KEY.match(line):
            path = (*prefix, *_parts(key[1]))
            found.setdefault(path, number)
            for length in range(len(prefix) + 1, len(path)):
                found.setdefault(path[:length], number)
            closing = _opened(key[2])
            if closing and key[2].strip() == closing:
                found[(*path, BEGINS)] = number + 1
    return found


def _parts(name: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, name))


def _numbered(path: Path, tables: Counter[Path]) -> Path:
    """Return a header's path with the number of the entry wherever it goes through an array of tables."""
    made: Path = ()
    for at, part in enumerate(path):
        made = (*made, part)
        if at < len(path) - 1 and tables[made]:
            made = (*made, tables[made] - 1)
    return made


def _opened(value: str) -> str:
    """Return the marks of a string that goes on behind the line, or ""."""
    value = value.strip()
    for marks in ('"""', "'''"):
        if value.startswith(marks) and marks not in value[3:]:
            return marks
    return ""


def line_of(found: dict[Path, int], path: Path) -> int:
    """Return the line of a key, or of the nearest table around it that has one; 1 where there is none."""
    while path:
        if path in found:
            return found[path]
        path = path[:-1]
    return 1
