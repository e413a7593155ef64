"""The preview: the text as pages, in a window of its own that follows while the writer goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSizeF, QThread, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPalette
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.ui.editor.area import WritingArea
from penwright.ui.pages.page_maker import PageMaker
from penwright.ui.pages.page_view import PageView
from penwright.ui.theme import Theme, Themes, page_style_sheet

_PAUSE_MS = 700  # without a change before the pages are made anew
_SHARE = 3  # of the time that the pages took: a long text is made anew less often


class Preview(QDialog):
    """Shows the text of `area` as pages. print_wanted(): print them. closed(): it is no longer seen.

    It is deleted once its thread has ended; whoever ends before has to `wait()`.
    """

    print_wanted = Signal()
    closed = Signal()
    _asked = Signal(int, str, object)
    _forgotten = Signal()

    def __init__(
        self,
        area: WritingArea,
        place: Callable[[], Path | None],
        *,
        catalogue: Catalogue,
        themes: Themes,
        parent: QWidget | None = None,
    ) -> None:
        """`place`: where the text lies now, for its pictures."""
        super().__init__(parent)
        self._area = area
        self._place = place
        self._catalogue = catalogue
        self._number = 0
        self._making = self._changed = False
        self._begun = 0.0
        self._open = True
        self.setModal(False)
        self.setWindowTitle(self.tr("Preview"))
        self.view = PageView()
        self.view.setAccessibleName(self.tr("Pages"))
        self.state = QLabel(self.tr("Making the pages…"))
        column = QVBoxLayout(self)
        column.addWidget(self.view, 1)
        column.addLayout(self._row())
        self.resize(720, 860)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._renew)
        self._thread = QThread(self)
        self._maker = PageMaker()
        self._maker.moveToThread(self._thread)
        self._asked.connect(self._maker.make)
        self.view.wanted.connect(self._maker.draw)
        self._forgotten.connect(self._maker.forget)
        self._maker.made.connect(self._made)
        self._maker.failed.connect(self._failed)
        self._maker.drawn.connect(self.view.take)
        self._thread.finished.connect(self._maker.deleteLater)
        self._thread.start(QThread.Priority.LowPriority)
        self.view.verticalScrollBar().valueChanged.connect(lambda _value: self._say_page())
        area.document().contentsChanged.connect(self._follow)
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)
        self.view.setFocus()
        self._renew()

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        for words, name, act in (
            ("−", self.tr("Smaller"), lambda: self.view.zoom_by(-1)),
            ("+", self.tr("Larger"), lambda: self.view.zoom_by(1)),
            (self.tr("&Print…"), self.tr("Print"), self.print_wanted.emit),
        ):
            button = QPushButton(words)
            button.setAccessibleName(name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
            row.addWidget(button)
        return row

    @property
    def busy(self) -> bool:
        """Whether pages are being made, or will be, or those in view are being drawn."""
        return self._making or self._timer.isActive() or not self.view.complete

    def wait(self) -> None:
        """Close, and block until the thread has ended: the program does."""
        self._stop()
        self._thread.wait()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; what is under way on the other thread ends by itself, and then this goes."""
        self._stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Close on Esc."""
        self.close()

    def _stop(self) -> None:
        self._timer.stop()
        if self._open:
            self._open = False
            self._area.document().contentsChanged.disconnect(self._follow)
            self._thread.finished.connect(self.deleteLater)
            self._forgotten.emit()
            self.closed.emit()

    def _follow(self) -> None:
        self._changed = True
        if not self._making:
            self._timer.start()

    def _renew(self) -> None:
        self._changed, self._making, self._begun = False, True, time.monotonic()
        self._number += 1
        self._asked.emit(self._number, self._area.text(), self._place())

    def _made(self, number: int, count: int, size: QSizeF) -> None:
        self._rest()
        if self._open:
            self.view.show_pages(number, count, size)
            self._say_page()

    def _failed(self, _number: int, error: Exception) -> None:
        self._rest()
        if isinstance(error, PenwrightError):
            self.state.setText(self._catalogue.sentence(error))
            return
        self.state.setText(self.tr("The pages could not be made."))
        raise error

    def _rest(self) -> None:
        """Wait for the next change; longer where the pages take long."""
        self._making = False
        self._timer.setInterval(max(_PAUSE_MS, round(_SHARE * 1000 * (time.monotonic() - self._begun))))
        if self._open and self._changed:
            self._timer.start()

    def _say_page(self) -> None:
        if self.view.count:
            self.state.setText(self.tr("Page {0} of {1}").format(self.view.current + 1, self.view.count))

    def _set_theme(self, theme: Theme) -> None:
        self.view.set_surround(theme.palette().color(QPalette.ColorRole.AlternateBase))
        theme.dress(self, page_style_sheet(theme))
