"""Pages: their size, what lies on each, and drawing one. The same for paper, PDF and preview."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from penwright.formats.losses import Losses
from penwright.formats.model import Document
from penwright.formats.pictures import Pictures
from penwright.ui.pages.typesetting import HEADING_PROPERTY, Typesetter

if TYPE_CHECKING:
    from penwright.formats.pdf_finish import Entry

POINTS = 11.0  # the text's size
_MARGINS = QMarginsF(25, 22, 25, 24)  # millimetres
_MOST_BREAKS = 300  # headings moved to the next page; each costs a new layout of what follows
_HAIR = 1.0  # dots: Qt reckons in 64ths of one
_FOOT = 0.45  # of the lower margin: how far the page's number stands below the text


def usual_layout() -> QPageLayout:
    """Return the paper that the writer's country uses, upright, with a book's margins."""
    measure = QLocale.system().measurementSystem()
    letter = measure == QLocale.MeasurementSystem.ImperialUSSystem
    size = QPageSize(QPageSize.PageSizeId.Letter if letter else QPageSize.PageSizeId.A4)
    return QPageLayout(size, QPageLayout.Orientation.Portrait, _MARGINS, QPageLayout.Unit.Millimeter)


@dataclass(frozen=True)
class Pages:
    """A document laid out on pages of a device, which has to stay as long. dots: of the device, an inch."""

    text: QTextDocument
    layout: QPageLayout
    device: QPaintDevice
    dots: float

    @classmethod
    def of(
        cls, document: Document, pictures: Pictures, losses: Losses, layout: QPageLayout, device: QPaintDevice
    ) -> Pages:
        """Set a document and lay it out for a device. May be called on any thread."""
        dots = device.logicalDpiY()
        room = layout.paintRect(QPageLayout.Unit.Inch).size()
        width = room.width() * 96
        text = Typesetter(document, pictures, losses, points=POINTS, width=width, scale=dots / 96).set()
        text.documentLayout().setPaintDevice(device)
        text.setPageSize(QSizeF(room.width() * dots, room.height() * dots))
        pages = cls(text, layout, device, dots)
        pages._keep_headings()
        return pages

    @property
    def count(self) -> int:
        """How many pages there are."""
        return self.text.pageCount()

    def size(self) -> QSizeF:
        """Return a whole page's size in dots."""
        inches = self.layout.fullRect(QPageLayout.Unit.Inch).size()
        return QSizeF(inches.width() * self.dots, inches.height() * self.dots)

    def draw(self, painter: QPainter, number: int) -> None:
        """Draw a page, counted from 0, with its number below; the painter's origin is the paper's corner."""
        room = self.layout.paintRect(QPageLayout.Unit.Inch)
        corner = QPointF(room.x() * self.dots, room.y() * self.dots)
        size = self.text.pageSize()
        painter.save()
        painter.translate(corner)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor("#1a1a18"))
        top = number * size.height()
        painter.save()
        painter.translate(0, -top)
        page = QRectF(0, top, size.width(), size.height())
        painter.setClipRect(page)
        # Qt draws lines that only touch the clip: the next page's first one would be in this one as well.
        context.clip = page.adjusted(0, _HAIR, 0, -_HAIR)
        self.text.documentLayout().draw(painter, context)
        painter.restore()
        font = QFont(self.text.defaultFont(), painter.device())
        font.setPointSizeF(POINTS * 0.82)
        painter.setFont(font)
        painter.setPen(QColor("#5a5650"))
        below = self.layout.margins(QPageLayout.Unit.Inch).bottom() * self.dots
        line = QRectF(0, size.height() + below * _FOOT, size.width(), below * (1 - _FOOT))
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, str(number + 1))
        painter.restore()

    def outline(self) -> list[Entry]:
        """Return the headings and their pages."""
        from penwright.formats.pdf_finish import Entry  # noqa: PLC0415 - its library takes long to load

        return [
            Entry(_level(block), block.text().strip(), self._page(block))
            for block in self._blocks()
            if _level(block) and block.text().strip()
        ]

    def _blocks(self) -> Iterator[QTextBlock]:
        block = self.text.begin()
        while block.isValid():
            yield block
            block = block.next()

    def _page(self, block: QTextBlock) -> int:
        """Return the page on which a block's first line lies."""
        top = self.text.documentLayout().blockBoundingRect(block).top()
        lines = block.layout()
        if lines.lineCount():
            top += lines.lineAt(0).y()
        return int((top + _HAIR) / self.text.pageSize().height())

    def _keep_headings(self) -> None:
        """Begin a new page before a heading, or several in a row, that would stand alone at a page's end."""
        moved = 0
        first: QTextBlock | None = None  # of the headings just passed
        for block in self._blocks():
            if _level(block):
                first = first or block
            elif first is not None:
                if self._page(block) > self._page(first) and moved < _MOST_BREAKS:
                    moved += 1
                    shape = QTextBlockFormat()
                    shape.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                    QTextCursor(first).mergeBlockFormat(shape)
                first = None


def _level(block: QTextBlock) -> int:
    """Return a heading's level, or 0 for what is none."""
    level = block.blockFormat().property(HEADING_PROPERTY)
    return level if isinstance(level, int) else 0
