"""The sheet, with panels over its margins: the line being written stays where it is when one comes."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from penwright.ui.halves import Halves

_CHARACTERS = 40  # a panel's width, in mean characters of the window's font
_MOST = 0.46  # of the window's width, for one panel


class Side(Enum):
    """Where a panel is."""

    LEFT = "left"
    RIGHT = "right"


class Panel(QFrame):
    """What holds a panel's content: its title, a button that closes it, and the content below.

    closed(): the button or Esc was pressed.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAutoFillBackground(True)
        self.content: QWidget | None = None
        self._title = QLabel()
        self._title.setObjectName("panelTitle")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        close = QToolButton()
        close.setText("×")
        close.setAutoRaise(True)
        close.setAccessibleName(self.tr("Close the panel"))
        close.setToolTip(self.tr("Close the panel (Esc)"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(close)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self.hide()

    def hold(self, content: QWidget | None) -> None:
        """Show `content` in place of what was held, which is only hidden."""
        if self.content is not None and self.content is not content:
            self._column.removeWidget(self.content)
            self.content.hide()
        self.content = content
        if content is not None:
            self._title.setText(content.windowTitle())
            self.setAccessibleName(content.windowTitle())
            self._column.addWidget(content, 1)
            content.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc, when nothing inside took the key."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Sides(QWidget):
    """The writing area, and at most one panel on each side of it.

    A panel lies over the sheet's margin. Only where the margin is too narrow does the column of text give
    way. changed(Side): another panel, or none, is there now.
    """

    changed = Signal(object)

    def __init__(self, halves: Halves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._halves = halves
        area = self._area = halves.first
        area.setParent(self)
        self._panels = {side: Panel(self) for side in Side}
        for side, panel in self._panels.items():
            panel.closed.connect(lambda side=side: self.hide_panel(side))
        area.verticalScrollBar().installEventFilter(self)

    def shown(self, side: Side) -> QWidget | None:
        """Return the content of the panel on that side, or None where there is none."""
        return self._panels[side].content if not self._panels[side].isHidden() else None

    def show_panel(self, side: Side, content: QWidget) -> None:
        """Show `content`, with its windowTitle as the panel's title, and give it the keys."""
        panel = self._panels[side]
        panel.hold(content)
        panel.show()
        panel.raise_()
        self._arrange()
        content.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit(side)

    def hide_panel(self, side: Side) -> None:
        """Take the panel away, and give the keys back to the text."""
        panel = self._panels[side]
        if panel.isHidden():
            return
        busy = QApplication.focusWidget()
        held = busy is not None and panel.isAncestorOf(busy)
        panel.hide()
        panel.hold(None)
        self._arrange()
        if held:
            self._halves.take_keys()
        self.changed.emit(side)

    def toggle_panel(self, side: Side, content: QWidget) -> None:
        """Show `content`, or take it away if it is shown."""
        if self.shown(side) is content:
            self.hide_panel(side)
        else:
            self.show_panel(side, content)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit everything to the new size."""
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the right panel beside the scroll bar when that comes or goes."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._arrange()
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        wanted = self.fontMetrics().averageCharWidth() * _CHARACTERS
        each = min(wanted, int(width * _MOST))
        bar = self._area.verticalScrollBar()
        at_edge = bar.width() if bar.isVisibleTo(self._area) else 0
        taken = {side: 0 if panel.isHidden() else each for side, panel in self._panels.items()}
        self._area.setGeometry(0, 0, width, height)
        self._area.set_covered(taken[Side.LEFT], taken[Side.RIGHT])
        self._panels[Side.LEFT].setGeometry(0, 0, each, height)
        self._panels[Side.RIGHT].setGeometry(width - each - at_edge, 0, each, height)
