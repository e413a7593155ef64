"""A second document that always says what the first says: for another view of the same text.

Two views of one QTextDocument would share the width of lines and the ghost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument

from penwright.core.snapshot import utf16_units
from penwright.ui.editor.clipboard_sheet import LONG_PASTE
from penwright.ui.editor.offsets import PARAGRAPH, for_qt
from penwright.ui.editor.sheet import Sheet


class Mirror(QObject):
    """Carries each change of one sheet's document over to the other's, in both directions.

    `first` keeps the steps to undo; `second` has none. The texts are alike when the mirror is made.
    """

    def __init__(self, first: Sheet, second: Sheet) -> None:
        super().__init__(second)
        self._first, self._second = first, second
        self._carrying = False
        first.document().contentsChange.connect(self._from_first)
        second.document().contentsChange.connect(self._from_second)

    def end(self) -> None:
        """Carry nothing over any more."""
        self._first.document().contentsChange.disconnect(self._from_first)
        self._second.document().contentsChange.disconnect(self._from_second)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let one of the documents change alone; afterwards they have to be alike again."""
        before, self._carrying = self._carrying, True
        try:
            yield
        finally:
            self._carrying = before

    def _from_first(self, position: int, removed: int, added: int) -> None:
        self._carry(self._first, self._second, position, removed, added)

    def _from_second(self, position: int, removed: int, added: int) -> None:
        self._carry(self._second, self._first, position, removed, added)

    def _carry(self, from_sheet: Sheet, to_sheet: Sheet, position: int, removed: int, added: int) -> None:
        """Make the same change in the other sheet; what is only formatted or composed changes nothing."""
        if self._carrying:
            return
        source, target = from_sheet.document(), to_sheet.document()
        # Qt counts the end of the last paragraph in where the change reaches it.
        low = min(position, target.characterCount() - 1)
        high = min(position + removed, target.characterCount() - 1)
        new = _between(source, position, min(position + added, source.characterCount() - 1))
        old = _between(target, low, high)
        if old == new:
            return
        # A large change may be small within: carets between its equal ends stay where they are.
        start = _common(old, new)
        end = _common(old[start:][::-1], new[start:][::-1])
        with self.paused():
            cursor = QTextCursor(target)
            cursor.setPosition(low + utf16_units(old[:start]))
            cursor.setPosition(high - utf16_units(old[len(old) - end :]), QTextCursor.MoveMode.KeepAnchor)
            _insert(to_sheet, cursor, new[start : len(new) - end].replace(PARAGRAPH, "\n"))


def _insert(sheet: Sheet, cursor: QTextCursor, text: str) -> None:
    """Insert a text; formats of a very long one come as it is seen."""
    if len(text) < LONG_PASTE:
        cursor.insertText(for_qt(text))
        return
    sheet.highlighter.deferring = True
    try:
        cursor.insertText(for_qt(text))
    finally:
        sheet.highlighter.deferring = False
    sheet.renew_formats()


def _between(document: QTextDocument, start: int, end: int) -> str:
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText()


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with. Slices are compared, which is quick in long texts."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
