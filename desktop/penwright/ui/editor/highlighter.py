"""Markdown as one reads it: what is strong looks strong, and the marks step back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
)

from penwright.ui.editor.offsets import unit_offsets

_ANY_MARK = re.compile(r"[*_`\[#>]|^\s*(?:[-+]|\d+[.)])\s")
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?=\s|$)")
_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_LIST = re.compile(r"^\s*([-*+]|\d{1,9}[.)])(?=\s)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"(?<![*\w])(\*)(?![*\s])([^*]+?)(?<!\s)\*(?![*\w])|(?<![_\w])(_)(?![_\s])([^_]+?)(?<!\s)_(?![_\w])"
)
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"!?\[([^\[\]]+)\]\(([^()\s]+(?:\s\"[^\"]*\")?)\)")

# What a span of text may be; spans lie in one another, so these add up.
_STRONG_BIT, _SLANT_BIT, _CODE_BIT, _QUIET_BIT = 1, 2, 4, 8
_Span = tuple[int, int, int]  # start and end in characters, and one of the bits

_LONGEST = 20_000  # characters of a paragraph that gets formats; a longer one would delay keys
_DONE = 1  # a block's user state once its formats have been set


class MarkdownHighlighter(QSyntaxHighlighter):
    """Sets formats that change weight, slant, face and colour, never the height of a line.

    Formats depend on one paragraph alone, so a key costs one paragraph. deferring: while it is True new
    text gets no formats; `cover()` gives them to the paragraphs that come into view. A long text is
    loaded that way.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.deferring = False
        self._quiet = QColor()
        self._code_families = [
            QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family(),
            "monospace",
        ]
        self._formats: dict[int, QTextCharFormat] = {}  # by the sum of their bits

    def set_quiet_colour(self, colour: QColor) -> None:
        """Draw marks in this colour. The caller has the text highlighted anew."""
        self._quiet = colour
        self._formats.clear()

    def cover(self, block: QTextBlock) -> None:
        """Set the formats of a paragraph that was loaded without them."""
        if block.userState() != _DONE:
            # Before, not in highlightBlock(): a state that changes there makes Qt go on to the next block.
            block.setUserState(_DONE)
            self.rehighlightBlock(block)

    def highlightBlock(self, text: str) -> None:
        """Set the formats of one paragraph."""
        if self.deferring or len(text) > _LONGEST or not _ANY_MARK.search(text):
            return
        # One pass over where spans begin and end, with what holds between; a mark inside a mark
        # of its kind counts twice.
        edges: list[tuple[int, int, int]] = []
        for start, end, bit in (*_line_spans(text), *_inner_spans(text)):
            if start < end:
                edges += ((start, 1, bit), (end, -1, bit))
        edges.sort()
        offsets = unit_offsets(text)
        held = {_STRONG_BIT: 0, _SLANT_BIT: 0, _CODE_BIT: 0, _QUIET_BIT: 0, 0: 0}
        since = bits = 0
        for at, change, bit in edges:
            if bits and at > since:
                low, high = (offsets[since], offsets[at]) if offsets is not None else (since, at)
                self.setFormat(low, high - low, self._format_of(bits))
            held[bit] += change
            bits = bits | bit if held[bit] else bits & ~bit
            since = at

    def _format_of(self, bits: int) -> QTextCharFormat:
        made = self._formats.get(bits)
        if made is None:
            made = self._formats[bits] = QTextCharFormat()
            if bits & _STRONG_BIT:
                made.setFontWeight(QFont.Weight.Bold)
            if bits & _SLANT_BIT:
                made.setFontItalic(True)
            if bits & _CODE_BIT:
                made.setFontFamilies(self._code_families)
            if bits & _QUIET_BIT:
                made.setForeground(self._quiet)
        return made


def _line_spans(text: str) -> Iterator[_Span]:
    if heading := _HEADING.match(text):
        yield 0, len(text), _STRONG_BIT
        yield *heading.span(1), _QUIET_BIT
    elif quote := _QUOTE.match(text):
        yield quote.end(), len(text), _SLANT_BIT
        yield *quote.span(), _QUIET_BIT
    elif mark := _LIST.match(text):
        yield *mark.span(1), _QUIET_BIT


def _inner_spans(text: str) -> Iterator[_Span]:
    for code in _CODE.finditer(text):
        yield from _marked(code, 2, _CODE_BIT)
        # Marks inside code are text.
        text = text[: code.start()] + "\0" * (code.end() - code.start()) + text[code.end() :]
    for strong in _STRONG.finditer(text):
        yield from _marked(strong, 2, _STRONG_BIT)
    for emphasis in _EMPHASIS.finditer(text):
        yield from _marked(emphasis, 2 if emphasis[1] else 4, _SLANT_BIT)
    for link in _LINK.finditer(text):
        yield from _marked(link, 1, 0)


def _marked(found: re.Match[str], inner: int, bit: int) -> Iterator[_Span]:
    """Give the spans of what `found` marks and of the marks on either side."""
    yield *found.span(inner), bit
    yield found.start(), found.start(inner), _QUIET_BIT
    yield found.end(inner), found.end(), _QUIET_BIT
