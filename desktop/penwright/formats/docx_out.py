"""The model as a Word document, with real styles, lists, links and footnotes."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import docx
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shape import InlineShape
from docx.shared import Emu, Mm

from penwright.formats.anchors import anchors
from penwright.formats.docx_parts import (
    CODE,
    CODE_LINES,
    INDENT,
    LINK,
    NOTE_MARK,
    NOTE_TEXT,
    QUOTE,
    SCENE_BREAK,
    TABLE_HEADING,
    NotesPart,
    Numbering,
    Styles,
    attributes,
    make,
)
from penwright.formats.html_out import xml_clean
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
from penwright.formats.pictures import Pictures
from penwright.formats.script import language_of

if TYPE_CHECKING:
    from lxml import etree

_TAKEN = {"png", "jpeg", "gif", "bmp", "tiff"}
_BAD_PICTURE = (
    InvalidImageStreamError,
    UnexpectedEndOfFileError,
    UnrecognizedImageError,
    ValueError,
    OSError,
)
_LONGEST_TARGET = 2000  # letters; Word refuses a document with longer ones
_LONGEST_TITLE = 250
_DEEPEST_LIST = 8


def write_docx(document: Document, pictures: Pictures, losses: Losses) -> bytes:
    """Return the file's bytes."""
    return _Writer(document, pictures, losses).write()


@dataclass(frozen=True)
class _Place:
    """Where blocks go, and how they are set there. relations: of whose part links and pictures are."""

    container: etree._Element
    part: object
    style: str = "Normal"
    indent: int = 0  # levels of lists and quotes
    list_level: int = -1
    first: tuple[int, int] | None = None  # the list and level of the next paragraph's mark


