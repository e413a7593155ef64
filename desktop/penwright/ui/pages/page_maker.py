"""Pages made and drawn on a thread of their own; the window's gets pictures of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from penwright.formats.losses import Losses
from penwright.formats.markdown_in import read_markdown
from penwright.formats.pictures import Pictures
from penwright.ui.pages.paging import Pages, usual_layout

_DOTS = 600  # an inch: as the PDF has, so that lines end where they will
_MOST_PIXELS = 40_000_000  # of one page's picture


class PageMaker(QObject):
    """Lives on a thread of its own, as fonts' engines belong to the thread that laid out a text.

    made(int, int, QSizeF): under this number, so many pages of this size in dots. failed(int, Exception).
    drawn(int, int, int, QImage): under this number, a page, counted from 0, so many pixels wide.
    """

    made = Signal(int, int, QSizeF)
    failed = Signal(int, object)
    drawn = Signal(int, int, int, QImage)

    def __init__(self) -> None:
        super().__init__()
        self._pages: Pages | None = None
        self._number = 0

    @Slot(int, str, object)
    def make(self, number: int, text: str, place: Path | None) -> None:
        """Lay out a text; `place` is where it lies, for its pictures."""
        self._number, self._pages = number, None
        try:
            device = QImage(1, 1, QImage.Format.Format_RGB32)
            device.setDotsPerMeterX(round(_DOTS / 0.0254))
            device.setDotsPerMeterY(round(_DOTS / 0.0254))
            pictures = Pictures(place.parent if place is not None else None)
            self._pages = Pages.of(read_markdown(text), pictures, Losses(), usual_layout(), device)
            self.made.emit(number, self._pages.count, self._pages.size())
        except Exception as error:  # whatever it is, the window's thread is told
            self.failed.emit(number, error)

    @Slot(int, int, int)
    def draw(self, number: int, page: int, width: int) -> None:
        """Draw a page that is so many pixels wide; what was asked of an earlier text is passed over."""
        if self._pages is None or number != self._number or page >= self._pages.count:
            return
        size = self._pages.size()
        height = max(1, round(width * size.height() / size.width()))
        if width * height > _MOST_PIXELS:
            return
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(width / size.width(), width / size.width())
        self._pages.draw(painter, page)
        painter.end()
        self.drawn.emit(number, page, width, image)

    @Slot()
    def forget(self) -> None:
        """Let go of the pages, on the thread that made them, and end it."""
        self._pages = None
        self.thread().quit()
