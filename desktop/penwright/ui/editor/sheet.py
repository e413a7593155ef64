"""How the sheet looks: its measure, its face and size, its colours and its caret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from penwright.ui.editor.highlighter import MarkdownHighlighter
from penwright.ui.editor.layout import SheetLayout
from penwright.ui.editor.passages import Passages
from penwright.ui.theme import Theme, mixed
from penwright.ui.typeface import SERIF, mean_width, sheet_font

MEASURE = 70  # characters in a line
LEAST_MEASURE, MOST_MEASURE = 40, 120
FULL_SIZE = 17  # pixels, at 100 %
ZOOMS = (60, 70, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300)  # per cent
_LEAST_SIDE = 24  # pixels beside the text in a narrow window
_CARET = 2  # pixels
_SURELY_SCROLLED, _LINES_OF_A_SCREEN = 100_000, 400  # more lines than any screen holds, in so many letters
_ROOM_BELOW = 0.4  # of the viewport, below the last line
_LINES_BELOW = 2  # that stay free below the line being written, for what is suggested there


class Sheet(QPlainTextEdit):
    """One centred column of text. Lengths are logical pixels."""

    zoomed = Signal(int)  # per cent

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        document = QTextDocument(self)
        self.sheet_layout = SheetLayout(document)
        document.setDocumentLayout(self.sheet_layout)
        self.setDocument(document)
        self.passages = Passages(document)
        self.highlighter = MarkdownHighlighter(document, self.passages)
        self.passages.elsewhere.connect(self.renew_formats)
        self._typeface = SERIF
        self._family = ""
        self._measure = MEASURE
        self._zoom = 100
        self._covered = (0, 0)
        self._head = 0
        self._caret = QColor(Qt.GlobalColor.black)
        self._cover_timer = QTimer(self)
        self._cover_timer.setSingleShot(True)
        self._cover_timer.setInterval(0)
        self._cover_timer.timeout.connect(self.cover_visible)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._cover_timer.start())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setCursorWidth(0)  # paintEvent() draws the caret: Qt's inverts what is below it
        self._set_face()

    @property
    def typeface(self) -> str:
        """SERIF or SANS (penwright.ui.typeface)."""
        return self._typeface

    def set_typeface(self, kind: str) -> None:
        """Set the text in a serif or in a sans."""
        if kind != self._typeface:
            self._typeface = kind
            self._set_face()

    @property
    def family(self) -> str:
        """The family that the text is set in before the typeface's own; "" for none."""
        return self._family

    def set_family(self, family: str) -> None:
        """Set the text in this family, where it is installed."""
        if family != self._family:
            self._family = family
            self._set_face()

    @property
    def measure(self) -> int:
        """How many characters a line has on average."""
        return self._measure

    def set_measure(self, characters: int) -> None:
        """Have lines of so many characters."""
        self._measure = min(max(characters, LEAST_MEASURE), MOST_MEASURE)
        self._fit_margins()

    @property
    def zoom(self) -> int:
        """The size of the text in per cent."""
        return self._zoom

    def set_zoom(self, percent: int) -> None:
        """Set the size of the text; the measure stays."""
        percent = min(max(percent, ZOOMS[0]), ZOOMS[-1])
        if percent != self._zoom:
            self._zoom = percent
            self._set_face()
            self.zoomed.emit(percent)

    def zoom_by(self, steps: int) -> None:
        """Go to a larger (or, below 0, smaller) size of text."""
        nearest = min(range(len(ZOOMS)), key=lambda number: abs(ZOOMS[number] - self._zoom))
        self.set_zoom(ZOOMS[min(max(nearest + steps, 0), len(ZOOMS) - 1)])

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.setPalette(theme.palette())
        # WORKAROUND: one that is made while its window has a style sheet already doesn't hand it on.
        self.viewport().setPalette(theme.palette())
        self._caret = QColor(theme.accent)
        self.highlighter.set_colours(
            QColor(theme.quiet),
            QColor(mixed(theme.paper, theme.ink, 0.38)),
            QColor(mixed(theme.paper, theme.accent, 0.26)),
            QColor(theme.delete),
            QColor(theme.warn),
        )
        self._cover_timer.start()
        self.viewport().update()

    def set_covered(self, left: int, right: int) -> None:
        """Keep the text out of so many pixels at the left and right edge, where something lies over it."""
        if (left, right) != self._covered:
            self._covered = (left, right)
            self._fit_margins()

    def set_head(self, pixels: int) -> None:
        """Keep so many pixels above the text free while it is scrolled."""
        if pixels != self._head:
            self._head = pixels
            self._fit_margins()

    def cover_visible(self) -> None:
        """Set the formats of the paragraphs in view that were loaded without them."""
        block = self.firstVisibleBlock()
        top, height = self.contentOffset().y(), self.viewport().height()
        while block.isValid() and top <= height:
            self.highlighter.cover(block)
            top += self.sheet_layout.blockBoundingRect(block).height()
            block = block.next()

    @contextmanager
    def bar_ready(self, text: str) -> Iterator[None]:
        """Have the scroll bar there before a text that surely needs it.

        One that comes with the text would have Qt give up what it knows of each paragraph, twice: for its
        own width, and for the margin that makes up for it.
        """
        long = text.count("\n", 0, _SURELY_SCROLLED) > _LINES_OF_A_SCREEN
        if long:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        try:
            yield
        finally:
            if long:
                self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def renew_formats(self) -> None:
        """Have formats set anew: those in view soon, the others when they are seen."""
        self.highlighter.renew()
        self._cover_timer.start()

    def keep_room(self) -> None:
        """Scroll so that some lines stay free below the caret, where what is suggested goes on."""
        line = self.sheet_layout.line
        over = self.cursorRect().bottom() + _LINES_BELOW * line - self.viewport().height()
        if over > 0 and self.viewport().height() > 3 * _LINES_BELOW * line:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + -(-over // line))

    def event(self, event: QEvent) -> bool:
        """Fit the margins before Qt lays the viewport out for a new size, so that it does so once."""
        if event.type() == QEvent.Type.Resize:
            self._fit_margins()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the viewport's size."""
        self._fit_margins()
        self.sheet_layout.bottom_room = int(self.height() * _ROOM_BELOW)
        super().resizeEvent(event)
        self._cover_timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, and the caret in the accent."""
        if self.textCursor().hasSelection():
            self._fill_between_selected_lines()
        super().paintEvent(event)
        caret = self._caret_rect()
        if caret is not None:
            painter = QPainter(self.viewport())
            painter.fillRect(caret, self._caret)
            painter.end()

    def _set_face(self) -> None:
        font = sheet_font(self._typeface, round(FULL_SIZE * self._zoom / 100), family=self._family)
        self.sheet_layout.set_face(font)
        self.setTabStopDistance(4 * mean_width(font))
        self.setFont(font)
        self._fit_margins()

    def _fit_margins(self) -> None:
        text = self._measure * mean_width(self.font()) + 2 * self.document().documentMargin() + _CARET
        side = max(_LEAST_SIDE, int((self.width() - text) / 2))
        bar = self.verticalScrollBar()
        # The sheet is centred in the window, with or without a scroll bar at its edge.
        at_edge = bar.sizeHint().width() if bar.isVisibleTo(self) else 0
        covered_left, covered_right = (width + _LEAST_SIDE if width else 0 for width in self._covered)
        left, right = max(side, covered_left), max(0, side - at_edge, covered_right)
        margins = self.viewportMargins()
        if (margins.left(), margins.top(), margins.right()) != (left, self._head, right):
            self.setViewportMargins(left, self._head, right, 0)

    def _caret_rect(self) -> QRectF | None:
        if self.overwriteMode():
            return None
        position = self.getPaintContext().cursorPosition
        if position == -1:
            return None  # not its turn to be seen
        if position < -1:  # within a composition, counted from where that begins
            block = self.textCursor().block()
            offset = block.layout().preeditAreaPosition() - (position + 2)
        else:  # the caret's, or where dragged text would go
            block = self.document().findBlock(position)
            offset = position - block.position()
            preedit = block.layout().preeditAreaText()
            if preedit and offset > block.layout().preeditAreaPosition():
                offset += len(preedit.encode("utf-16-le", "surrogatepass")) // 2  # behind a draft
        layout = block.layout()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).topLeft()
        line = layout.lineForTextPosition(offset)
        if not line.isValid():
            return None
        sheet = self.sheet_layout
        return QRectF(
            top.x() + _x_of(line.cursorToX(offset)) - _CARET / 2,
            top.y() + line.y() + line.ascent() - sheet.ascent,
            _CARET,
            sheet.ascent + sheet.descent,
        )

    def _fill_between_selected_lines(self) -> None:
        # Qt fills only the lines themselves, which would leave stripes.
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        painter = QPainter(self.viewport())
        block = self.firstVisibleBlock()
        top = self.contentOffset()
        bottom = self.viewport().height()
        colour = self.palette().highlight()
        while block.isValid() and top.y() <= bottom and block.position() < end:
            height = self.sheet_layout.blockBoundingRect(block).height()
            # Where writing goes both ways a selection has several places in a line, and only Qt knows them.
            leftward = block.textDirection() == Qt.LayoutDirection.RightToLeft
            if block.position() + block.length() > start and not leftward:
                for rect in self._selected_places(block, start - block.position(), end - block.position()):
                    painter.fillRect(rect.translated(top), colour)
            top = QPointF(top.x(), top.y() + height)
            block = block.next()
        painter.end()

    def _selected_places(self, block: QTextBlock, start: int, end: int) -> list[QRectF]:
        layout = block.layout()
        sheet = self.sheet_layout
        space = self.fontMetrics().horizontalAdvance(" ")  # Qt shows a selected end as wide as that
        places = []
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            low, high = max(start, line.textStart()), min(end, line.textStart() + line.textLength())
            beyond = end > high and number == layout.lineCount() - 1  # the paragraph's end is selected too
            if low < high or (low == high and beyond):
                left, right = _x_of(line.cursorToX(low)), _x_of(line.cursorToX(high))
                y = sheet.first_line_top(block) + number * sheet.line
                places.append(QRectF(left, y, right - left + (space if beyond else 0), sheet.line))
        return places


def _x_of(place: object) -> float:
    # PySide gives the x and the position it belongs to, and types the pair as object.
    assert isinstance(place, tuple)
    return float(place[0])
