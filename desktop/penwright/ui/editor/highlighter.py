"""Markdown as one reads it: what is strong looks strong, and the marks step back."""

from __future__ import annotations

import re
from collections.abc import Callable

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

_Dress = Callable[[int, int, QTextCharFormat], None]

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
        self._strong = QTextCharFormat()
        self._strong.setFontWeight(QFont.Weight.Bold)
        self._quiet = QTextCharFormat()
        self._slanted = QTextCharFormat()
        self._slanted.setFontItalic(True)
        self._code = QTextCharFormat()
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._code.setFontFamilies([fixed.family(), "monospace"])

    def set_quiet_colour(self, colour: QColor) -> None:
        """Draw marks in this colour. The caller has the text highlighted anew."""
        self._quiet.setForeground(colour)

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
        offsets = unit_offsets(text)

        def dress(start: int, end: int, dressing: QTextCharFormat) -> None:
            # Spans may lie in one another, so each adds to what is there.
            if offsets is not None:
                start, end = offsets[start], offsets[end]
            while start < end:
                there = self.format(start)
                stop = start + 1
                while stop < end and self.format(stop) == there:
                    stop += 1
                there.merge(dressing)
                self.setFormat(start, stop - start, there)
                start = stop

        self._dress_line(text, dress)
        self._dress_spans(text, dress)

    def _dress_line(self, text: str, dress: _Dress) -> None:
        if heading := _HEADING.match(text):
            dress(0, len(text), self._strong)
            dress(*heading.span(1), self._quiet)
        elif quote := _QUOTE.match(text):
            dress(quote.end(), len(text), self._slanted)
            dress(*quote.span(), self._quiet)
        elif mark := _LIST.match(text):
            dress(*mark.span(1), self._quiet)

    def _dress_spans(self, text: str, dress: _Dress) -> None:
        hidden = []
        for code in _CODE.finditer(text):
            hidden.append(code.span())
            dress(*code.span(2), self._code)
            dress(code.start(), code.start(2), self._quiet)
            dress(code.end(2), code.end(), self._quiet)
        plain = text
        for start, end in hidden:  # marks inside code are text
            plain = plain[:start] + "\0" * (end - start) + plain[end:]
        for strong in _STRONG.finditer(plain):
            dress(*strong.span(2), self._strong)
            dress(strong.start(), strong.start(2), self._quiet)
            dress(strong.end(2), strong.end(), self._quiet)
        for emphasis in _EMPHASIS.finditer(plain):
            inner = 2 if emphasis[1] else 4
            dress(*emphasis.span(inner), self._slanted)
            dress(emphasis.start(), emphasis.start(inner), self._quiet)
            dress(emphasis.end(inner), emphasis.end(), self._quiet)
        for link in _LINK.finditer(plain):
            dress(link.start(), link.start(1), self._quiet)
            dress(link.end(1), link.end(), self._quiet)
