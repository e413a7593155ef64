"""The names of headings, by which links within a text lead to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from penwright.formats.model import (
    Blocks,
    Document,
    Heading,
    Inline,
    Inlines,
    Link,
    Listing,
    Quote,
    change_document,
    change_inside,
    plain,
)

_NOT_IN_NAMES = re.compile(r"[^\w\- ]")


def anchors(document: Document) -> dict[int, str]:
    """Return a name for each heading, by its id(): its words with hyphens, as links within a text name it."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for block in _headings(document.blocks):
        words = _NOT_IN_NAMES.sub("", plain(block.inside).strip().lower()).replace(" ", "-") or "section"
        name, number = words, 0
        while name in taken:
            number += 1
            name = f"{words}-{number}"
        taken.add(name)
        names[id(block)] = name
    return names


def _headings(blocks: Blocks) -> list[Heading]:
    found: list[Heading] = []
    for block in blocks:
        if isinstance(block, Heading):
            found.append(block)
        elif isinstance(block, Quote):
            found += _headings(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                found += _headings(item)
    return found


def with_links_to_headings(document: Document, headings: Mapping[str, Heading]) -> Document:
    """Return the document with links to headings by the names that they have here.

    headings: by the names that they had in the file; each is the very object in the document.
    """
    names = anchors(document)
    here = {
        f"#{name}": f"#{names[id(heading)]}" for name, heading in headings.items() if id(heading) in names
    }
    if all(old == new for old, new in here.items()):
        return document

    def renamed(piece: Inline) -> Inlines:
        return (
            replace(piece, target=here.get(piece.target, piece.target)) if isinstance(piece, Link) else piece,
        )

    return change_document(document, lambda inside: change_inside(inside, renamed))
