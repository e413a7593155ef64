"""Plain text out, as it would be typed without marks, and in, where lines may be paragraphs or wrapped."""

from __future__ import annotations

import re

from penwright.formats.joining import is_wide, joined
from penwright.formats.losses import Losses
from penwright.formats.model import (
    Block,
    Blocks,
    CodeBlock,
    Document,
    Heading,
    Inlines,
    Link,
    Listing,
    NoteMark,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Table,
    Text,
    change_inside,
    note_order,
    plain,
    walk,
)

_SCENE_BREAK = re.compile(r"(?:[*#~\-–—⁂•＊][ \t\u3000]*){3,}|⁂")
_WRAPPED = 100  # columns; longer lines were not wrapped by hand
_FULL = 0.6  # of the longest line: where most lines are at least as long, they were wrapped


def write_plain(document: Document, losses: Losses) -> str:
    """Return the words alone; links keep their addresses in brackets, footnotes stand numbered at the end."""
    names = {name: number for number, name in enumerate(note_order(document), 1)}
    parts = [value for value in (document.about.title, document.about.author, document.about.date) if value]
    head = "\n".join(parts) + "\n\n" if parts else ""
    body = "\n".join(_lines(document.blocks, names))
    notes = ""
    for name, number in names.items():
        first, *rest = _lines(document.notes[name], names) or [""]
        notes += "\n".join([f"[{number}] {first}", *(f"    {line}" if line else "" for line in rest)]) + "\n"
    for piece in walk(document.blocks):
        if type(piece).__name__ in {"Emphasis", "Strong", "Struck"}:
            losses.add("marks")
        elif isinstance(piece, Picture):
            losses.add("picture_in_text")
    return head + body + ("\n" if body else "") + (f"\n{notes}" if notes else "")


def _lines(blocks: Blocks, names: dict[str, int], *, tight: bool = False) -> list[str]:
    lines: list[str] = []
    for number, block in enumerate(blocks):
        if number and not tight:
            lines.append("")
        lines += _block(block, names)
    return lines


def _block(block: Block, names: dict[str, int]) -> list[str]:
    match block:
        case Heading(_, inside) | Paragraph(inside):
            return _words(inside, names).split("\n")
        case Quote(blocks):
            return [f"    {line}" if line else "" for line in _lines(blocks, names)]
        case Listing(items, start, tight):
            lines: list[str] = []
            for number, item in enumerate(items):
                mark = "• " if start is None else f"{start + number}. "
                inner = _lines(item, names, tight=tight) or [""]
                if number and not tight:
                    lines.append("")
                lines.append(mark + inner[0])
                lines += [" " * len(mark) + line if line else "" for line in inner[1:]]
            return lines
        case CodeBlock(text):
            return [f"    {line}" if line else "" for line in text.split("\n")]
        case Table(_, header, rows):
            return [
                "\t".join(_words(cell, names).replace("\n", " ") for cell in row) for row in (header, *rows)
            ]
        case Rule():
            return ["* * *"]


def _words(inside: Inlines, names: dict[str, int]) -> str:
    def shown(piece: object) -> Inlines:
        if isinstance(piece, Link):
            words = plain(piece.inside)
            bare = piece.target.removeprefix("mailto:")
            return (
                Text(words if words in {bare, piece.target} or bare.startswith("#") else f"{words} ({bare})"),
            )
        if isinstance(piece, NoteMark):
            return (Text(f"[{names[piece.name]}]"),) if piece.name in names else ()
        return (piece,)  # type: ignore[return-value] # every other piece as it is

    return plain(change_inside(inside, shown))


def read_plain(text: str) -> Document:
    """Return a text's paragraphs. Lines that were wrapped by hand are joined; else each is a paragraph."""
    groups = [
        group.split("\n") for group in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\n")) if group.strip()
    ]
    blocks: list[Block] = []
    wrapped = _was_wrapped(groups)
    for group in groups:
        if wrapped:
            blocks += _paragraph("\n".join(line.strip(" \t") for line in group))
        else:
            for line in group:
                blocks += _paragraph(line.strip(" \t"))
    return Document(tuple(blocks))


def is_scene_break(words: str) -> bool:
    """Whether a paragraph is nothing but marks that part scenes, such as "* * *"."""
    return _SCENE_BREAK.fullmatch(words.strip()) is not None


def _paragraph(text: str) -> Blocks:
    if is_scene_break(text):
        return (Rule(),)
    return (Paragraph(joined([Text(text)])),) if text.strip() else ()


def _was_wrapped(groups: list[list[str]]) -> bool:
    """Whether lines end where the room did: all but each paragraph's last nearly as long as the longest."""
    inner = [_columns(line) for group in groups for line in group[:-1]]
    if not inner:
        return False
    longest = max(_columns(line) for group in groups for line in group)
    full = sum(columns >= _FULL * longest for columns in inner)
    return 30 < longest <= _WRAPPED and full >= 0.8 * len(inner)


def _columns(line: str) -> int:
    return len(line.rstrip()) + sum(map(is_wide, line))
