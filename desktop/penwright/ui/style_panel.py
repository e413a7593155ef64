"""The panel of styles at the right: found by some letters, favourites first, each with its form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from penwright.core.matching import ranked
from penwright.core.styles import Style
from penwright.ui.flowing_row import FlowingRow
from penwright.ui.labels import plain_label
from penwright.ui.style_form import StyleForm

_ID = Qt.ItemDataRole.UserRole
_KEYS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class StylePanel(QStackedWidget):
    """A field and a list of styles; Enter opens the form of the one that is marked.

    chosen(str): the style with this id. dropped(Path): a style's file to bring in. bringing_asked(),
    taking_asked(str), removing_asked(str): buttons.
    """

    chosen = Signal(str)
    dropped = Signal(object)
    bringing_asked = Signal()
    taking_asked = Signal(str)
    removing_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Styles"))
        self.setAcceptDrops(True)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find a style"))
        self.field.setAccessibleName(self.tr("Find a style"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda _text: self._show())
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(10)
        self.list.setAccessibleName(self.tr("Styles"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.list.currentItemChanged.connect(lambda _now, _before: self._refresh())
        self.list.installEventFilter(self)
        self.about = plain_label(name="quiet")
        self.bring = QPushButton(self.tr("&Import…"))
        self.take = QPushButton(self.tr("&Export…"))
        self.remove = QPushButton(self.tr("&Remove"))
        self.bring.clicked.connect(self.bringing_asked)
        self.take.clicked.connect(lambda: self.taking_asked.emit(self.marked))
        self.remove.clicked.connect(lambda: self.removing_asked.emit(self.marked))
        row = FlowingRow()
        for button in (self.bring, self.take, self.remove):
            row.addWidget(button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.field, self.list, self.about):
            column.addWidget(part, 1 if part is self.list else 0)
        column.addLayout(row)
        page.setFocusProxy(self.field)
        self.form = StyleForm()
        self.form.back.connect(self.show_list)
        self.addWidget(page)
        self.addWidget(self.form)
        self.setFocusProxy(self.field)
        self._styles: tuple[Style, ...] = ()
        self._language = "en"
        self._first: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self._titles: dict[str, str] = {}

    @property
    def marked(self) -> str:
        """The id of the style that is marked in the list, or ""."""
        item = self.list.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def show_styles(
        self, styles: Iterable[Style], language: str, favourites: tuple[str, ...], recent: tuple[str, ...]
    ) -> None:
        """Show these styles."""
        self._styles, self._language = tuple(styles), language
        self._first = (
            (self.tr("Favourites"), favourites),
            (self.tr("Used last"), tuple(each for each in recent if each not in favourites)),
        )
        self._show()

    def show_list(self) -> None:
        """Go back from a form to the list."""
        self.form.keep()
        self.setCurrentIndex(0)
        self.setFocusProxy(self.field)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_form(self) -> None:
        """Go to the form, which has been given its style."""
        self.setCurrentIndex(1)
        self.setFocusProxy(self.form)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the list's keys while letters go into the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.field and event.key() in _KEYS:
                self._step(event.key())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.marked:
                self.chosen.emit(self.marked)
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take style files."""
        if any(url.toLocalFile().endswith(".toml") for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Have the dropped style files brought in."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.dropped.emit(Path(url.toLocalFile()))

    def _show(self) -> None:
        marked, wanted = self.marked, self.field.text().strip()
        self.list.clear()
        if wanted:
            names = [self._searched(style) for style in self._styles]
            self._add_all(self._styles[number] for number in ranked(wanted, names))
        else:
            for title, ids in self._first:
                self._add_group(title, [style for each in ids for style in self._styles if style.id == each])
            groups: dict[str, list[Style]] = {}
            for style in self._styles:
                groups.setdefault(style.group, []).append(style)
            for group, styles in groups.items():
                self._add_group(self._group(group), styles)
        self._mark(marked)
        self._refresh()

    def _searched(self, style: Style) -> str:
        return style.words(self._language).name

    def _add_group(self, title: str, styles: list[Style]) -> None:
        if styles:
            head = QTreeWidgetItem([title])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = head.font(0)
            font.setBold(True)
            head.setFont(0, font)
            self.list.addTopLevelItem(head)
            self._add_all(styles)

    def _add_all(self, styles: Iterable[Style]) -> None:
        for style in styles:
            words = style.words(self._language)
            item = QTreeWidgetItem([self.tr("{0} (yours)").format(words.name) if style.own else words.name])
            item.setData(0, _ID, style.id)
            item.setToolTip(0, words.description)
            self.list.addTopLevelItem(item)

    def _mark(self, identifier: str) -> None:
        items = [self.list.topLevelItem(number) for number in range(self.list.topLevelItemCount())]
        able = [item for item in items if item is not None and item.data(0, _ID)]
        chosen = next((item for item in able if item.data(0, _ID) == identifier), able[0] if able else None)
        if chosen is not None:
            self.list.setCurrentItem(chosen)

    def _step(self, key: int) -> None:
        by = {_KEYS[0]: 1, _KEYS[1]: -1, _KEYS[2]: 10, _KEYS[3]: -10}[Qt.Key(key)]
        row, last = self.list.currentIndex().row() + by, self.list.topLevelItemCount() - 1
        row = min(max(row, 0), last)
        while 0 <= row <= last:
            item = self.list.topLevelItem(row)
            if item is not None and item.data(0, _ID):
                self.list.setCurrentItem(item)
                return
            row += 1 if by > 0 else -1

    def _choose(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _ID):
            self.chosen.emit(item.data(0, _ID))

    def _refresh(self) -> None:
        style = next((each for each in self._styles if each.id == self.marked), None)
        self.about.setText(style.words(self._language).description if style is not None else "")
        self.take.setEnabled(style is not None)
        self.remove.setVisible(style is not None and style.own)

    def _group(self, name: str) -> str:
        titles = {
            "advertising": self.tr("Advertising"),
            "copy": self.tr("Copywriting"),
            "news": self.tr("News"),
            "stories": self.tr("Stories"),
            "office": self.tr("Office"),
            "rewriting": self.tr("Rewriting"),
            "other": self.tr("Other"),
        }
        return titles.get(name, name)
