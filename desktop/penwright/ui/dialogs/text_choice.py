"""A dialog with texts to choose from at the left, and at the right what the chosen one would change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from penwright.ui.background import Errands
from penwright.ui.comparison import Comparison
from penwright.ui.labels import plain_label
from penwright.ui.theme import Theme, Themes, page_style_sheet

_LIST_CHARACTERS = 24  # that the list is wide, at least


class TextChoiceDialog(QDialog):
    """The frame of such a dialog, which stops nobody from writing. `show_row` fills the right side."""

    def __init__(self, about: str, errands: Errands, themes: Themes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.about = plain_label(about)
        self.list = QListWidget()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self.show_row)
        self.comparison = Comparison(errands)
        self.where = plain_label()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(self.where)
        column.addWidget(self.comparison, 1)
        split = QSplitter()
        split.addWidget(self.list)
        split.addWidget(right)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        self.list.setMinimumWidth(_LIST_CHARACTERS * self.fontMetrics().averageCharWidth())
        split.setChildrenCollapsible(False)
        self.buttons = QDialogButtonBox()
        self.buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(self.about)
        whole.addWidget(split, 1)
        whole.addWidget(self.buttons)
        self._themes = themes
        themes.changed.connect(self.set_theme)
        self.list.setFocus()
        self.resize(760, 520)

    def show_row(self, row: int) -> None:
        """Show what is chosen in the list, or nothing for -1."""

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        theme.dress(self, page_style_sheet(theme))
        self.comparison.set_theme(theme)
        self.show_row(self.list.currentRow())

    def add_button(self, words: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        """Add a button."""
        button = QPushButton(words)
        self.buttons.addButton(button, role)
        return button
