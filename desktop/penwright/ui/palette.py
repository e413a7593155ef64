"""The command palette: everything that can be done, found by some letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from penwright.core.matching import ranked
from penwright.ui.commands import Commands, Place
from penwright.ui.halves import Halves

_RECENT = 5  # commands that stand first while nothing is typed
_ROWS = 12
_MOST_WIDTH = 560  # pixels
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}


class Entry(NamedTuple):
    """Something that can be chosen. detail: what stands at the right, such as its keys."""

    title: str
    detail: str
    act: Callable[[], object]


Source = Callable[[], Iterable[Entry]]


class Palette(QFrame):
    """A field and a list over the window's upper part; Enter does what is marked, Esc goes back."""

    def __init__(self, window: QWidget, commands: Commands, back_to: Halves) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Commands"))
        self._commands = commands
        self._back_to = back_to
        self._sources: list[Source] = [self._from_commands]
        self._recent: list[str] = []
        self._entries: list[Entry] = []
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Command"))
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Commands that fit"))
        self.list.itemClicked.connect(lambda item, _column: self._do(item))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, self.list.header().ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, self.list.header().ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.hide()
        commands.add(Place.GO, "palette", self.tr("&Commands…"), self.open, "Ctrl+Shift+P")

    def add_source(self, source: Source) -> None:
        """Offer what `source` returns too; it is asked each time the palette opens, and must be quick."""
        self._sources.append(source)

    def open(self) -> None:
        """Show everything that can be done now."""
        entries = [entry for source in self._sources for entry in source()]
        self.ask(self.tr("What do you want to do?"), entries)

    def ask(self, question: str, entries: Iterable[Entry]) -> None:
        """Have one of these chosen; the question stands in the field."""
        self._entries = list(entries)
        self.field.setPlaceholderText(question)
        self._arrange()
        self.field.clear()
        self._narrow("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Take it away, and give the keys back to the text."""
        self.hide()
        self._back_to.take_keys(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that are the list's, while letters go into the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                self._mark(self.list.currentIndex().row() + step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self.list.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_palette()
                return True
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()  # something else has the keys now, and keeps them
        return super().eventFilter(watched, event)

    def _from_commands(self) -> Iterable[Entry]:
        usable = [action for action in self._commands.all() if action.isEnabled() and action.isVisible()]
        place = {name: at for at, name in enumerate(self._recent)}
        usable.sort(key=lambda action: place.get(action.objectName(), _RECENT))
        for action in usable:
            if action.objectName() == "go.palette":
                continue
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            on = self.tr("on") if action.isCheckable() and action.isChecked() else ""
            detail = "   ".join(part for part in (on, keys) if part)

            yield Entry(self._commands.title(action), detail, partial(self._trigger, action))

    def _trigger(self, action: QAction) -> None:
        name = action.objectName()
        self._recent = [name, *(each for each in self._recent if each != name)][:_RECENT]
        action.trigger()

    def _narrow(self, wanted: str) -> None:
        self.list.clear()
        for number in ranked(wanted, (entry.title for entry in self._entries)):
            entry = self._entries[number]
            item = QTreeWidgetItem([entry.title, entry.detail])
            item.setData(0, Qt.ItemDataRole.UserRole, number)
            self.list.addTopLevelItem(item)
        self._mark(0)

    def _mark(self, row: int) -> None:
        row = min(max(row, 0), self.list.topLevelItemCount() - 1)
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _do(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        entry = self._entries[item.data(0, Qt.ItemDataRole.UserRole)]
        self.close_palette()
        entry.act()

    def _arrange(self) -> None:
        window = self.parentWidget()
        assert window is not None
        width = min(_MOST_WIDTH, window.width() - 48)
        row = self.fontMetrics().height() + 10
        height = min(row * (_ROWS + 2), window.height() - 96)
        self.setGeometry((window.width() - width) // 2, 48, width, height)
