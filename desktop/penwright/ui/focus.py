"""Focus: the sentence or the paragraph at the caret stays bright, the rest steps back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextBlock

from penwright.core.segment import sentence_around
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.highlighter import DIM, Stretch
from penwright.ui.editor.offsets import unit_offsets

OFF, SENTENCE, PARAGRAPH = "off", "sentence", "paragraph"
_FEW = 8  # paragraphs whose formats are set anew at once; of more, those in view


class Focus(QObject):
    """Dims all but what is being written. kind: OFF, SENTENCE or PARAGRAPH."""

    def __init__(self, area: WritingArea, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._area = area
        self.kind = OFF
        self._bright = (0, 0)  # from where to where, in UTF-16 units
        area.passages.changed.connect(self._shift)
        area.cursorPositionChanged.connect(self._move)
        area.selectionChanged.connect(self._move)
        area.loaded.connect(self._move)

    def set_kind(self, kind: str) -> None:
        """Keep this bright from now on."""
        if kind == self.kind:
            return
        self.kind = kind
        layers = self._area.highlighter.layers
        if kind == OFF:
            layers.pop("focus", None)
        else:
            self._bright = self._at_caret()
            layers["focus"] = self._dimmed
        self._area.renew_formats()

    def _dimmed(self, start: int, end: int) -> Iterator[Stretch]:
        """Give what is dimmed between two positions."""
        low, high = self._bright
        if start < low:
            yield start, min(low, end), DIM
        if high < end:
            yield max(high, start), end, DIM

    def _shift(self, position: int, removed: int, added: int) -> None:
        """Follow a change, before the highlighter asks what is bright."""
        low, high = self._bright
        if position < low:
            low = max(position, low + added - removed)
        if position <= high:
            high = max(position + added, high + added - removed)
        self._bright = (low, high)

    def _move(self) -> None:
        """Have what is bright follow the caret."""
        if self.kind == OFF:
            return
        old, new = self._bright, self._at_caret()
        if old == new:
            return
        self._bright = new
        document = self._area.document()
        last = document.characterCount() - 1
        numbers: set[int] = set()
        for low, high in (old, new):
            first = document.findBlock(min(low, last)).blockNumber()
            end = document.findBlock(min(high, last)).blockNumber()
            if end - first > _FEW:
                self._area.renew_formats()
                return
            numbers.update(range(first, end + 1))
        for number in numbers:
            self._area.highlighter.rehighlightBlock(document.findBlockByNumber(number))

    def _at_caret(self) -> tuple[int, int]:
        document = self._area.document()
        cursor = self._area.textCursor()
        first, last = cursor.selectionStart(), cursor.selectionEnd()
        return (
            self._around(document.findBlock(first), first)[0],
            self._around(document.findBlock(last), last)[1],
        )

    def _around(self, block: QTextBlock, position: int) -> tuple[int, int]:
        start = block.position()
        if self.kind == PARAGRAPH:
            return start, start + block.length() - 1
        text = block.text()
        offsets = unit_offsets(text)
        at = position - start
        if offsets is None:
            low, high = sentence_around(text, at)
        else:
            low, high = (offsets[each] for each in sentence_around(text, bisect_left(offsets, at)))
        return start + low, start + high
