"""Which place in the text a point of the viewport means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QTextBlock, QTextLine
from PySide6.QtWidgets import QPlainTextEdit

from penwright.ui.editor.ghost import Ghost
from penwright.ui.editor.layout import SheetLayout


def line_at(
    block: QTextBlock, top: QPointF, point: QPointF, layout: SheetLayout
) -> tuple[QTextBlock, QPointF, QTextLine]:
    """Return the paragraph, where it is drawn, and the line nearest to `point` (viewport pixels).

    block: the first visible one; top: where it is drawn.
    """
    height = layout.blockBoundingRect(block).height()
    while block.next().isValid() and point.y() >= top.y() + height:
        top = QPointF(top.x(), top.y() + height)
        block = block.next()
        height = layout.blockBoundingRect(block).height()
    number = int((point.y() - top.y() - layout.first_line_top(block)) // layout.line)
    lines = block.layout()
    return block, top, lines.lineAt(min(max(number, 0), lines.lineCount() - 1))


def settle_point(
    edit: QPlainTextEdit,
    first: tuple[QTextBlock, QPointF],
    point: QPointF,
    layout: SheetLayout,
    ghosts: Sequence[Ghost],
) -> tuple[QPointF, int | None]:
    """Return the point to give to Qt for one that was pointed at, and the position behind ghosts.

    WORKAROUND: Qt looks for a line that covers the point and, in the room between two lines, takes the
    start of the lower one; so the point is moved to the middle of its line. While a ghost shows, Qt counts
    its letters; then the second result is the position in the real text, and it is None otherwise.
    """
    if not edit.viewport().rect().contains(point.toPoint()):
        return point, None  # dragging beyond the edge scrolls
    block, top, line = line_at(*first, point, layout)
    settled = QPointF(point.x(), top.y() + line.y() + line.height() / 2)
    if not any(ghost.text for ghost in ghosts):
        return settled, None
    offset = line.xToCursor(point.x() - top.x())
    for ghost in ghosts:
        offset = ghost.real_offset(block, offset)
    return settled, block.position() + offset
