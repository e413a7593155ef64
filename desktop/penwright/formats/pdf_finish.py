"""What Qt doesn't write into a PDF: its outline, its letters' names, what the document says of itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from pypdf import PdfReader, PdfWriter
from pypdf.generic import IndirectObject, NameObject, TextStringObject

from penwright.formats.model import Code, CodeBlock, Document, Picture, Text, walk
from penwright.formats.pdf_letters import name_letters
from penwright.formats.script import language_of

_VERSION = "%PDF-1.4"  # what Qt writes


class Entry(NamedTuple):
    """A heading in the outline. level: 1 to 6. page: counted from 0."""

    level: int
    words: str
    page: int


def finished(data: bytes, document: Document, entries: Sequence[Entry]) -> bytes:
    """Return the PDF in `data` with an outline, what it says of itself, and its letters named right."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.pdf_header = _VERSION
    said = {"/Title": document.about.title, "/Author": document.about.author}
    writer.add_metadata({name: value for name, value in said.items() if value})
    language = language_of(document)
    if language:
        writer.root_object[NameObject("/Lang")] = TextStringObject(language)
    above: list[tuple[int, IndirectObject]] = []
    for entry in entries:
        while above and above[-1][0] >= entry.level:
            above.pop()
        parent = above[-1][1] if above else None
        item = writer.add_outline_item(title=entry.words, page_number=entry.page, parent=parent)
        above.append((entry.level, item))
    name_letters(writer, letters_of(document))
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def letters_of(document: Document) -> set[str]:
    """Return every letter that the pages may show."""
    about = document.about
    letters = set(f"{about.title}{about.author}{about.date}0123456789.*• ")
    for blocks in (document.blocks, *document.notes.values()):
        for piece in walk(blocks):
            match piece:
                case Text(text) | Code(text) | CodeBlock(text):
                    letters.update(text)
                case Picture(words=words):
                    letters.update(words)
    return letters
