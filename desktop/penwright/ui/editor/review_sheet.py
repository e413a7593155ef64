"""A sheet that shows a text with its changes marked. It is read, not written on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from penwright.core.reviewing import Part, Piece
from penwright.core.snapshot import utf16_units
from penwright.ui.editor.offsets import for_qt
from penwright.ui.editor.sheet import Sheet
from penwright.ui.theme import Theme, mixed

_TINT = 0.13  # of the mark's colour, laid over paper


class ReviewSheet(Sheet):
    """Shows pieces: what goes is struck and red, what comes is underlined and green.

    A paragraph's end that goes or comes is drawn as "¶", for nothing else would be seen of it.
    pressed(str): a key for the review: "next", "previous", "accept", "reject", "done", "leave".
    chosen(int): the change with this index was clicked.
    """

    pressed = Signal(str)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._formats = {part: QTextCharFormat() for part in Part}
        self._current = QTextCharFormat()
        self._places: list[tuple[int, int]] = []  # of each change, in UTF-16 units of what is shown

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`, from the next pieces on."""
        super().set_theme(theme)
        for part, colour in ((Part.OLD, theme.delete), (Part.NEW, theme.insert), (Part.CHOSEN, theme.quiet)):
            made = self._formats[part] = QTextCharFormat()
            made.setForeground(QColor(colour))
            if part is Part.OLD:
                made.setFontStrikeOut(True)
            elif part is Part.NEW:
                made.setFontUnderline(True)
            else:
                made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
                made.setForeground(QColor(theme.ink))
            if part is not Part.CHOSEN:
                made.setBackground(QColor(mixed(theme.paper, colour, _TINT)))
        self._current.setBackground(QColor(theme.selection))

    def show_pieces(self, pieces: Iterable[Piece], count: int) -> None:
        """Show these in place of everything; `count` changes are among them."""
        cursor = QTextCursor(self.document())
        self.highlighter.deferring = True
        self._places = [(0, 0)] * count
        at = 0
        last = -1
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
        for piece in pieces:
            shown = _shown(piece)
            start, at = at, at + utf16_units(shown)
            if piece.index >= 0:
                for index in range(last + 1, piece.index):
                    self._places[index] = (start, start)
                low = self._places[piece.index][0] if piece.index == last else start
                self._places[piece.index] = (low, at)
                last = piece.index
            cursor.insertText(for_qt(shown), self._formats[piece.part])
        for index in range(last + 1, count):
            self._places[index] = (at, at)
        cursor.endEditBlock()
        self.highlighter.deferring = False

    def show_sides(self, index: int, sides: Iterable[Piece]) -> None:
        """Show one change anew."""
        start, end = self._places[index]
        cursor = self._select(start, end)
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        at = start
        for piece in sides:
            shown = _shown(piece)
            cursor.insertText(for_qt(shown), self._formats[piece.part])
            at += utf16_units(shown)
        cursor.endEditBlock()
        shift = at - end
        self._places[index] = (start, at)
        self._places[index + 1 :] = [(low + shift, high + shift) for low, high in self._places[index + 1 :]]

    def look_at(self, index: int) -> None:
        """Mark one change as the one that is decided next, and scroll to it; -1 marks none."""
        if index < 0:
            self.setExtraSelections([])
            return
        start, end = self._places[index]
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._select(start, end)
        mark.format = self._current
        self.setExtraSelections([mark])
        caret = self.textCursor()
        caret.setPosition(end)
        self.setTextCursor(caret)
        caret.setPosition(start)
        self.setTextCursor(caret)

    def place(self, index: int) -> tuple[int, int]:
        """Return where a change is shown, in UTF-16 units of what is shown."""
        return self._places[index]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of the review's keys; the others scroll and select."""
        name = _key(event)
        if name:
            event.accept()
            self.pressed.emit(name)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 (Qt's name)
        """Keep Tab, which goes to the next change."""
        del next
        return False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Look at the change that was clicked."""
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self.textCursor().hasSelection():
            return
        at = self.cursorForPosition(event.position().toPoint()).position()
        for index, (start, end) in enumerate(self._places):
            if start <= at <= end:
                self.chosen.emit(index)
                return

    def _select(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor


def _shown(piece: Piece) -> str:
    if piece.part in (Part.OLD, Part.NEW):
        return piece.text.replace("\n", "¶\n")
    return piece.text


def _key(event: QKeyEvent) -> str:
    key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    if key == Qt.Key.Key_Backtab or (key == Qt.Key.Key_Tab and modifiers == shift):
        return "previous"
    if modifiers == control and enter:
        return "done"
    if modifiers:
        return ""
    if enter:
        return "accept"
    return {
        Qt.Key.Key_Tab: "next",
        Qt.Key.Key_Down: "next",
        Qt.Key.Key_Up: "previous",
        Qt.Key.Key_Delete: "reject",
        Qt.Key.Key_Backspace: "reject",
        Qt.Key.Key_Escape: "leave",
    }.get(Qt.Key(key), "")
