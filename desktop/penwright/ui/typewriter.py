"""Typewriter scrolling: the line being written stays at one height, and the text moves past it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QApplication

from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.layout import TOP_ROOM

_HEIGHT = 0.42  # of the sheet, from its top


class Typewriter(QObject):
    """Keeps the caret's line where it is, while it is on.

    Qt scrolls a plain text by whole lines, and between paragraphs lies less than one. What is left over
    stands free above the text, so that the line is met exactly. At the beginning of a text there is nothing
    to scroll, so there the room above its first line makes up for it.
    """

    def __init__(self, area: WritingArea, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._area = area
        self.on = False
        area.edited.connect(lambda _edit: self.settle())
        area.strayed.connect(self.settle)
        area.zoomed.connect(lambda _percent: self.settle())
        area.installEventFilter(self)

    def set_on(self, wanted: bool) -> None:
        """Begin or end."""
        if wanted == self.on:
            return
        self.on = wanted
        self._area.setCenterOnScroll(wanted)  # which lets the last line be scrolled that far
        if wanted:
            self.settle()
        else:
            self._place(self._area.verticalScrollBar().value(), 0, TOP_ROOM)
            self._area.ensureCursorVisible()

    def settle(self) -> None:
        """Scroll so that the caret's line is where it belongs; not while the mouse is selecting."""
        if not self.on or QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        if not self._settle():
            # Qt has forgotten its lines, as when a scroll bar came: now they are known again.
            self._area.sheet_layout.documentSizeChanged.emit(self._area.sheet_layout.documentSize())
            self._settle()

    def _settle(self) -> bool:
        """Scroll; return whether Qt scrolled as far as it was told to."""
        area = self._area
        layout = area.sheet_layout
        wanted = max(TOP_ROOM, int(area.height() * _HEIGHT))
        cursor = area.textCursor()
        block = cursor.block()
        layout.blockBoundingRect(block)  # puts the lines in their places
        line = block.layout().lineForTextPosition(cursor.positionInBlock())
        above = line.y() if line.isValid() else 0.0
        while above < wanted and block.previous().isValid():
            block = block.previous()
            above += layout.blockBoundingRect(block).height()
        if not block.previous().isValid():
            above -= layout.top_room  # what it is without the room above the first line
            room = round(wanted - above - area.document().documentMargin())
            if room >= TOP_ROOM:
                return self._place(block.firstLineNumber(), 0, room)
            above += TOP_ROOM
            layout.top_room = TOP_ROOM
            layout.blockBoundingRect(block)
            area.viewport().update()
        number = 0
        while above - _offset(block, number) > wanted:
            number += 1
            if number == block.layout().lineCount():
                above -= layout.blockBoundingRect(block).height()
                block, number = block.next(), 0
        head = round(wanted - above + _offset(block, number))
        return self._place(block.firstLineNumber() + number, head, TOP_ROOM)

    def _place(self, line: int, head: int, room: int) -> bool:
        area = self._area
        if area.sheet_layout.top_room != room:
            area.sheet_layout.top_room = room
            area.viewport().update()
        area.set_head(head)
        area.verticalScrollBar().setValue(line)
        return area.verticalScrollBar().value() == line

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Meet the line's height in a window of another size."""
        if event.type() == QEvent.Type.Resize and self.on:
            QTimer.singleShot(0, self, self.settle)  # once the sheet has its new size
        return super().eventFilter(watched, event)


def _offset(block: QTextBlock, number: int) -> float:
    """Return how far below its paragraph's top Qt cuts when this line is the first in view."""
    if number:
        return block.layout().lineAt(number - 1).naturalTextRect().bottom()
    return 0.0 if block.previous().isValid() else -block.document().documentMargin()
