"""The dialog for phrases that are never to be suggested."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from penwright.ui.theme import Theme, Themes, page_style_sheet


class BannedPhrases(QDialog):
    """A list to edit, one phrase a line, beside which the writer can go on writing.

    chosen(tuple): the phrases, when the list is kept.
    """

    chosen = Signal(object)

    def __init__(self, phrases: Iterable[str], themes: Themes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Phrases Never to Suggest"))
        about = QLabel(self.tr("One phrase a line. A suggestion ends before the first of them."))
        about.setWordWrap(True)
        self.list = QPlainTextEdit("\n".join(phrases))
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName(self.tr("Phrases"))
        about.setBuddy(self.list)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(self.list, 1)
        column.addWidget(self.buttons)
        self.resize(420, 320)
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)

    def _set_theme(self, theme: Theme) -> None:
        theme.dress(self, page_style_sheet(theme))

    def accept(self) -> None:
        """Tell the list, without empty lines and doubles, and close."""
        lines = (" ".join(line.split()) for line in self.list.toPlainText().splitlines())
        self.chosen.emit(tuple(dict.fromkeys(line for line in lines if line)))
        super().accept()
