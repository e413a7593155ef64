"""The one door out: a document of the model in any format that is written here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from penwright.formats.docx_out import write_docx
from penwright.formats.epub_out import write_epub
from penwright.formats.html_out import write_html
from penwright.formats.kinds import Kind
from penwright.formats.losses import Losses, Note
from penwright.formats.markdown_out import write_markdown
from penwright.formats.model import Document
from penwright.formats.odt_out import write_odt
from penwright.formats.pictures import Pictures
from penwright.formats.plain import write_plain

Writer = Callable[[Document, Pictures, Losses], bytes]


@dataclass(frozen=True)
class Exported:
    """A file's bytes, and keys of the catalogue with their values for what the format couldn't hold."""

    data: bytes
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Exporter:
    """Writes every format. pdf: who draws pages, which takes Qt, and so is given from outside."""

    pdf: Writer

    def export(self, document: Document, kind: Kind, pictures: Pictures) -> Exported:
        """Return the document in a format. Raises DocumentError where it can't be drawn."""
        losses = Losses()
        data = self._writer(kind)(document, pictures, losses)
        return Exported(data, losses.notes())

    def _writer(self, kind: Kind) -> Writer:
        match kind:
            case Kind.DOCX:
                return write_docx
            case Kind.ODT:
                return write_odt
            case Kind.EPUB:
                return write_epub
            case Kind.PDF:
                return self.pdf
            case Kind.HTML:
                return lambda *given: write_html(*given).encode()
            case Kind.TEXT:
                return lambda document, _pictures, losses: write_plain(document, losses).encode()
            case Kind.MARKDOWN:
                return lambda document, _pictures, _losses: write_markdown(document).encode()
