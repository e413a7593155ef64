"""Markdown as one reads it: what is strong looks strong, and the marks step back."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
)

from penwright.core.markdown.spans import CODE, LINK, QUIET, SLANT, STRIKE, STRONG, spans_of
from penwright.ui.editor.offsets import unit_offsets
from penwright.ui.editor.passages import Passages

# What is laid over the Markdown; these add to its bits.
HIT, DIM, WRONG, CHECK = 64, 128, 256, 512
_BITS = (STRONG, SLANT, CODE, QUIET, STRIKE, LINK, HIT, DIM, WRONG, CHECK)

Stretch = tuple[int, int, int]  # start and end in the document, in UTF-16 units, and one of these
Layer = Callable[[int, int], Iterable[Stretch]]

_LONGEST = 20_000  # characters of a paragraph that gets formats; a longer one would delay keys


class MarkdownHighlighter(QSyntaxHighlighter):
    """Sets formats that change weight, slant, face and colour, never the height of a line.

    Formats depend on one paragraph and on what `passages` makes of it, so a key costs one paragraph.
    deferring: while it is True new text gets no formats; `cover()` gives them to the paragraphs that come
    into view. A long text is loaded that way, and `renew()` has all of them set anew as they are seen.
    layers: by name, what lies over the Markdown within a stretch of the document: hits, what is out of
    focus, words that no dictionary has, what is to be checked.
    """

    def __init__(self, document: QTextDocument, passages: Passages) -> None:
        super().__init__(document)
        self.deferring = False
        self.layers: dict[str, Layer] = {}
        self._passages = passages
        self._generation = 1  # the user state of a paragraph whose formats are up to date
        self._quiet = self._dim = self._hit = self._wrong = self._check = QColor()
        self._code_families = [
            QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family(),
            "monospace",
        ]
        self._formats: dict[int, QTextCharFormat] = {}  # by the sum of their bits

    def set_colours(self, quiet: QColor, dim: QColor, hit: QColor, wrong: QColor, check: QColor) -> None:
        """Take the colours of marks, of what is out of focus, behind hits, below wrong words and doubts."""
        self._quiet, self._dim, self._hit, self._wrong, self._check = quiet, dim, hit, wrong, check
        self._formats.clear()
        self.renew()

    def renew(self) -> None:
        """Count all formats as old. The caller has those in view covered."""
        self._generation = self._generation % 1_000_000 + 1

    def cover(self, block: QTextBlock) -> None:
        """Set the formats of a paragraph that has old ones or none."""
        if block.userState() != self._generation:
            # Before, not in highlightBlock(): a state that changes there makes Qt go on to the next block.
            block.setUserState(self._generation)
            self.rehighlightBlock(block)

    def highlightBlock(self, text: str) -> None:
        """Set the formats of one paragraph."""
        if self.deferring or len(text) > _LONGEST:
            return
        block = self.currentBlock()
        spans = spans_of(text, self._passages.place(block))
        if not spans and not self.layers:
            return
        if spans and (offsets := unit_offsets(text)) is not None:
            spans = [(offsets[start], offsets[end], bit) for start, end, bit in spans]
        if self.layers:
            start = block.position()
            end = start + block.length() - 1
            # Qt has a format that ends at a ghost go on over it, so a background ends one letter before.
            ghost = block.layout().preeditAreaPosition()
            for layer in self.layers.values():
                for a, b, bit in layer(start, end):
                    low, high = max(a, start) - start, min(b, end) - start
                    spans.append((low, high - 1 if bit == HIT and high == ghost else high, bit))
        # One pass over where spans begin and end, with what holds between; a mark inside a mark
        # of its kind counts twice.
        edges: list[tuple[int, int, int]] = []
        for low, high, bit in spans:
            if low < high:
                edges += ((low, 1, bit), (high, -1, bit))
        edges.sort()
        held = dict.fromkeys(_BITS, 0)
        since = bits = 0
        for at, change, bit in edges:
            if bits and at > since:
                self.setFormat(since, at - since, self._format_of(bits))
            held[bit] += change
            bits = bits | bit if held[bit] else bits & ~bit
            since = at

    def _format_of(self, bits: int) -> QTextCharFormat:
        made = self._formats.get(bits)
        if made is None:
            made = self._formats[bits] = QTextCharFormat()
            if bits & STRONG:
                made.setFontWeight(QFont.Weight.Bold)
            if bits & SLANT:
                made.setFontItalic(True)
            if bits & CODE:
                made.setFontFamilies(self._code_families)
            if bits & STRIKE:
                made.setFontStrikeOut(True)
            if bits & LINK:
                made.setFontUnderline(True)
                made.setUnderlineColor(self._quiet)
            if bits & QUIET:
                made.setForeground(self._quiet)
            if bits & DIM:
                made.setForeground(self._dim)
            if bits & WRONG:
                made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
                made.setUnderlineColor(self._wrong)
            if bits & CHECK:
                made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                made.setUnderlineColor(self._check)
            if bits & HIT:
                made.setBackground(self._hit)
        return made