@dataclass(frozen=True)
class _Manner:
    """How letters are set."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    link: bool = False


class _Writer:
    def __init__(self, document: Document, pictures: Pictures, losses: Losses) -> None:
        self._document = document
        self._pictures = pictures
        self._losses = losses
        self._docx = docx.Document()
        self._language = language_of(document)
        self._styles = Styles(self._docx, self._language)
        self._numbering = Numbering(self._docx)
        self._notes = NotesPart(self._docx)
        self._numbers = {name: number for number, name in enumerate(note_order(document), 1)}
        self._met: set[str] = set()
        self._relations: dict[tuple[int, str], str] = {}  # of links, by part and target
        self._anchors = anchors(document)
        self._names = set(self._anchors.values())
        self._next_id = 1  # of a bookmark
        section = self._docx.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)
        self._width = Mm(160)

    def write(self) -> bytes:
        about = self._document.about
        properties = self._docx.core_properties
        properties.title, properties.author = about.title[:255], about.author[:255]
        properties.language = self._language
        properties.comments = ""
        body = self._docx.element.body
        place = _Place(body, self._docx.part)
        for style, words in (("Title", about.title), ("Author", about.author), ("Date", about.date)):
            if words:
                self._inline(self._paragraph(replace(place, style=style)), (Text(words),), place)
        self._blocks(self._document.blocks, place)
        for name in self._numbers:
            self._note(name)
        # The section's properties have to be the last in the body.
        body.append(body.find(qn("w:sectPr")))
        stream = io.BytesIO()
        self._docx.save(stream)
        return stream.getvalue()

    def _note(self, name: str) -> None:
        note = self._notes.add(self._numbers[name])
        place = _Place(note, self._notes.part, style=NOTE_TEXT)
        self._blocks(self._document.notes[name] or (Paragraph(()),), place)
        mark = make("w:r")
        properties = make("w:rPr")
        properties.append(make("w:rStyle", val=self._styles.identifier(NOTE_MARK)))
        mark.extend([properties, make("w:footnoteRef")])
        first = note.find(qn("w:p"))
        if first is None:
            first = make("w:p")
            note.insert(0, first)
        space = self._run(first, " ", _Manner())
        first.insert(1 if first.find(qn("w:pPr")) is not None else 0, mark)
        mark.addnext(space)
        if note[-1].tag != qn("w:p"):  # a note that ends with a table needs a paragraph behind it
            note.append(make("w:p"))

    def _blocks(self, blocks: Blocks, place: _Place) -> None:
        for block in blocks:
            self._block(block, place)
            place = replace(place, first=None)
        if place.first is not None:  # an item with nothing in it
            self._paragraph(place)

    def _block(self, block: Block, place: _Place) -> None:
        match block:
            case Heading(level, inside):
                paragraph = self._paragraph(replace(place, style=f"Heading {level}"))
                self._bookmarked(paragraph, self._anchors.get(id(block), ""), inside, place)
            case Paragraph(inside):
                self._inline(self._paragraph(place), inside, place)
            case Quote(blocks):
                if place.style == QUOTE:
                    self._losses.add("quote_in_quote")
                elif place.first is not None or place.list_level >= 0:
                    self._losses.add("quote_in_list")
                quoted = place if place.style == NOTE_TEXT else replace(place, style=QUOTE)
                self._blocks(blocks, replace(quoted, indent=place.indent + 1))
            case Listing():
                self._listing(block, place)
            case CodeBlock(text):
                paragraph = self._paragraph(replace(place, style=CODE_LINES))
                for number, line in enumerate(text.split("\n")):
                    run = self._run(paragraph, line, _Manner())
                    if number:
                        run.insert(0, make("w:br"))
            case Table():
                self._table(block, place)
            case Rule():
                self._inline(
                    self._paragraph(replace(place, style=SCENE_BREAK, indent=0)), (Text("* * *"),), place
                )

    def _listing(self, listing: Listing, place: _Place) -> None:
        level = min(place.list_level + 1, _DEEPEST_LIST)
        if place.list_level >= _DEEPEST_LIST:
            self._losses.add("deep_list")
        number = self._numbering.new_list(listing.start)
        for item in listing.items:
            inner = replace(place, indent=place.indent + 1, list_level=level, first=(number, level))
            self._blocks(item, inner)

    def _table(self, table: Table, place: _Place) -> None:
        columns = len(table.alignments)
        grid = self._docx.add_table(rows=0, cols=columns, style="Table Grid")
        for number, cells in enumerate((table.header, *table.rows)):
            row = grid.add_row()
            if number == 0:
                row._tr.get_or_add_trPr().append(make("w:tblHeader"))
            for cell, side, inside in zip(row.cells, table.alignments, cells, strict=True):
                paragraph = cell.paragraphs[0]._p
                properties = paragraph.get_or_add_pPr()
                if number == 0:
                    properties.append(make("w:pStyle", val=self._styles.identifier(TABLE_HEADING)))
                properties.append(make("w:spacing", before=40, after=40))
                if side:
                    properties.append(make("w:jc", val=side))
                self._inline(paragraph, inside, place)
        place.container.append(grid._tbl)

    def _paragraph(self, place: _Place) -> etree._Element:
        paragraph = make("w:p")
        properties = make("w:pPr")
        properties.append(make("w:pStyle", val=self._styles.identifier(place.style)))
        if place.first is not None:
            number, level = place.first
            numbering = make("w:numPr")
            numbering.extend([make("w:ilvl", val=level), make("w:numId", val=number)])
            properties.append(numbering)
            properties.append(make("w:contextualSpacing"))
            properties.append(make("w:ind", left=INDENT.twips * place.indent, hanging=INDENT.twips))
        elif place.indent:
            properties.append(make("w:ind", left=INDENT.twips * place.indent))
        paragraph.append(properties)
        place.container.append(paragraph)
        return paragraph

    def _bookmarked(self, paragraph: etree._Element, name: str, inside: Inlines, place: _Place) -> None:
        number, self._next_id = self._next_id, self._next_id + 1
        paragraph.append(make("w:bookmarkStart", id=number, name=_bookmark(name)))
        self._inline(paragraph, inside, place)
        paragraph.append(make("w:bookmarkEnd", id=number))

    def _inline(
        self,
        target: etree._Element,
        inside: Inlines,
        place: _Place,
        manner: _Manner = _Manner(),
    ) -> None:
        for piece in inside:
            match piece:
                case Text(text):
                    self._run(target, text, manner)
                case Code(text):
                    self._run(target, text, replace(manner, code=True))
                case Break():
                    self._run(target, "", manner).append(make("w:br"))
                case Emphasis(within):
                    self._inline(target, within, place, replace(manner, italic=True))
                case Strong(within):
                    self._inline(target, within, place, replace(manner, bold=True))
                case Struck(within):
                    self._inline(target, within, place, replace(manner, struck=True))
                case Link():
                    self._link(target, piece, place, manner)
                case Picture():
                    self._picture(target, piece, place, manner)
                case NoteMark(name):
                    self._mark(target, name, place)

    def _run(self, target: etree._Element, text: str, manner: _Manner) -> etree._Element:
        run = make("w:r")
        properties = make("w:rPr")
        if manner.code or manner.link:
            properties.append(make("w:rStyle", val=self._styles.identifier(CODE if manner.code else LINK)))
        for name, wanted in (("b", manner.bold), ("i", manner.italic), ("strike", manner.struck)):
            if wanted:
                properties.append(make(f"w:{name}"))
        if len(properties):
            run.append(properties)
        target.append(run)
        if text:
            run.text = xml_clean(text)  # python-docx's own element: it makes tabs and breaks of such letters
        return run

    def _link(self, target: etree._Element, link: Link, place: _Place, manner: _Manner) -> None:
        element = make("w:hyperlink")
        if link.target.startswith("#") and link.target[1:] in self._names:
            attributes(element, anchor=_bookmark(link.target[1:]), history=1)
        elif not link.target or len(link.target) > _LONGEST_TARGET:
            self._losses.add("link")
            self._inline(target, link.inside, place, manner)
            return
        else:
            key = (id(place.part), link.target)
            if key not in self._relations:  # python-docx would look through all of them each time
                self._relations[key] = place.part.rels.get_or_add_ext_rel(  # type: ignore[attr-defined] # every part
                    RELATIONSHIP_TYPE.HYPERLINK, xml_clean(link.target)
                )
            relation = self._relations[key]
            element.set(qn("r:id"), relation)
        if link.title:
            attributes(element, tooltip=xml_clean(link.title)[:_LONGEST_TITLE])
        target.append(element)
        self._inline(element, link.inside, place, replace(manner, link=True))

    def _picture(self, target: etree._Element, picture: Picture, place: _Place, manner: _Manner) -> None:
        found = self._pictures.find(picture.target)
        if found is None or found.kind not in _TAKEN or place.part is not self._docx.part:
            self._losses.add("picture_missing" if found is None else "picture_kind")
            self._run(target, picture.words or picture.target, manner)
            return
        try:
            shape = InlineShape(self._docx.part.new_pic_inline(io.BytesIO(found.data), None, None))
        except _BAD_PICTURE:
            self._losses.add("picture_missing")
            self._run(target, picture.words or picture.target, manner)
            return
        if shape.width > self._width:
            shape.height = Emu(round(shape.height * self._width / shape.width))
            shape.width = self._width
        drawing = make("w:drawing")
        drawing.append(shape._inline)
        self._run(target, "", manner).append(drawing)
        about = shape._inline.docPr
        about.set("descr", xml_clean(picture.words))
        if picture.title:
            about.set("title", xml_clean(picture.title))

    def _mark(self, target: etree._Element, name: str, place: _Place) -> None:
        number = self._numbers.get(name)
        if number is None:
            return
        if name in self._met or place.part is not self._docx.part:
            # Word has one mark for each footnote, and none within footnotes; elsewhere its number stands.
            self._losses.add("note_again" if name in self._met else "note_in_note")
            self._run(target, f"[{number}]", _Manner())
            return
        self._met.add(name)
        run = make("w:r")
        properties = make("w:rPr")
        properties.append(make("w:rStyle", val=self._styles.identifier(NOTE_MARK)))
        run.extend([properties, make("w:footnoteReference", id=number)])
        target.append(run)


def _bookmark(name: str) -> str:
    """Return a heading's name as Word allows it: at most 40 letters, digits and underscores."""
    kept = "".join(letter if letter.isalnum() else "_" for letter in name)
    return f"h_{kept}"[:40]
