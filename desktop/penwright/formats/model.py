"""What a document holds, whatever file it came from: running text in blocks, footnotes, and its title.

Every reader makes this and every writer takes it, so that a format is written once, not once for each other.
All of it is frozen, and may be used on any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Text:
    """Plain letters; no line break among them."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A line break that the writer wants, within a paragraph."""


@dataclass(frozen=True, slots=True)
class Code:
    """Letters set as code."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """What is emphasised: italics."""

    inside: Inlines


@dataclass(frozen=True, slots=True)
class Strong:
    """What is strongly emphasised: bold."""

    inside: Inlines


@dataclass(frozen=True, slots=True)
class Struck:
    """What is struck through."""

    inside: Inlines


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere: to an address, a file, or with "#name" to a heading."""

    target: str
    inside: Inlines
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; `words` say what it shows."""

    target: str
    words: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class NoteMark:
    """The place of a footnote; its text is in `Document.notes` under this name."""

    name: str


Inline = Text | Break | Code | Emphasis | Strong | Struck | Link | Picture | NoteMark
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 to 6."""

    level: int
    inside: Inlines


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    inside: Inlines


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted."""

    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. start: the first number, or None for bullets. tight: no room between its items."""

    items: tuple[Blocks, ...]
    start: int | None = None
    tight: bool = True


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of code, without the last line's break."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. alignments: "left", "center", "right" or "" for each column; every row is as long."""

    alignments: tuple[str, ...]
    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across, or a break between scenes."""


Block = Heading | Paragraph | Quote | Listing | CodeBlock | Table | Rule
Blocks = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself. language: as in BCP 47, such as "zh-CN". date: as it was written."""

    title: str = ""
    author: str = ""
    language: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. notes: each footnote's blocks by its name."""

    blocks: Blocks
    notes: Mapping[str, Blocks] = field(default_factory=dict)
    about: About = field(default_factory=About)


def plain(inside: Inlines) -> str:
    """Return the letters alone; of a picture its words, of a footnote nothing."""
    parts = []
    for piece in inside:
        match piece:
            case Text(text) | Code(text):
                parts.append(text)
            case Break():
                parts.append("\n")
            case Picture(words=words):
                parts.append(words)
            case Emphasis(within) | Strong(within) | Struck(within) | Link(inside=within):
                parts.append(plain(within))
            case NoteMark():
                pass
    return "".join(parts)


def block_parts(block: Block) -> tuple[tuple[Blocks, ...], tuple[Inlines, ...]]:
    """Return the blocks that lie within a block, and the running texts that do."""
    match block:
        case Heading(inside=inside) | Paragraph(inside):
            return (), (inside,)
        case Quote(blocks):
            return (blocks,), ()
        case Listing(items=items):
            return items, ()
        case Table(header=header, rows=rows):
            return (), (*header, *(cell for row in rows for cell in row))
        case _:
            return (), ()


def walk(blocks: Blocks) -> Iterator[Block | Inline]:
    """Yield every block and every piece of running text in it, in their order."""
    for block in blocks:
        yield block
        below, texts = block_parts(block)
        for inside in texts:
            yield from walk_inside(inside)
        for part in below:
            yield from walk(part)


def walk_inside(inside: Inlines) -> Iterator[Inline]:
    """Yield every piece of a running text, each before what lies in it."""
    for piece in inside:
        yield piece
        if isinstance(piece, Emphasis | Strong | Struck | Link):
            yield from walk_inside(piece.inside)


def change_inside(inside: Inlines, change: Callable[[Inline], Inlines]) -> Inlines:
    """Return a running text in which `change` replaced each piece, the innermost first."""
    changed: list[Inline] = []
    for piece in inside:
        match piece:
            case Emphasis(within):
                changed += change(Emphasis(change_inside(within, change)))
            case Strong(within):
                changed += change(Strong(change_inside(within, change)))
            case Struck(within):
                changed += change(Struck(change_inside(within, change)))
            case Link(target, within, title):
                changed += change(Link(target, change_inside(within, change), title))
            case _:
                changed += change(piece)
    return tuple(changed)


def change_blocks(blocks: Blocks, change: Callable[[Inlines], Inlines]) -> Blocks:
    """Return blocks in which `change` replaced every running text."""

    def changed(block: Block) -> Block:
        match block:
            case Heading(level, inside):
                return Heading(level, change(inside))
            case Paragraph(inside):
                return Paragraph(change(inside))
            case Quote(within):
                return Quote(change_blocks(within, change))
            case Listing(items=items):
                return replace(block, items=tuple(change_blocks(item, change) for item in items))
            case Table(alignments, header, rows):
                return Table(
                    alignments, tuple(map(change, header)), tuple(tuple(map(change, row)) for row in rows)
                )
            case _:
                return block

    return tuple(map(changed, blocks))


def change_document(document: Document, change: Callable[[Inlines], Inlines]) -> Document:
    """Return the document in which `change` replaced every running text, those of footnotes too."""
    notes = {name: change_blocks(blocks, change) for name, blocks in document.notes.items()}
    return replace(document, blocks=change_blocks(document.blocks, change), notes=notes)


def note_order(document: Document) -> tuple[str, ...]:
    """Return the names of the footnotes that are referred to, in the order in which they are met."""
    names: dict[str, None] = {}

    def look(blocks: Blocks) -> None:
        for piece in walk(blocks):
            if isinstance(piece, NoteMark) and piece.name in document.notes and piece.name not in names:
                names[piece.name] = None

    look(document.blocks)
    for name in list(names):  # a footnote may have one of its own
        look(document.notes[name])
    return tuple(names)


COUNTED = (
    "headings",
    "paragraphs",
    "emphasis",
    "strong",
    "list items",
    "links",
    "images",
    "tables",
    "footnotes",
    "quotes",
    "code blocks",
    "rules",
)


def count(document: Document) -> dict[str, int]:
    """Return how many of each of COUNTED the document holds; its footnotes' texts count too."""
    counts = dict.fromkeys(COUNTED, 0)
    names = {
        Heading: "headings",
        Paragraph: "paragraphs",
        Emphasis: "emphasis",
        Strong: "strong",
        Link: "links",
        Picture: "images",
        Table: "tables",
        Quote: "quotes",
        CodeBlock: "code blocks",
        Rule: "rules",
    }
    order = note_order(document)
    counts["footnotes"] = len(order)
    for blocks in (document.blocks, *(document.notes[name] for name in order)):
        for piece in walk(blocks):
            if isinstance(piece, Listing):
                counts["list items"] += len(piece.items)
            elif type(piece) in names:
                counts[names[type(piece)]] += 1
    return counts
