"""OpenDocument texts into the model, by their styles. What lies outside of the file is never fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from penwright.base.errors import DocumentError
from penwright.formats.anchors import with_links_to_headings
from penwright.formats.archive import Archive
from penwright.formats.losses import Losses
from penwright.formats.marks import regrouped
from penwright.formats.model import (
    About,
    Block,
    Blocks,
    CodeBlock,
    Document,
    Heading,
    Inlines,
    Listing,
    Paragraph,
    Quote,
    Rule,
    change_document,
    plain,
)
from penwright.formats.odt_styles import Styles, name_of
from penwright.formats.odt_words import Words
from penwright.formats.plain import is_scene_break
from penwright.formats.tables import padded

_CONTENT, _STYLES, _META = "content.xml", "styles.xml", "meta.xml"
_KINDS = ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-template")
_P, _H, _LIST = name_of("text", "p"), name_of("text", "h"), name_of("text", "list")
_ITEM, _HEADER = name_of("text", "list-item"), name_of("text", "list-header")
_SECTION, _TABLE = name_of("text", "section"), name_of("table", "table")
_ROW, _CELL, _COVERED = (
    name_of("table", "table-row"),
    name_of("table", "table-cell"),
    name_of("table", "covered-table-cell"),
)
_REPEATED = name_of("table", "number-columns-repeated")
_STYLE = name_of("text", "style-name")
_INDEX = tuple(name_of("text", f"{kind}-index") for kind in ("alphabetical", "illustration", "table", "user"))
_LEFT_OUT = {name_of("text", "table-of-content"), name_of("text", "tracked-changes"), *_INDEX}
_DEEPEST = 80
_MOST_REPEATED = 100  # cells in a row that say they are one


def read_odt(data: bytes, name: str, losses: Losses) -> Document:
    """Return the document; its pictures are "data:" addresses. Raises DocumentError for what is none."""
    archive = Archive.of(data, name)
    kind = archive.parts.get("mimetype", b"").decode("ascii", "replace").strip()
    if _CONTENT not in archive.parts or (kind and kind not in _KINDS):
        raise DocumentError("formats.not_odt", name=name)
    archive.check_xml(name)
    content = _root(archive.parts[_CONTENT])
    body = content.find(f"{name_of('office', 'body')}/{name_of('office', 'text')}")
    if body is None:
        raise DocumentError("formats.not_odt", name=name)
    roots = [content, *(_root(archive.parts[part]) for part in (_STYLES,) if part in archive.parts)]
    reader = _Reader(archive, Styles.of(roots), losses)
    blocks = reader.blocks(body)
    losses.add("change", sum(1 for _ in body.iter(name_of("text", "changed-region"))))
    about = _about(archive, reader.about)
    document = Document(blocks, {note: reader.note(element) for note, element in reader.words.notes()}, about)
    document = with_links_to_headings(document, reader.headings)
    return change_document(document, regrouped)


def _root(part: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(part, parser)


def _about(archive: Archive, seen: dict[str, str]) -> About:
    about = About(**seen)
    if _META not in archive.parts:
        return about
    root = _root(archive.parts[_META])

    def said(prefix: str, name: str) -> str:
        found = root.find(f".//{name_of(prefix, name)}")
        return (found.text or "").strip() if found is not None else ""

    author = about.author or said("meta", "initial-creator") or said("dc", "creator")
    return replace(about, author=author, language=about.language or said("dc", "language"))


class _Reader:
    def __init__(self, archive: Archive, styles: Styles, losses: Losses) -> None:
        self._styles = styles
        self._losses = losses
        self.words = Words(archive, styles, losses)
        self.about: dict[str, str] = {}
        self.headings: dict[str, Heading] = {}  # by the bookmarks that links name

    def note(self, element: etree._Element) -> Blocks:
        """Return a footnote's blocks."""
        return self.blocks(element)

    def blocks(self, element: etree._Element, depth: int = 0) -> Blocks:
        """Return what lies in an element; neighbouring quotes, and lines of code, are made one."""
        blocks: list[Block] = []
        for child in element:
            for block in self._block(child, depth + 1):
                before = blocks[-1] if blocks else None
                if isinstance(block, Quote) and isinstance(before, Quote):
                    blocks[-1] = Quote(before.blocks + block.blocks)
                elif isinstance(block, CodeBlock) and isinstance(before, CodeBlock):
                    blocks[-1] = CodeBlock(f"{before.text}\n{block.text}")
                else:
                    blocks.append(block)
        return tuple(blocks)

    def _block(self, element: etree._Element, depth: int) -> Blocks:
        if element.tag in _LEFT_OUT:
            return ()
        if depth > _DEEPEST:
            words = " ".join("".join(str(part) for part in element.itertext()).split())
            return self.words.loose(words)
        if element.tag == _H:
            return self._heading(element)
        if element.tag == _P:
            return self._paragraph(element)
        if element.tag == _LIST:
            return self._listing(element, depth)
        if element.tag == _TABLE:
            return self._table(element)
        return self.blocks(element, depth)

    def _heading(self, element: etree._Element) -> Blocks:
        inside = self.words.inside(element)
        if not inside:
            return ()
        given = element.get(name_of("text", "outline-level")) or "1"
        heading = Heading(min(6, max(1, int(given))) if given.isascii() and given.isdigit() else 1, inside)
        for mark in ("bookmark", "bookmark-start"):
            for one in element.iter(name_of("text", mark)):
                self.headings[one.get(name_of("text", "name")) or ""] = heading
        return (heading,)

    def _paragraph(self, element: etree._Element) -> Blocks:
        style = self._styles.style("paragraph", element.get(_STYLE))
        if style.kind == "code":
            return (CodeBlock(plain(self.words.inside(element, trim=False))),)
        if style.kind == "rule":
            return (Rule(),)
        inside = self.words.inside(element)
        below = self.words.take_boxes()
        words = plain(inside)
        if style.kind in {"title", "author", "date"}:
            if style.kind not in self.about:
                self.about[style.kind] = " ".join(words.split())
                return ()
        elif is_scene_break(words):
            return (Rule(),)
        blocks: Blocks = (Paragraph(inside),) if inside else ()
        for box in below:
            blocks += self.blocks(box, 1)
        return (Quote(blocks),) if blocks and style.kind == "quote" else blocks

    def _listing(self, element: etree._Element, depth: int) -> Blocks:
        items: list[Blocks] = []
        start: int | None = None
        for child in element:
            if child.tag not in {_ITEM, _HEADER}:
                continue
            given = child.get(name_of("text", "start-value")) or ""
            if not items and given.isascii() and given.isdigit() and len(given) < 9:
                start = int(given)
            items.append(self.blocks(child, depth))
        if not items:
            return ()
        ordered = self._styles.ordered(self._list_style(element))
        if all(len(item) == 1 and isinstance(item[0], Quote) for item in items):  # a list within a quote
            unwrapped = tuple(item[0].blocks for item in items if isinstance(item[0], Quote))
            return (Quote((_listing(unwrapped, start, ordered=ordered),)),)
        return (_listing(tuple(items), start, ordered=ordered),)

    def _list_style(self, element: etree._Element) -> str:
        """Return a list's style; one in a list has that of the outer one."""
        for one in (element, *element.iterancestors(_LIST)):
            if name := one.get(_STYLE):
                return name
        return ""

    def _table(self, element: etree._Element) -> Blocks:
        rows: list[tuple[Inlines, ...]] = []
        sides: list[str] = []
        for row in element.iter(_ROW):
            if next(row.iterancestors(_TABLE), None) is not element:
                continue
            cells = list(self._cells(row))
            rows.append(tuple(self._cell(cell) for cell in cells))
            if not sides:
                sides = [self._side(cell) for cell in cells]
        table = padded(sides, rows)
        return (table,) if table is not None else ()

    def _cells(self, row: etree._Element) -> Iterator[etree._Element]:
        for cell in row:
            if cell.tag in {_CELL, _COVERED}:
                if cell.tag == _COVERED:
                    self._losses.add("merged_cells")
                times = cell.get(_REPEATED) or "1"
                yield from [cell] * (min(_MOST_REPEATED, int(times)) if times.isdigit() else 1)

    def _cell(self, cell: etree._Element) -> Inlines:
        """Return a cell in one paragraph; what were several have breaks between them."""
        return self.words.lines(cell.iter(_P, _H))

    def _side(self, cell: etree._Element) -> str:
        first = cell.find(_P)
        return self._styles.style("paragraph", first.get(_STYLE)).side if first is not None else ""


def _listing(items: tuple[Blocks, ...], start: int | None, *, ordered: bool) -> Listing:
    loose = any(sum(isinstance(block, Paragraph) for block in item) > 1 for item in items)
    return Listing(items, (start if start is not None else 1) if ordered else None, not loose)
