"""A sheet that takes in and gives out text: the clipboard, what is dropped, steps taken back and again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from penwright.core.snapshot import Edit
from penwright.ui.editor.draft_sheet import DraftSheet
from penwright.ui.editor.offsets import PARAGRAPH, for_qt

LONG_PASTE = 100_000  # characters; formats for more than that come when they are seen


class ClipboardSheet(DraftSheet):
    """A sheet with what menus do to a text.

    paster: is asked to do what is to be done with what is pasted or dropped; False leaves its letters to us.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paster: Callable[[QMimeData], bool] | None = None

    def undo(self) -> None:
        """Take the last step back."""
        with self._handling(Edit.OTHER):
            super().undo()

    def redo(self) -> None:
        """Take the last step again."""
        with self._handling(Edit.OTHER):
            super().redo()

    def cut(self) -> None:
        """Move the selection to the clipboard."""
        with self._handling(Edit.OTHER):
            super().cut()

    def paste(self) -> None:
        """Insert what is on the clipboard."""
        with self._handling(Edit.OTHER):
            super().paste()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take what `paster` may know what to do with, besides text."""
        return source.hasImage() or source.hasHtml() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert pasted or dropped text, unless `paster` does something else with it."""
        if self.paster is None or not self.paster(source):
            self.insert_pasted(source.text())

    def insert_pasted(self, text: str) -> None:
        """Insert text in place of the selection; formats of a very long one come as it is seen."""
        if not text or self.isReadOnly():
            return
        self.highlighter.deferring = len(text) > LONG_PASTE
        try:
            with self._handling(Edit.OTHER):
                cursor = self.textCursor()
                cursor.insertText(for_qt(text))
                self.setTextCursor(cursor)
                self.ensureCursorVisible()
        finally:
            self.highlighter.deferring = False
        self._cover_timer.start()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the exact letters that are selected.

        Qt would make no-break spaces plain ones, and add what it takes for rich text.
        """
        data = QMimeData()
        data.setText(self.textCursor().selectedText().replace(PARAGRAPH, "\n"))
        QTimer.singleShot(0, lambda: _hand_over(data))
        return data


def _hand_over(data: QMimeData) -> None:
    """Have the clipboard hold what Qt made itself.

    WORKAROUND: what was made here would outlive Python when the program ends, which then ends with a fault.
    """
    clipboard = QGuiApplication.clipboard()
    for mode in (clipboard.Mode.Clipboard, clipboard.Mode.Selection):
        if isValid(data) and clipboard.mimeData(mode) is data:
            clipboard.setText(data.text(), mode)
