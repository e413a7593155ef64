"""The looks of a text: typographic or typewriter quotes, blank lines or none, headings and lists in Markdown.

A corpus has one look, writers have several. Each document is dressed by chance, always alike for a seed.
"""

from __future__ import annotations

import random
import re

_OPENING = re.compile(r'(^|[\s(\[—–-])"', re.MULTILINE)
_SINGLE_OPENING = re.compile(r"(^|[\s(\[—–\"“-])'(?=\w)", re.MULTILINE)
_TYPOGRAPHIC, _BLANK_LINES, _MARKDOWN = 0.35, 0.5, 0.5
_TITLE_LETTERS = 60
_CHAPTER = re.compile(r"(chapter|part|book|canto|act|scene)\b", re.IGNORECASE)


def dressed(text: str, chance: random.Random) -> str:
    """Return the text as another writer might have typed it."""
    lines = text.split("\n")
    if chance.random() < _MARKDOWN:
        lines = with_markdown(lines)
    between = "\n\n" if chance.random() < _BLANK_LINES else "\n"
    text = between.join(lines)
    return typographic(text) if chance.random() < _TYPOGRAPHIC else text


def typographic(text: str) -> str:
    """Return the text with curved quotes and apostrophes for straight ones."""
    text = _OPENING.sub("\\1“", text).replace('"', "”")
    return _SINGLE_OPENING.sub("\\1‘", text).replace("'", "’")


def _is_title(line: str) -> bool:
    return len(line) <= _TITLE_LETTERS and line[:1].isalnum() and line[-1:] not in ".,;:?!\"'”’)"


def with_markdown(lines: list[str]) -> list[str]:
    """Return the lines, a short one without a stop marked as a heading, and several together as a list."""
    titles = [_is_title(line) for line in lines]
    made = []
    for place, line in enumerate(lines):
        beside = titles[place - 1 : place] + titles[place + 1 : place + 2]
        if not titles[place]:
            made.append(line)
        elif any(beside) and not _CHAPTER.match(line):
            made.append(f"- {line}")
        else:
            made.append(f"## {line}")
    return made
