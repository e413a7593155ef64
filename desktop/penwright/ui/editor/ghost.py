"""Ghost text: letters that stand at the caret and are not in the document."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import (
    QColor,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextLayout,
)

from penwright.core.snapshot import utf16_units

# A line may break here, so that a ghost which finishes a word can go to the next line without taking the
# letters before the caret, or the caret, along.
_BREAK = "\u200b"
_LINE_SEPARATOR = "\u2028"


class Ghost:
    """Draws and erases one ghost, in the layout's preedit area.

    It wraps and reflows like real text, and neither the text, the undo stack nor a saved file ever holds
    it. Positions and lengths are UTF-16 code units. text: what is drawn, or "".
    """

    def __init__(self, document: QTextDocument, highlighter: QSyntaxHighlighter) -> None:
        self._document = document
        self._highlighter = highlighter
        self._format = QTextCharFormat()
        self.text = ""
        self.position = -1  # of the caret it belongs to

    def set_colour(self, colour: QColor) -> None:
        """Draw ghosts in this colour from now on."""
        self._format.setForeground(colour)

    def set_format(self, look: QTextCharFormat) -> None:
        """Draw like this from now on."""
        self._format = look

    def draw(
        self,
        position: int,
        text: str,
        marked: Sequence[tuple[int, int]] = (),
        mark: QTextCharFormat | None = None,
    ) -> None:
        """Draw `text` at `position`, in place of any ghost that is there.

        marked: from where to where in the text, in code units, `mark` is laid over its look.
        """
        if self.text and self.position != position:
            self.erase()
        shown = _BREAK + text.replace("\n", _LINE_SEPARATOR)
        block = self._document.findBlock(position)
        start = position - block.position()
        area = QTextLayout.FormatRange()
        area.start, area.length, area.format = start, utf16_units(shown), self._format
        layout = block.layout()
        layout.setPreeditArea(start, shown)
        layout.setFormats([area, *_over(start + utf16_units(_BREAK), marked, mark)])
        self.text, self.position = text, position
        self._refresh(block)

    def erase(self) -> None:
        """Take the ghost away."""
        if not self.text:
            return
        block = self._document.findBlock(self.position)
        self.text, self.position = "", -1
        _clear(block)
        self._refresh(block)

    def erase_after_change(self, start: int, added: int) -> QTextBlock | None:
        """Take the ghost away while the document reports a change that no event of the widget announced.

        Its paragraph may have moved, been cut in two or joined to another, so the changed range and the
        old place are looked through. Returns the paragraph to highlight anew once the change is done.
        """
        first = self._document.findBlock(min(start, self.position))
        end = max(start + added, self.position + added)
        self.text, self.position = "", -1
        block = first
        while block.isValid() and block.position() <= end:
            if block.layout().preeditAreaText():
                _clear(block)
                return block
            block = block.next()
        return None

    def real_offset(self, block: QTextBlock, offset: int) -> int:
        """Return the offset in the paragraph's text for one in its layout, where the ghost counts."""
        if not self.text:
            return offset
        start = self.position - block.position()
        if not 0 <= start < block.length() or offset <= start:
            return offset
        return max(start, offset - utf16_units(_BREAK + self.text))

    def _refresh(self, block: QTextBlock) -> None:
        # In this order: setPreeditArea() leaves a change pending, which markContentsDirty() gives to the
        # layout; the highlighter's own edit block would tell everybody of it as a change of the text.
        self._document.markContentsDirty(block.position(), block.length())
        # setFormats() has dropped the highlighter's ranges.
        self._highlighter.rehighlightBlock(block)


def _over(
    start: int, marked: Sequence[tuple[int, int]], mark: QTextCharFormat | None
) -> list[QTextLayout.FormatRange]:
    made: list[QTextLayout.FormatRange] = []
    if mark is None:
        return made
    for first, last in marked:
        area = QTextLayout.FormatRange()
        area.start, area.length, area.format = start + first, last - first, mark
        made.append(area)
    return made


def _clear(block: QTextBlock) -> None:
    layout = block.layout()
    layout.setPreeditArea(-1, "")
    layout.clearFormats()
