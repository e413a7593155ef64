"""Pages one below the other, as they will be printed; drawn as they come into view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_GAP = 18  # pixels around each page
_WIDEST = 900  # pixels of a page at 100 %: wider windows show margins
_MOST_KEPT = 8  # drawn pages kept; one at 900 pixels takes about 4 MB
_ZOOMS = (50, 67, 80, 100, 125, 150, 200)  # per cent


class PageView(QAbstractScrollArea):
    """Shows pages at the width of the window, times a zoom. It draws none itself.

    wanted(int, int, int): of these pages' number, one, counted from 0, in so many pixels of the screen.
    """

    wanted = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._count = 0
        self._size = QSizeF(1, 1)
        self._drawn: dict[tuple[int, int], QPixmap] = {}
        self._old: dict[tuple[int, int], QPixmap] = {}  # of the text before, shown until the new come
        self._asked: set[tuple[int, int]] = set()
        self._zoom = 100
        self._surround = QColor("#eeeeee")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().setSingleStep(40)

    @property
    def count(self) -> int:
        """How many pages there are."""
        return self._count

    @property
    def complete(self) -> bool:
        """Whether every page in view is drawn."""
        return self._count > 0 and all(self._key(number) in self._drawn for number in self._in_view())

    @property
    def current(self) -> int:
        """The page in the middle of the view, counted from 0."""
        middle = self.verticalScrollBar().value() + self.viewport().height() / 2
        return max(0, min(self.count - 1, int(middle / (self._height() + _GAP)))) if self.count else 0

    def set_surround(self, colour: QColor) -> None:
        """Show the pages on this colour."""
        self._surround = colour
        self.viewport().update()

    def show_pages(self, number: int, count: int, size: QSizeF) -> None:
        """Show so many pages of a size, at the place that was in view, and ask for them under the number."""
        bar = self.verticalScrollBar()
        share = bar.value() / bar.maximum() if bar.maximum() else 0.0
        self._number, self._count, self._size = number, count, size
        self._old = dict(self._drawn)
        self._renew()
        bar.setValue(round(share * bar.maximum()))

    def take(self, number: int, page: int, width: int, image: QImage) -> None:
        """Take a page that was drawn."""
        if number != self._number or (page, width) not in self._asked:
            return
        self._asked.discard((page, width))
        while len(self._drawn) >= _MOST_KEPT:
            del self._drawn[next(iter(self._drawn))]
        self._drawn[page, width] = QPixmap.fromImage(image)
        self._old.pop((page, width), None)
        self.viewport().update()

    def zoom_by(self, steps: int) -> None:
        """Make the pages larger or smaller by steps."""
        at = min(range(len(_ZOOMS)), key=lambda number: abs(_ZOOMS[number] - self._zoom)) + steps
        self._zoom = _ZOOMS[max(0, min(len(_ZOOMS) - 1, at))]
        self._renew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pages in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._surround)
        width, height = self._width(), self._height()
        top, left = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        x = max(_GAP, (self.viewport().width() - width) // 2) - left
        for number in self._in_view():
            y = _GAP + number * (height + _GAP) - top
            place = QRect(x, y, width, height)
            page = self._page(number)
            if page is not None:
                painter.drawPixmap(place, page)
            else:
                painter.fillRect(place, Qt.GlobalColor.white)
            painter.setPen(QColor(0, 0, 0, 40))
            painter.drawRect(x, y, width - 1, height - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages to the new width."""
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by pages, to the first and to the last one."""
        bar = self.verticalScrollBar()
        goals = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: bar.maximum()}
        if Qt.Key(event.key()) in goals:
            bar.setValue(goals[Qt.Key(event.key())])
        elif event.text() in {"+", "="}:
            self.zoom_by(1)
        elif event.text() == "-":
            self.zoom_by(-1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew on another screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._renew()
        super().changeEvent(event)

    def _width(self) -> int:
        return round(min(_WIDEST, self.viewport().width() - 2 * _GAP) * self._zoom / 100)

    def _height(self) -> int:
        return max(1, round(self._width() * self._size.height() / self._size.width()))

    def _renew(self) -> None:
        """Have the pages in view drawn anew."""
        self._drawn.clear()
        self._asked.clear()
        self._arrange()
        self.viewport().update()

    def _arrange(self) -> None:
        view = self.viewport().size()
        whole = _GAP + self.count * (self._height() + _GAP)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, whole - view.height()))
        bar.setPageStep(self._height() + _GAP)
        self.horizontalScrollBar().setRange(0, max(0, self._width() + 2 * _GAP - view.width()))

    def _in_view(self) -> range:
        step = self._height() + _GAP
        top = self.verticalScrollBar().value()
        last = (top + self.viewport().height() - _GAP) // step
        return range(max(0, (top - _GAP) // step), min(self.count, last + 1))

    def _key(self, number: int) -> tuple[int, int]:
        """Return what a page is kept under: its number and its width on the screen."""
        return number, round(self._width() * self.devicePixelRatioF())

    def _page(self, number: int) -> QPixmap | None:
        """Return a page, asking for it where it isn't drawn yet; meanwhile what it was before."""
        key = self._key(number)
        if key not in self._drawn and key not in self._asked:
            self._asked.add(key)
            self.wanted.emit(self._number, *key)
        return self._drawn.get(key) or self._old.get(key)
