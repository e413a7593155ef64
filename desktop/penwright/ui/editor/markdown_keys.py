"""Keys that mean more in Markdown: Enter and Tab in lists, straight quotes that become curly."""

from __future__ import annotations

from bisect import bisect_left

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextBlock, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from penwright.core.markdown.continuation import (
    LineEdit,
    after_enter,
    depth,
    indented,
    outdented,
    said_again,
)
from penwright.core.markdown.structure import Place
from penwright.core.typography import typed
from penwright.ui.editor.offsets import unit_offsets
from penwright.ui.editor.passages import Passages

_LOOK_BACK = 50  # paragraphs, for the item that another lies in
_LONGEST = 20_000  # characters of a paragraph in which keys mean more
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class MarkdownKeys:
    """Works the keys of one area that no ghost wants. Each makes one step to undo.

    language: whose quotes and dashes straight ones become (a key of core.typography.MARKS), or "" for none.
    """

    def __init__(self, area: QPlainTextEdit, passages: Passages) -> None:
        self._area = area
        self._passages = passages
        self.language = ""
        self._begun = -1  # the paragraph that Enter began with a mark
        self._last: tuple[int, str, str] | None = None  # what was made curly: behind it, made, and plain

    def take(self, event: QKeyEvent) -> bool:
        """Do what the key means here; False when it means what it always means."""
        last, self._last = self._last, None
        cursor = self._area.textCursor()
        if self._area.isReadOnly() or cursor.block().length() > _LONGEST:
            return False
        key, held = Qt.Key(event.key()), event.modifiers()
        if key == Qt.Key.Key_Backspace and held == Qt.KeyboardModifier.NoModifier:
            return last is not None and self._take_back(cursor, *last)
        if self._passages.place(cursor.block()) is not Place.BODY:
            return False
        if key in _ENTER and held in _PLAIN and not cursor.hasSelection():
            return self._enter(cursor)
        if key == Qt.Key.Key_Space and held in _PLAIN and cursor.blockNumber() == self._begun:
            return self._drop_second_mark(cursor)
        if key == Qt.Key.Key_Tab and held == Qt.KeyboardModifier.NoModifier:
            return self._indent(cursor, deeper=True)
        if key == Qt.Key.Key_Backtab:
            return self._indent(cursor, deeper=False)
        if self.language and len(event.text()) == 1 and not cursor.hasSelection():
            return self._curl(cursor, event.text())
        return False

    def _enter(self, cursor: QTextCursor) -> bool:
        block = cursor.block()
        edit = after_enter(block.text(), _character(block.text(), cursor.positionInBlock()))
        if edit is None:
            return False
        _apply(cursor, block, edit)
        self._area.setTextCursor(cursor)
        self._area.ensureCursorVisible()
        self._begun = cursor.blockNumber() if cursor.block() != block else -1
        return True

    def _drop_second_mark(self, cursor: QTextCursor) -> bool:
        block = cursor.block()
        edit = said_again(block.text(), _character(block.text(), cursor.positionInBlock()))
        if edit is None or cursor.hasSelection():
            return False
        self._begun = -1
        _apply(cursor, block, edit)
        return True

    def _indent(self, cursor: QTextCursor, *, deeper: bool) -> bool:
        document = self._area.document()
        block = document.findBlock(cursor.selectionStart())
        last = document.findBlock(cursor.selectionEnd())
        if not deeper and not cursor.hasSelection() and depth(block.text()) is None:
            return False
        done = False
        own = QTextCursor(document)
        own.beginEditBlock()
        while block.isValid() and block.blockNumber() <= last.blockNumber():
            line = block.text()
            edit = (indented if deeper else outdented)(line, _above(block, deeper=deeper))
            if edit is not None:
                _apply(own, block, edit)
            done = done or depth(line) is not None
            block = block.next()
        own.endEditBlock()
        return done

    def _curl(self, cursor: QTextCursor, letter: str) -> bool:
        line = cursor.block().text()
        change = typed(line[: _character(line, cursor.positionInBlock())], letter, self.language)
        if change is None:
            return False
        cursor.beginEditBlock()
        for _ in range(change.removed):
            cursor.deletePreviousChar()
        cursor.insertText(change.text)
        cursor.endEditBlock()
        self._area.setTextCursor(cursor)
        self._area.ensureCursorVisible()
        self._last = (cursor.position(), change.text, change.plain)
        return True

    def _take_back(self, cursor: QTextCursor, position: int, made: str, plain: str) -> bool:
        if cursor.hasSelection() or cursor.position() != position:
            return False
        cursor.setPosition(position - len(made), QTextCursor.MoveMode.KeepAnchor)
        if cursor.selectedText() != made:
            return False
        cursor.insertText(plain)
        self._area.setTextCursor(cursor)
        return True


def _above(block: QTextBlock, *, deeper: bool) -> str | None:
    """Return the item above that `block` is to lie in, or beside."""
    here = depth(block.text())
    above = block.previous()
    for _ in range(_LOOK_BACK):
        if here is None or not above.isValid():
            return None
        other = depth(above.text())
        if other is not None and (other == here if deeper else other < here):
            return above.text()
        if other is not None and deeper and other < here:
            return None
        above = above.previous()
    return None


def _apply(cursor: QTextCursor, block: QTextBlock, edit: LineEdit) -> None:
    line = block.text()
    offsets = unit_offsets(line)
    start, end = (offsets[edit.start], offsets[edit.end]) if offsets else (edit.start, edit.end)
    cursor.setPosition(block.position() + start)
    cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(edit.text)


def _character(line: str, units: int) -> int:
    offsets = unit_offsets(line)
    return units if offsets is None else bisect_left(offsets, units)
