"""The model as an OpenDocument text, with real styles, lists, links and footnotes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, replace

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image

from penwright.formats.anchors import anchors
from penwright.formats.html_out import xml_text
from penwright.formats.losses import Losses
from penwright.formats.model import (
    Block,
    Blocks,
    Break,
    Code,
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    Link,
    Listing,
    NoteMark,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
    note_order,
)
from penwright.formats.odt_parts import DECLARED, MEDIA_TYPE, code_of, manifest, meta, styles
from penwright.formats.pictures import PictureFile, Pictures
from penwright.formats.script import language_of

_TAKEN = {"png", "jpeg", "gif", "bmp", "tiff"}
_BAD_PICTURE = (
    InvalidImageStreamError,
    UnexpectedEndOfFileError,
    UnrecognizedImageError,
    ValueError,
    OSError,
)
_WIDEST = 16.0  # centimetres
_EMU = 360_000  # a centimetre in the units of python-docx, which reads pictures' sizes
_SPACES = re.compile(r"(?<= ) +|^ +|[\t\n]")
_LETTERS = {Emphasis: "i", Strong: "b", Struck: "s"}
_LOOKS = {
    "b": 'fo:font-weight="bold" style:font-weight-asian="bold"',
    "i": 'fo:font-style="italic" style:font-style-asian="italic"',
    "s": 'style:text-line-through-style="solid"',
}
_SPANS = {Emphasis: "Emphasis", Strong: "Strong Emphasis", Struck: "Struck"}
_AUTOMATIC = (
    '<office:automatic-styles><style:style style:name="Cell" style:family="table-cell">'
    '<style:table-cell-properties fo:border="0.5pt solid #a8a39a" fo:padding="0.1cm"/></style:style>'
    + "".join(
        f'<style:style style:name="{name}-{side}" style:family="paragraph" '
        f'style:parent-style-name="Table_20_{name}">'
        f'<style:paragraph-properties fo:text-align="{side}"/></style:style>'
        for name in ("Contents", "Heading")
        for side in ("left", "center", "right")
    )
    # Letters have one style each in most programs, so that of words marked twice says both.
    + "".join(
        f'<style:style style:name="Both-{both}" style:family="text"><style:text-properties '
        f"{' '.join(_LOOKS[letter] for letter in both)}/></style:style>"
        for both in ("bi", "bs", "is", "bis")
    )
    + "</office:automatic-styles>"
)


def write_odt(document: Document, pictures: Pictures, losses: Losses) -> bytes:
    """Return the file's bytes."""
    return _Writer(document, pictures, losses).write()


@dataclass(frozen=True)
class _Place:
    """How blocks are set."""

    style: str = "Text body"
    in_list: bool = False
    in_note: bool = False
    marks: frozenset[str] = frozenset()


