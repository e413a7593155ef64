"""Tables from whatever program: rows equally long, columns aligned as they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from penwright.formats.model import Block, Blocks, Document, Inlines, Listing, Quote, Table, walk


def padded(sides: Sequence[str], rows: Sequence[tuple[Inlines, ...]]) -> Table | None:
    """Return the table of these rows, the first one its header; None where there are no cells."""
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return None
    full = [row + ((),) * (columns - len(row)) for row in rows]
    alignments = (*sides, *("",) * columns)[:columns]
    return Table(tuple(alignments), full[0], tuple(full[1:]))


def with_sides(document: Document, sides: Sequence[tuple[str, ...]]) -> Document:
    """Return the document with its tables' columns aligned; unchanged where sides and tables don't match."""
    if len(sides) != sum(isinstance(block, Table) for block in walk(document.blocks)):
        return document
    return replace(document, blocks=_aligned(document.blocks, iter(sides)))


def _aligned(blocks: Blocks, sides: Iterator[tuple[str, ...]]) -> Blocks:
    def changed(block: Block) -> Block:
        match block:
            case Table():
                columns = len(block.alignments)
                return replace(block, alignments=(*next(sides), *("",) * columns)[:columns])
            case Quote(within):
                return Quote(_aligned(within, sides))
            case Listing(items=items):
                return replace(block, items=tuple(_aligned(item, sides) for item in items))
        return block

    return tuple(map(changed, blocks))
