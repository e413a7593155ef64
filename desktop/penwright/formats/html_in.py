"""HTML into the model: what is meant is taken, its looks and what would run are left. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from penwright.formats.anchors import with_links_to_headings
from penwright.formats.html_words import Words
from penwright.formats.joining import joined, trimmed
from penwright.formats.model import (
    About,
    Block,
    Blocks,
    CodeBlock,
    Document,
    Heading,
    Inline,
    Inlines,
    Listing,
    Paragraph,
    Quote,
    Rule,
)
from penwright.formats.tables import padded

_DEEPEST = 100  # elements in one another; below, only their words are taken
_LEFT_OUT = {
    *("script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "math"),
    *("canvas", "audio", "video", "form", "input", "button", "select", "textarea", "nav", "head", "title"),
}
_GROUPS = {
    *(
        "body",
        "html",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "figure",
        "figcaption",
    ),
    *("address", "center", "details", "summary", "dl", "dt", "dd", "fieldset", "hgroup"),
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = _GROUPS | set(_HEADINGS) | {"p", "blockquote", "ul", "ol", "menu", "li", "pre", "table", "hr"}
_SCENE_BREAK = re.compile(r"[*#~_\-–—⁂•·＊※◇◆☆★\s]{1,40}")
_SCENE_MARKS = re.compile(r"(?:\S\s*){3,}|[⁂#]")
_ABOUT_LINES = ("title", "author", "date")  # paragraphs of these classes stand in `About`
_BACK_MARKS = {"↑", "↩", "↩︎", "↵", "⏎", "^"}


def blocks_of_html(markup: str) -> Blocks:
    """Return the blocks of a piece of HTML, such as stands in a Markdown text."""
    return read_html(markup).blocks


def read_html(markup: str) -> Document:
    """Return the document that the markup is; broken markup is read as browsers do, as far as possible."""
    # As bytes, so that a declaration of an encoding within the markup says nothing.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None  # nothing in it
    if root is None:
        return Document(())
    notes = _notes(root)
    reader = _Reader(dict(notes.names))
    blocks = reader.blocks(root)
    noted = {notes.names[key]: reader.note(element) for key, element in notes.elements.items()}
    document = Document(blocks, noted, _about(root))
    return with_links_to_headings(document, reader.headings)


@dataclass
class _Notes:
    """Footnotes by the ids of their elements: the element, and the name that the note has here."""

    elements: dict[str, etree._Element] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def _notes(root: etree._Element) -> _Notes:
    """Take out of the tree what superscript links lead to and what leads back, or says that it is a note."""
    by_id = {str(element.get("id")): element for element in _elements(root) if element.get("id")}
    notes = _Notes()
    for link in _elements(root):
        target = (link.get("href") or "")[1:]
        if link.tag != "a" or not (link.get("href") or "").startswith("#") or target not in by_id:
            continue
        element = by_id[target]
        if not _is_note_link(link) or element.tag not in {"li", "aside", "div", "p"} or element is link:
            continue
        if target not in notes.names:
            notes.names[target] = str(len(notes.names) + 1)
            notes.elements[target] = element
    for element in notes.elements.values():
        above = element.getparent()
        if above is not None:
            _take_out(element, above)
            _remove_empty_list(above)
    return notes


def _take_out(element: etree._Element, above: etree._Element) -> None:
    """Take an element out of the one above it; the words behind it stay."""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        above.text = (above.text or "") + (element.tail or "")
    element.tail = None
    above.remove(element)


def _is_note_link(link: etree._Element) -> bool:
    if "noteref" in (link.get("role") or "") + (link.get("class") or ""):
        return True
    near = [link.getparent(), *link]
    raised = any(one is not None and one.tag == "sup" for one in near)
    return raised and len("".join(str(part) for part in link.itertext()).strip()) <= 6


def _remove_empty_list(element: etree._Element) -> None:
    """Take away the list, the section and the line above it that held the notes, once they hold nothing."""
    above = element.getparent()
    if above is None or element.tag not in {"ol", "ul", "section", "div"}:
        return
    rest = [child for child in element if child.tag != "hr"]
    if not rest and not "".join(str(part) for part in element.itertext()).strip():
        _take_out(element, above)
        _remove_empty_list(above)


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return iter(root.iter())


def _about(root: etree._Element) -> About:
    metas = {(meta.get("name") or "").lower(): meta.get("content") or "" for meta in root.iter("meta")}
    title = root.find(".//title")
    lines = {name: _first_of(root, name) for name in _ABOUT_LINES}
    return About(
        title=lines["title"] or (_one_line(title) if title is not None else ""),
        author=lines["author"] or metas.get("author", ""),
        language=root.get("lang") or "",
        date=lines["date"] or metas.get("dcterms.date", metas.get("date", "")),
    )


def _first_of(root: etree._Element, name: str) -> str:
    return next(
        (_one_line(one) for one in _elements(root) if one.tag == "p" and one.get("class") == name), ""
    )


def _one_line(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


class _Reader:
    """Reads elements into blocks. notes: the footnotes' names by the ids that links lead to."""

    def __init__(self, notes: dict[str, str]) -> None:
        self._words = Words(notes, _BLOCKS, _LEFT_OUT)
        self.headings: dict[str, Heading] = {}  # by the ids that links within the text name

    def note(self, element: etree._Element) -> Blocks:
        """Return a footnote's blocks, without the links back."""
        for link in list(element.iter("a")):
            words = "".join(str(part) for part in link.itertext()).strip()
            if (link.get("href") or "").startswith("#") and (
                words in _BACK_MARKS or "backlink" in (link.get("role") or "") + (link.get("class") or "")
            ):
                for child in list(link):
                    link.remove(child)
                link.text = ""
                link.tag = "span"
        return self.blocks(element)

    def blocks(self, element: etree._Element, depth: int = 0) -> Blocks:
        """Return what lies in an element: blocks, and loose words as paragraphs."""
        blocks: list[Block] = []
        loose: list[Inline] = list(self._words.text(element.text))

        def close() -> None:
            inside = trimmed(joined(loose))
            loose.clear()
            if inside:
                blocks.append(Paragraph(inside))

        for child in element:
            if child.tag not in _LEFT_OUT:
                if child.tag in _BLOCKS or self._words.holds_blocks(child):
                    close()
                    blocks += self._block(child, depth + 1)
                else:
                    loose += self._words.piece(child)
            loose += self._words.text(child.tail)
        close()
        return tuple(blocks)

    def _block(self, element: etree._Element, depth: int) -> Blocks:
        tag = str(element.tag)
        if depth > _DEEPEST:
            return self._paragraph(element)
        if tag in _HEADINGS:
            inside = self._words.inside(element)
            if not inside:
                return ()
            heading = Heading(_HEADINGS[tag], inside)
            self.headings |= {str(one.get("id")): heading for one in element.iter() if one.get("id")}
            return (heading,)
        match tag:
            case "p":
                return self._paragraph(element)
            case "blockquote":
                blocks = self.blocks(element, depth)
                return (Quote(blocks),) if blocks else ()
            case "ul" | "ol" | "menu":
                return self._listing(element, depth)
            case "pre":
                return (_code(element),)
            case "table":
                return self._table(element)
            case "hr":
                return (Rule(),)
        return self.blocks(element, depth)

    def _paragraph(self, element: etree._Element) -> Blocks:
        if element.get("class") in _ABOUT_LINES:
            return ()  # said in `About`
        inside = self._words.inside(element)
        if not inside:
            return ()
        words = self._words.plain(element)
        if _SCENE_BREAK.fullmatch(words) and _SCENE_MARKS.fullmatch(words.strip()):
            return (Rule(),)
        return (Paragraph(inside),)

    def _listing(self, element: etree._Element, depth: int) -> Blocks:
        items: list[Blocks] = []
        loose_item = False
        for child in element:
            if (
                child.tag in {"ul", "ol", "menu"} and items
            ):  # a list that stands beside its item, as some write it
                items[-1] = items[-1] + self._listing(child, depth + 1)
            elif child.tag not in _LEFT_OUT:
                blocks = self.blocks(child, depth + 1) if child.tag == "li" else self._block(child, depth + 1)
                loose_item = loose_item or sum(isinstance(block, Paragraph) for block in blocks) > 1
                loose_item = loose_item or child.find("p") is not None
                items.append(blocks)
        if not items:
            return ()
        start = None
        if element.tag == "ol":
            given = element.get("start") or "1"
            start = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 1
        return (Listing(tuple(items), start, not loose_item),)

    def _table(self, element: etree._Element) -> Blocks:
        rows: list[tuple[Inlines, ...]] = []
        sides: list[str] = []
        before: list[Block] = []
        for row in element.iter("tr", "caption"):
            if next(row.iterancestors("table"), None) is not element:
                continue
            if row.tag == "caption":
                before += self._paragraph(row)
                continue
            cells = [cell for cell in row if cell.tag in {"th", "td"}]
            rows.append(tuple(self._words.cell(cell) for cell in cells))
            if not sides:
                sides = [_side(cell) for cell in cells]
        table = padded(sides, rows)
        return (*before, table) if table is not None else tuple(before)


def _side(cell: etree._Element) -> str:
    found = re.search(r"text-align:\s*(left|center|right)", cell.get("style") or "")
    given = found[1] if found else (cell.get("align") or "").lower()
    return given if given in {"left", "center", "right"} else ""


def _code(element: etree._Element) -> CodeBlock:
    for line_break in element.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    code = element.find("code")
    classes = (code.get("class") or "") if code is not None else (element.get("class") or "")
    found = re.search(r"(?:language|lang)-([\w+#.-]+)", classes)
    text = "".join(str(part) for part in element.itertext())
    return CodeBlock(text.removesuffix("\n"), found[1] if found else "")
