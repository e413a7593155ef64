"""Running text out of HTML: emphasis, links, pictures, code and breaks; of all else the words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import urlsplit

from lxml import etree

from penwright.formats.joining import joined, trimmed
from penwright.formats.model import (
    Break,
    Code,
    Emphasis,
    Inline,
    Inlines,
    Link,
    NoteMark,
    Picture,
    Strong,
    Struck,
    Text,
    plain,
)

_WHITE = re.compile("[ \t\r\n\f]+")
_AROUND: Mapping[str, Callable[[Inlines], Inline]] = {
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), Emphasis),
    **dict.fromkeys(("strong", "b"), Strong),
    **dict.fromkeys(("s", "strike", "del"), Struck),
}
_CODE = {"code", "kbd", "samp", "tt"}
_SLANTED = re.compile(r"font-style\s*:\s*(italic|oblique)")
_BOLD = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)")
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through")
_UNSAFE = {"javascript", "vbscript", "data", "blob"}
_DEEPEST = 100


class Words:
    """Reads running text. notes: footnotes' names by the ids that links lead to."""

    def __init__(self, notes: Mapping[str, str], blocks: Collection[str], left_out: Collection[str]) -> None:
        self._notes = notes
        self._blocks = blocks
        self._left_out = left_out

    def inside(self, element: etree._Element) -> Inlines:
        """Return an element's running text, without space at its ends."""
        return trimmed(joined(_single_spaced(self._all(element, 0))))

    def cell(self, element: etree._Element) -> Inlines:
        """Return a table's cell in one paragraph; what were several have breaks between them."""
        return self.inside(element)

    def plain(self, element: etree._Element) -> str:
        """Return an element's letters."""
        return plain(self.inside(element))

    def text(self, words: str | None) -> Inlines:
        """Return loose words; white space is one space."""
        return (Text(_WHITE.sub(_space, words)),) if words else ()

    def holds_blocks(self, element: etree._Element) -> bool:
        """Whether an element of running text holds blocks all the same, as programs write it."""
        return any(below.tag in self._blocks for below in element.iter() if below is not element)

    def piece(self, element: etree._Element, depth: int = 0) -> Inlines:
        """Return what one element is within running text."""
        tag = str(element.tag)
        if tag == "br":
            return (Break(),)
        if tag == "img":
            return _picture(element)
        if tag in _CODE:
            text = "".join(str(part) for part in element.itertext())
            return (Code(_WHITE.sub(_space, text)),) if text.strip() else ()
        inside = (
            self._all(element, depth + 1)
            if depth < _DEEPEST
            else self.text("".join(map(str, element.itertext())))
        )
        target = element.get("href") if tag == "a" else None
        if target is not None:
            if target.startswith("#") and target[1:] in self._notes:
                return (NoteMark(self._notes[target[1:]]),)
            allowed = _allowed(target)
            title = element.get("title") or ""
            return _around(lambda within: Link(allowed, within, title), inside) if allowed else inside
        if tag == "sup" and any(isinstance(piece, NoteMark) for piece in inside):
            return tuple(piece for piece in inside if isinstance(piece, NoteMark))
        if tag in _AROUND:
            return _around(_AROUND[tag], inside)
        if tag in self._blocks:
            return (Break(), *inside, Break())
        style = element.get("style") or ""
        for pattern, make in ((_STRUCK, Struck), (_SLANTED, Emphasis), (_BOLD, Strong)):
            if style and pattern.search(style):
                inside = _around(make, inside)
        return inside

    def _all(self, element: etree._Element, depth: int) -> Inlines:
        pieces: list[Inline] = list(self.text(element.text))
        for child in element:
            if child.tag not in self._left_out:
                pieces += self.piece(child, depth)
            pieces += self.text(child.tail)
        return joined(pieces)


def _space(found: re.Match[str]) -> str:
    return "\n" if "\n" in found[0] else " "  # `joined` knows between which letters a line's end is nothing


def _single_spaced(inside: Inlines) -> Inlines:
    """Return the pieces with no two breaks in a row."""
    kept: list[Inline] = []
    for piece in inside:
        blank = isinstance(piece, Text) and not piece.text.strip(" \n")
        if isinstance(piece, Break) and kept and isinstance(kept[-1], Break):
            continue
        if blank and kept and isinstance(kept[-1], Break):
            continue
        kept.append(piece)
    return tuple(kept)


def _around(make: Callable[[Inlines], Inline], inside: Inlines) -> Inlines:
    """Return the pieces within what `make` makes; the spaces at their ends stay outside of it."""
    pieces = list(inside)
    before: list[Inline] = []
    after: list[Inline] = []
    while pieces and isinstance(first := pieces[0], Text) and first.text[:1] in " \n":
        rest = first.text.lstrip(" \n")
        before = [Text(" ")]
        pieces[0:1] = [Text(rest)] if rest else []
    while pieces and isinstance(last := pieces[-1], Text) and last.text[-1:] in " \n":
        rest = last.text.rstrip(" \n")
        after = [Text(" ")]
        pieces[-1:] = [Text(rest)] if rest else []
    return (*before, *((make(tuple(pieces)),) if pieces else ()), *after)


def _picture(element: etree._Element) -> Inlines:
    source = (element.get("src") or "").strip()
    words = " ".join((element.get("alt") or "").split())
    if not source.startswith("data:"):
        source = _allowed(source)
    if not source:
        return (Text(words),) if words else ()
    return (Picture(source, words, element.get("title") or ""),)


def _allowed(target: str) -> str:
    """Return where a link may lead: not to what would run, such as "javascript:"."""
    target = "".join(letter for letter in target.strip() if letter.isprintable())
    try:
        scheme = urlsplit(target).scheme.lower()
    except ValueError:
        return ""
    return "" if scheme in _UNSAFE else target
