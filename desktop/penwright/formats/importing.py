"""The one door in: a file of any format that is read here becomes a document of the model."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from penwright.base.errors import DocumentError
from penwright.base.file_faults import read_whole
from penwright.base.files import readable_name
from penwright.formats.docx_in import read_docx
from penwright.formats.html_in import read_html
from penwright.formats.kinds import Kind, kind_to_read
from penwright.formats.losses import Losses, Note
from penwright.formats.markdown_in import read_markdown
from penwright.formats.model import Document
from penwright.formats.odt_in import read_odt
from penwright.formats.plain import read_plain
from penwright.storage.documents import Documents
from penwright.storage.encodings import unify_newlines

_LIMIT = 200_000_000  # bytes of a file with pictures in it
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_LOOKED_AT = 4096  # bytes at the beginning, where a page says its encoding


@dataclass(frozen=True)
class Imported:
    """A document that was read, and keys of the catalogue with their values for what it lost on the way."""

    document: Document
    notes: tuple[Note, ...] = ()


def import_file(path: Path) -> Imported:
    """Return the document in a file, whose format is as its name says. Nothing is fetched from anywhere.

    Raises DocumentError: not there, not permitted, not what its name says, damaged, too large or unsafe.
    """
    kind = kind_to_read(path)
    losses = Losses()
    if kind is Kind.DOCX:
        return Imported(read_docx(_bytes(path), readable_name(path), losses), losses.notes())
    if kind is Kind.ODT:
        return Imported(read_odt(_bytes(path), readable_name(path), losses), losses.notes())
    text, notes = _text(path, html=kind is Kind.HTML)
    readers = {Kind.HTML: read_html, Kind.TEXT: read_plain}
    return Imported(readers.get(kind, read_markdown)(text), notes)


def _bytes(path: Path) -> bytes:
    return read_whole(path, _LIMIT, DocumentError, "formats.too_large")


def _text(path: Path, *, html: bool) -> tuple[str, tuple[Note, ...]]:
    """Return a text with line breaks of one kind; what a page says of its encoding is believed if true."""
    if html:
        said = _said_encoding(_bytes(path)[:_LOOKED_AT])
        if said:
            try:
                return unify_newlines(_bytes(path).decode(said))[0], ()
            except (UnicodeDecodeError, LookupError):
                pass
    file = Documents().open(path)
    # That lines end in different ways, or an encoding was guessed, matters to who saves over the file.
    notes = tuple((key, dict(values)) for key, values in file.notes if key == "document.guessed_encoding")
    return file.text, notes if not html else ()


def _said_encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    found = _XML_ENCODING.search(head) or _CHARSET.search(head)
    name = found[1].decode("ascii").lower() if found else ""
    # The web reads Western pages so, whatever they say, and Chinese ones by the encoding that holds all.
    return {"iso-8859-1": "cp1252", "latin1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)
