"""A document of another program opened as a new Markdown text, which lies nowhere yet."""

from __future__ import annotations

import itertools
from pathlib import Path

from penwright.base.errors import DocumentError, Value
from penwright.base.files import readable_name
from penwright.formats.carrying import carry_pictures, write_pictures
from penwright.formats.importing import import_file
from penwright.formats.losses import Losses, Note
from penwright.formats.markdown_out import write_markdown
from penwright.formats.model import Document, Inline, Inlines, Picture, Text, change_document, change_inside
from penwright.storage.documents import TextFile


def open_as_markdown(path: Path) -> TextFile:
    """Return a document's text, to be saved beside it under a name that is free. Raises DocumentError.

    Pictures that it holds are put into a folder beside it; where that can't be, their words stand for them.
    The notes say where the text came from and what was lost.
    """
    imported = import_file(path)
    target = _free_name(path)
    losses = Losses()
    document, beside = carry_pictures(imported.document, path.parent, target, losses)
    try:
        write_pictures(beside)
    except DocumentError:
        losses.add("picture_unplaced", len(beside))
        document = _without(document, {file.name for file in beside})
    values: dict[str, Value] = {"name": readable_name(path), "target": readable_name(target)}
    notes: list[Note] = [("formats.imported", values), *imported.notes, *losses.notes()]
    return TextFile(target, write_markdown(document), notes=tuple(notes))


def _free_name(path: Path) -> Path:
    names = itertools.chain([path.stem], (f"{path.stem} {number}" for number in itertools.count(2)))
    return next(file for file in (path.with_name(f"{name}.md") for name in names) if not file.exists())


def _without(document: Document, names: set[str]) -> Document:
    def change(piece: Inline) -> Inlines:
        if isinstance(piece, Picture) and piece.target.rpartition("/")[2] in names:
            return (Text(piece.words),) if piece.words else ()
        return (piece,)

    return change_document(document, lambda inside: change_inside(inside, change))
