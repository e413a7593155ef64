"""What the styles of an OpenDocument text mean: by their names, and by how their letters look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from penwright.formats.marks import Mark
from penwright.formats.model import Emphasis, Strong, Struck
from penwright.formats.odt_parts import NAMES

_QUOTES = {"Quotations", "Quote", "Block Text", "Intense Quote"}
_CODE_LINES = {"Preformatted Text", "Source Code", "HTML Preformatted"}
_CODE = {"Source Text", "Verbatim Char", "Teletype", "HTML Code"}
_RULES = {"Horizontal Line"}
_ABOUT = {"Title": "title", "Author": "author", "Date": "date"}
_MARKS: Mapping[str, Mark] = {
    "Emphasis": Emphasis,
    "Strong Emphasis": Strong,
    "Strong": Strong,
    "Struck": Struck,
}
_SIDES = {"start": "left", "end": "right", "left": "left", "right": "right", "center": "center"}
_ENCODED = re.compile(r"_([0-9a-fA-F]{1,4})_")


def name_of(prefix: str, name: str) -> str:
    """Return an element's or attribute's full name."""
    return f"{{{NAMES[prefix]}}}{name}"


@dataclass
class Style:
    """A style, with all that it has from those above it. names: its own and theirs, as people see them.

    automatic: made for one place by hand, so that its look is meant; a named style's look is its name's.
    """

    names: tuple[str, ...] = ()
    marks: frozenset[Mark] = frozenset()
    code: bool = False
    side: str = ""

    @property
    def kind(self) -> str:
        """Return "quote", "code", "rule", "title", "author", "date" or ""."""
        for name in self.names:
            if name in _QUOTES:
                return "quote"
            if name in _CODE_LINES:
                return "code"
            if name in _RULES:
                return "rule"
            if name in _ABOUT:
                return _ABOUT[name]
        return ""


@dataclass
class Styles:
    """All styles of a text, by family and name."""

    _known: dict[tuple[str, str], tuple[etree._Element, bool]] = field(default_factory=dict)
    _made: dict[tuple[str, str], Style] = field(default_factory=dict)
    _ordered: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, roots: Iterable[etree._Element]) -> Styles:
        """Read the styles of these parts."""
        styles = cls()
        for root in roots:
            for element in root.iter(name_of("style", "style")):
                family, name = element.get(name_of("style", "family")), element.get(name_of("style", "name"))
                above = element.getparent()
                automatic = above is not None and above.tag == name_of("office", "automatic-styles")
                styles._known.setdefault((family or "", name or ""), (element, automatic))
            for element in root.iter(name_of("text", "list-style")):
                first = next((one for one in element), None)
                ordered = first is not None and first.tag == name_of("text", "list-level-style-number")
                styles._ordered[element.get(name_of("style", "name")) or ""] = ordered
        return styles

    def ordered(self, name: str) -> bool:
        """Whether a list style counts."""
        return self._ordered.get(name, False)

    def style(self, family: str, name: str | None) -> Style:
        """Return a style; an unknown one has no meaning."""
        key = (family, name or "")
        if key not in self._made:
            self._made[key] = Style((_shown(key[1]),))  # also for one that is above itself
            if key in self._known:
                self._made[key] = self._make(*self._known[key], family, key[1])
        return self._made[key]

    def _make(self, element: etree._Element, automatic: bool, family: str, name: str) -> Style:
        parent = element.get(name_of("style", "parent-style-name"))
        above = self.style(family, parent) if parent else Style()
        shown = element.get(name_of("style", "display-name")) or _shown(name)
        marks = set(above.marks) if automatic else set()
        code = above.code or shown in _CODE
        if shown in _MARKS:
            marks.add(_MARKS[shown])
        letters = element.find(name_of("style", "text-properties"))
        if letters is not None and (automatic or family == "text"):
            _look(letters, marks)
        shape = element.find(name_of("style", "paragraph-properties"))
        given = shape.get(name_of("fo", "text-align")) if shape is not None else None
        return Style((shown, *above.names), frozenset(marks), code, _SIDES.get(given or "", above.side))


def _look(letters: etree._Element, marks: set[Mark]) -> None:
    """Add what letters look like to their marks, and take away what they no longer do."""
    weight, slant = letters.get(name_of("fo", "font-weight")), letters.get(name_of("fo", "font-style"))
    struck = letters.get(name_of("style", "text-line-through-style"))
    for mark, given, meant in (
        (Strong, weight, weight == "bold" or ((weight or "").isdigit() and int(weight or "0") >= 600)),
        (Emphasis, slant, slant in {"italic", "oblique"}),
        (Struck, struck, struck not in {None, "none"}),
    ):
        if given is not None:
            (marks.add if meant else marks.discard)(mark)


def _shown(code: str) -> str:
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), code)
