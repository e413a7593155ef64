"""A list on the page of models: rows with a key and a value; a tool tip says what doesn't fit a cell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

_KEY = Qt.ItemDataRole.UserRole


class ModelList(QTreeWidget):
    """Rows of four cells: the model, its size, a word about it, how it stands."""

    def __init__(self, name: str, headings: Sequence[str], parent: QWidget | None = None) -> None:
        """`name`: what those hear who hear the screen."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeaderLabels(list(headings))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setTabKeyNavigation(False)
        letters = self.fontMetrics().horizontalAdvance("n")
        for column, width in enumerate((34, 11, 14)):
            self.setColumnWidth(column, width * letters)

    def add(self, row: Sequence[str], key: str, value: object) -> QTreeWidgetItem:
        """Add a row at the end."""
        item = QTreeWidgetItem()
        item.setData(0, _KEY, key)
        item.setData(1, _KEY, value)
        self.addTopLevelItem(item)
        for column, text in enumerate(row):
            put(item, column, text)
        return item

    def rows(self) -> list[QTreeWidgetItem]:
        """Return the rows, from the top."""
        found = (self.topLevelItem(at) for at in range(self.topLevelItemCount()))
        return [item for item in found if item is not None]

    def selected(self) -> tuple[str, object]:
        """Return key and value of the selected row; "" and None where there is none."""
        items = self.selectedItems()
        return content(items[0]) if items else ("", None)


def put(item: QTreeWidgetItem, column: int, text: str) -> None:
    """Write a cell, and its tool tip."""
    if item.text(column) != text:
        item.setText(column, text)
        item.setToolTip(column, text)


def content(item: QTreeWidgetItem) -> tuple[str, object]:
    """Return key and value of a row."""
    return item.data(0, _KEY), item.data(1, _KEY)
