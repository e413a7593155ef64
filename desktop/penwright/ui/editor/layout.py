"""Line height and paragraph space, which QPlainTextEdit doesn't have."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QTextBlock, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

LINE_HEIGHT = 1.55  # of the font's pixel size
PARAGRAPH_SPACE = 0.5  # of a line
TOP_ROOM = 48  # pixels above the first line


class SheetLayout(QPlainTextDocumentLayout):
    """A plain text layout whose lines stand evenly, whatever fonts they hold.

    WORKAROUND: QPlainTextEdit ignores line heights and margins of block formats, and setting them would
    make the document dirty. It asks blockBoundingRect() before it paints, scrolls or looks for a caret,
    so the lines are put in their places there. All lengths are logical pixels.

    line: the distance between baselines. top_room: above the first line of the document.
    bottom_room: below its last.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.top_room = TOP_ROOM
        self.bottom_room = 0
        self.line = 26
        self.ascent = 15.0
        self.descent = 4.0
        self._baseline = 18  # from the top of a line's place
        self._space = 13

    def set_face(self, font: QFont) -> None:
        """Take the measures of `font`, whose size is in pixels. The caller lays the text out anew."""
        metrics = QFontMetricsF(font)
        self.ascent, self.descent = metrics.ascent(), metrics.descent()
        # Whole pixels, so that every line is rendered alike.
        self.line = round(font.pixelSize() * LINE_HEIGHT)
        self._baseline = round((self.line + self.ascent - self.descent) / 2)
        self._space = round(self.line * PARAGRAPH_SPACE)

    def first_line_top(self, block: QTextBlock) -> int:
        """Return where the first line's place begins, from the top of the block."""
        return self.top_room if block.position() == 0 else 0

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        """Return the place of a paragraph, having put its lines where they belong."""
        natural = super().blockBoundingRect(block)  # this lays the block out if need be
        if natural.height() <= 0:
            return natural  # invalid, or hidden
        layout = block.layout()
        count = layout.lineCount()
        top = self.first_line_top(block)
        last = layout.lineAt(count - 1)
        # The last line tells whether Qt has laid the block out since: it has the most to move.
        if abs(last.y() - (top + (count - 1) * self.line + self._baseline - last.ascent())) > 0.01:
            for number in range(count):
                line = layout.lineAt(number)
                line.setPosition(QPointF(line.x(), top + number * self.line + self._baseline - line.ascent()))
        height = top + count * self.line
        if block.length() > 1:
            height += self._space  # an empty paragraph is space enough
        if not block.next().isValid():
            height += self.bottom_room
        return QRectF(0.0, 0.0, natural.width(), height)