class _Writer:
    def __init__(self, document: Document, pictures: Pictures, losses: Losses) -> None:
        self._document = document
        self._pictures = pictures
        self._losses = losses
        self._numbers = {name: number for number, name in enumerate(note_order(document), 1)}
        self._met: set[str] = set()
        self._anchors = anchors(document)
        self._images: dict[str, PictureFile] = {}
        self._tables = 0

    def write(self) -> bytes:
        about, language = self._document.about, language_of(self._document)
        lines = (("Title", about.title), ("Author", about.author), ("Date", about.date))
        head = "".join(_paragraph(style, xml_text(words)) for style, words in lines if words)
        body = self._blocks(self._document.blocks, _Place())
        content = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<office:document-content {DECLARED} office:version="1.3">'
            f"{_AUTOMATIC}<office:body><office:text>\n{head}{body}</office:text></office:body>"
            "</office:document-content>\n"
        )
        kinds = {f"Pictures/{image.name}": image.media_type for image in self._images.values()}
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
            # The first entry, uncompressed, tells the format.
            file.writestr("mimetype", MEDIA_TYPE, zipfile.ZIP_STORED)
            file.writestr("content.xml", content)
            file.writestr("styles.xml", styles(language))
            file.writestr("meta.xml", meta(about, language))
            for image in self._images.values():
                file.writestr(f"Pictures/{image.name}", image.data, zipfile.ZIP_STORED)
            file.writestr("META-INF/manifest.xml", manifest(kinds))
        return stream.getvalue()

    def _blocks(self, blocks: Blocks, place: _Place) -> str:
        return "".join(self._block(block, place) for block in blocks)

    def _block(self, block: Block, place: _Place) -> str:
        match block:
            case Heading(level, inside):
                name = xml_text(self._anchors.get(id(block), ""))
                mark = f'<text:bookmark text:name="{name}"/>' if name else ""
                words = mark + self._inside(inside, place)
                style = f'text:style-name="Heading_20_{level}" text:outline-level="{level}"'
                return f"<text:h {style}>{words}</text:h>\n"
            case Paragraph(inside):
                return _paragraph(place.style, self._inside(inside, place))
            case Quote(blocks):
                if place.style == "Quotations":
                    self._losses.add("quote_in_quote")
                return self._blocks(blocks, place if place.in_note else replace(place, style="Quotations"))
            case Listing():
                return self._listing(block, place)
            case CodeBlock(text):
                return _paragraph("Preformatted Text", _spaced(text))
            case Table():
                return self._table(block, place)
            case Rule():
                return _paragraph("Scene Break", "* * *")

    def _listing(self, listing: Listing, place: _Place) -> str:
        inner = replace(place, in_list=True)
        items = []
        for number, item in enumerate(listing.items):
            first = listing.start not in {None, 1} and not number
            start = f' text:start-value="{listing.start}"' if first else ""
            blocks = self._blocks(item, inner) or _paragraph(place.style, "")
            items.append(f"<text:list-item{start}>{blocks}</text:list-item>\n")
        style = "Bullets" if listing.start is None else "Numbers"
        return f'<text:list text:style-name="{style}">\n{"".join(items)}</text:list>\n'

    def _table(self, table: Table, place: _Place) -> str:
        if place.in_list or place.in_note:  # the format has none there
            self._losses.add("table_within")
            rows = (table.header, *table.rows)
            joined = (" | ".join(self._inside(cell, place) for cell in row) for row in rows)
            return "".join(_paragraph(place.style, row) for row in joined)
        self._tables += 1

        def row(cells: tuple[Inlines, ...], kind: str) -> str:
            parts = []
            for inside, side in zip(cells, table.alignments, strict=True):
                style = f"{kind}-{side}" if side else f"Table {kind}"
                words = _paragraph(style, self._inside(inside, place))
                parts.append(f'<table:table-cell table:style-name="Cell">{words}</table:table-cell>')
            return f"<table:table-row>{''.join(parts)}</table:table-row>\n"

        columns = f'<table:table-column table:number-columns-repeated="{len(table.alignments)}"/>'
        head = f"<table:table-header-rows>{row(table.header, 'Heading')}</table:table-header-rows>"
        body = "".join(row(cells, "Contents") for cells in table.rows)
        return f'<table:table table:name="Table{self._tables}">{columns}{head}{body}</table:table>\n'

    def _inside(self, inside: Inlines, place: _Place) -> str:
        return "".join(self._piece(piece, place) for piece in inside)

    def _piece(self, piece: Inline, place: _Place) -> str:
        match piece:
            case Text(text):
                return _spaced(text)
            case Break():
                return "<text:line-break/>"
            case Code(text):
                return _span("Source Text", _spaced(text))
            case Emphasis(within) | Strong(within) | Struck(within):
                marks = place.marks | {_LETTERS[type(piece)]}
                style = _SPANS[type(piece)] if len(marks) == 1 else _several(marks)
                return _span(style, self._inside(within, replace(place, marks=marks)))
            case Link(target, within, title):
                words = self._inside(within, place)
                said = f' office:title="{xml_text(title)}"' if title else ""
                link = f'xlink:type="simple" xlink:href="{xml_text(target)}"'
                return f'<text:a {link} text:style-name="Internet_20_link"{said}>{words}</text:a>'
            case Picture():
                return self._picture(piece)
            case NoteMark(name):
                return self._note(name, place)

    def _note(self, name: str, place: _Place) -> str:
        number = self._numbers.get(name)
        if number is None:
            return ""
        if name in self._met or place.in_note:
            self._losses.add("note_again" if name in self._met else "note_in_note")
            return f"[{number}]"
        self._met.add(name)
        inner = _Place("Footnote", in_note=True)
        blocks = self._blocks(self._document.notes[name], inner) or _paragraph("Footnote", "")
        return (
            f'<text:note text:id="ftn{number}" text:note-class="footnote">'
            f"<text:note-citation>{number}</text:note-citation>"
            f"<text:note-body>{blocks}</text:note-body></text:note>"
        )

    def _picture(self, picture: Picture) -> str:
        found = self._pictures.find(picture.target)
        if found is None or found.kind not in _TAKEN:
            self._losses.add("picture_missing" if found is None else "picture_kind")
            return _spaced(picture.words or picture.target)
        try:
            size = Image.from_blob(found.data)
            width, height = size.width / _EMU, size.height / _EMU
        except _BAD_PICTURE:
            self._losses.add("picture_missing")
            return _spaced(picture.words or picture.target)
        if width > _WIDEST:
            width, height = _WIDEST, height * _WIDEST / width
        self._images[found.name] = found
        title = f"<svg:title>{xml_text(picture.title)}</svg:title>" if picture.title else ""
        return (
            f'<draw:frame draw:name="{found.name}" text:anchor-type="as-char" '
            f'svg:width="{max(width, 0.01):.2f}cm" svg:height="{max(height, 0.01):.2f}cm">'
            f'<draw:image xlink:href="Pictures/{found.name}" xlink:type="simple"/>'
            f"{title}<svg:desc>{xml_text(picture.words)}</svg:desc></draw:frame>"
        )


def _paragraph(style: str, words: str) -> str:
    return f'<text:p text:style-name="{code_of(style)}">{words}</text:p>\n'


def _span(style: str, words: str) -> str:
    return f'<text:span text:style-name="{code_of(style)}">{words}</text:span>'


def _several(marks: frozenset[str]) -> str:
    return f"Both-{''.join(sorted(marks))}"


def _spaced(text: str) -> str:
    """Return letters as markup; of several spaces a reader would keep one."""
    parts: list[str] = []
    at = 0
    for found in _SPACES.finditer(text):
        parts.append(xml_text(text[at : found.start()]))
        marks = {"\t": "<text:tab/>", "\n": "<text:line-break/>"}
        parts.append(marks.get(found[0], f'<text:s text:c="{len(found[0])}"/>'))
        at = found.end()
    return "".join(parts) + xml_text(text[at:])
