"""Running text out of an OpenDocument text: marks, links, pictures, footnotes and breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml import etree

from penwright.formats.archive import Archive
from penwright.formats.joining import joined, trimmed
from penwright.formats.losses import Losses
from penwright.formats.model import (
    Blocks,
    Break,
    Code,
    Emphasis,
    Inline,
    Inlines,
    Link,
    NoteMark,
    Paragraph,
    Picture,
    Strong,
    Struck,
    Text,
    plain,
)
from penwright.formats.odt_styles import Styles, name_of
from penwright.formats.pictures import address_of, recognised

_WHITE = re.compile("[ \t\r\n]+")
_HREF = name_of("xlink", "href")
_SPAN, _A, _NOTE = name_of("text", "span"), name_of("text", "a"), name_of("text", "note")
_SPACE, _TAB, _BREAK = name_of("text", "s"), name_of("text", "tab"), name_of("text", "line-break")
_FRAME, _IMAGE, _BOX = name_of("draw", "frame"), name_of("draw", "image"), name_of("draw", "text-box")
_COMMENT = name_of("office", "annotation")
_LEFT_OUT = {_COMMENT, name_of("office", "annotation-end"), name_of("text", "tracked-changes")}
_UNSAFE = {"javascript", "vbscript", "data", "blob"}
_MOST_SPACES = 200
_DEEPEST = 100


class Words:
    """Reads running text; remembers the footnotes and text boxes that it met."""

    def __init__(self, archive: Archive, styles: Styles, losses: Losses) -> None:
        self._archive = archive
        self._styles = styles
        self._losses = losses
        self._notes: list[etree._Element] = []
        self._boxes: list[etree._Element] = []

    def notes(self) -> Iterator[tuple[str, etree._Element]]:
        """Yield each footnote's name and the element with its text, those too that are met meanwhile."""
        number = 0
        while number < len(self._notes):
            yield str(number + 1), self._notes[number]
            number += 1

    def take_boxes(self) -> list[etree._Element]:
        """Return the text boxes met since the last call."""
        boxes, self._boxes = self._boxes, []
        return boxes

    def loose(self, words: str) -> Blocks:
        """Return words in a paragraph of their own."""
        return (Paragraph((Text(words),)),) if words else ()

    def inside(self, paragraph: etree._Element, *, trim: bool = True) -> Inlines:
        """Return a paragraph's running text."""
        style = self._styles.style("paragraph", paragraph.get(name_of("text", "style-name")))
        pieces = _marked(joined(self._all(paragraph, 0)), style.marks)
        return trimmed(pieces) if trim else pieces

    def lines(self, paragraphs: Iterable[etree._Element]) -> Inlines:
        """Return several paragraphs as one, with breaks between them."""
        pieces: list[Inline] = []
        for paragraph in paragraphs:
            inside = self.inside(paragraph)
            if pieces and inside:
                pieces.append(Break())
            pieces += inside
        return tuple(pieces)

    def _all(self, element: etree._Element, depth: int) -> list[Inline]:
        pieces: list[Inline] = _letters(element.text)
        for child in element:
            if child.tag == _COMMENT:
                self._losses.add("comment")
            elif child.tag not in _LEFT_OUT:
                pieces += self._piece(child, depth + 1)
            pieces += _letters(child.tail)
        return pieces

    def _piece(self, element: etree._Element, depth: int) -> Inlines:
        tag = element.tag
        if tag == _SPACE:
            times = element.get(name_of("text", "c")) or "1"
            return (Text(" " * (min(_MOST_SPACES, int(times)) if times.isdigit() else 1)),)
        if tag == _TAB:
            return (Text(" "),)
        if tag == _BREAK:
            return (Break(),)
        if depth > _DEEPEST:
            return tuple(_letters("".join(str(part) for part in element.itertext())))
        if tag == _NOTE:
            return self._note(element)
        if tag == _FRAME:
            return self._frame(element)
        inside = joined(self._all(element, depth))
        if tag == _SPAN:
            style = self._styles.style("text", element.get(name_of("text", "style-name")))
            words = plain(inside)
            if style.code and words.strip() and all(isinstance(piece, Text) for piece in inside):
                return (Code(words),)
            return _marked(inside, style.marks)
        if tag == _A:
            return self._link(element, inside)
        return inside

    def _link(self, element: etree._Element, inside: Inlines) -> Inlines:
        target = (element.get(_HREF) or "").strip()
        target = "".join(letter for letter in target if letter.isprintable())
        try:
            unsafe = urlsplit(target).scheme.lower() in _UNSAFE
        except ValueError:
            unsafe = True
        if not inside or not target or unsafe:
            return inside
        return (Link(target, inside, element.get(name_of("office", "title")) or ""),)

    def _note(self, element: etree._Element) -> Inlines:
        body = element.find(name_of("text", "note-body"))
        if body is None:
            return ()
        self._notes.append(body)
        return (NoteMark(str(len(self._notes))),)

    def _frame(self, element: etree._Element) -> Inlines:
        self._boxes += element.findall(_BOX)
        image = element.find(_IMAGE)
        if image is None:
            return ()
        said = {name: element.findtext(name_of("svg", name)) or "" for name in ("title", "desc")}
        words = " ".join((said["desc"] or said["title"]).split())
        title = " ".join(said["title"].split()) if said["desc"] else ""
        target = image.get(_HREF) or ""
        data = self._archive.parts.get(target.removeprefix("./"))
        found = recognised(data) if data is not None else None
        if found is not None:
            return (Picture(address_of(found), words, title),)
        self._losses.add("picture_kind" if data is not None else "picture_outside")
        return (Text(words),) if words else ()


def _letters(text: str | None) -> list[Inline]:
    return [Text(_WHITE.sub(" ", text))] if text else []


def _marked(inside: Inlines, marks: frozenset[type]) -> Inlines:
    for mark in (Struck, Strong, Emphasis):
        if inside and mark in marks:
            inside = (mark(inside),)
    return inside
