"""The bar for finding and replacing, at the foot of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from penwright.base.catalogue import Catalogue
from penwright.core.finding import Query
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.offsets import PARAGRAPH
from penwright.ui.finder import Finder
from penwright.ui.halves import Halves
from penwright.ui.labels import plain_label

_LONGEST = 200  # characters of a selection that is taken over as what to find


class FindBar(QFrame):
    """Finds in a window's text while it is open; its commands open it."""

    def __init__(self, halves: Halves, commands: Commands, catalogue: Catalogue) -> None:
        super().__init__()
        self.setObjectName("find")
        self._halves, self._catalogue = halves, catalogue
        self.finder = Finder(halves, self)
        self.field = QLineEdit()
        self.replacement = QLineEdit()
        self.told = plain_label()
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find"))
        self.replacement.setPlaceholderText(self.tr("Replace with"))
        self.replacement.setAccessibleName(self.tr("Replace with"))
        self.case = self._button("Aa", self.tr("Capitals count"), checkable=True)
        self.whole = self._button("ab|", self.tr("Whole words"), checkable=True)
        self.expression = self._button(".*", self.tr("Regular expression"), checkable=True)
        back = self._button("↑", self.tr("The one before (Shift+F3)"))
        on = self._button("↓", self.tr("The next (F3)"))
        close = self._button("×", self.tr("Close (Esc)"))
        self.one = self._button(self.tr("Replace"), self.tr("Replace this one and go to the next"))
        self.all = self._button(self.tr("Replace All"), self.tr("Replace every one; one undo takes it back"))
        self._lay_out(back, on, close)
        back.clicked.connect(lambda: self.finder.go(-1))
        on.clicked.connect(lambda: self.finder.go(1))
        close.clicked.connect(self.close_bar)
        self._join()
        self._add_commands(commands)
        self.hide()

    def open_bar(self, *, replacing: bool = False) -> None:
        """Show the bar and find what is selected, if that is a few words."""
        selected = self._halves.in_hand.textCursor().selectedText()
        self._second.setVisible(replacing)
        self.show()
        if selected and len(selected) <= _LONGEST and PARAGRAPH not in selected:
            self.field.setText(selected)
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._look()

    def close_bar(self) -> None:
        """Hide the bar and what it marked, and give the keys back to the text."""
        self.hide()
        self.finder.look_for(Query(""))
        self._halves.take_keys()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go on with Enter, back with Shift+Enter, and close with Esc."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if watched is self.replacement:
                    self.finder.replace(self.replacement.text())
                else:
                    self.finder.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return super().eventFilter(watched, event)

    def _button(self, words: str, tip: str, *, checkable: bool = False) -> QPushButton:
        button = QPushButton(words)
        button.setCheckable(checkable)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _step(self, step: int) -> None:
        if self.isHidden():
            if not self.field.text():
                self.open_bar()
                return
            self.show()
            self._look()
        self.finder.go(step)

    def _look(self) -> None:
        self.finder.look_for(
            Query(
                self.field.text(),
                case=self.case.isChecked(),
                words=self.whole.isChecked(),
                expression=self.expression.isChecked(),
            )
        )
        self._tell()

    def _tell(self) -> None:
        finder = self.finder
        number = self.locale().toString
        count = len(finder.hits)
        if finder.trouble is not None:
            words = self._catalogue.sentence(finder.trouble)
        elif not finder.query.text or (finder.busy and not count):
            words = ""
        elif not count:
            words = self.tr("Not found.")
        elif (current := finder.current) is not None:
            words = self.tr("{0} of {1}").format(number(current + 1), number(count))
        else:
            words = self.tr("{0} found").format(number(count))
        self.told.setText(words)
        self.told.setVisible(bool(words))
        self.one.setEnabled(bool(count))
        self.all.setEnabled(bool(count))
        if count:
            self.all.setText(self.tr("Replace All {0}").format(number(count)))

    def _tell_replaced(self, count: int) -> None:
        if count != 1:
            words = self.tr("{0} replaced. Undo takes them back as one.")
            self.told.setText(words.format(self.locale().toString(count)))
            self.told.show()

    def _lay_out(self, *steps: QPushButton) -> None:
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        for button in (self.case, self.whole, self.expression, *steps):
            row.addWidget(button)
        self._second = QWidget()
        below = QHBoxLayout(self._second)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.replacement, 1)
        below.addWidget(self.one)
        below.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 6, 16, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._second)
        column.addWidget(self.told)

    def _join(self) -> None:
        for box in (self.case, self.whole, self.expression):
            box.toggled.connect(self._look)
        self.field.textChanged.connect(self._look)
        self.replacement.textChanged.connect(self._tell)
        for field in (self.field, self.replacement):
            field.installEventFilter(self)
        self.one.clicked.connect(lambda: self.finder.replace(self.replacement.text()))
        self.all.clicked.connect(lambda: self.finder.replace_all(self.replacement.text()))
        self.finder.changed.connect(self._tell)
        self.finder.replaced.connect(self._tell_replaced)

    def _add_commands(self, commands: Commands) -> None:
        commands.separate(Place.EDIT)
        commands.add(Place.EDIT, "find", self.tr("&Find…"), self.open_bar, "Ctrl+F")
        commands.add(
            Place.EDIT, "replace", self.tr("R&eplace…"), lambda: self.open_bar(replacing=True), "Ctrl+H"
        )
        commands.add(Place.EDIT, "find_next", self.tr("Find Ne&xt"), lambda: self._step(1), "F3")
        commands.add(
            Place.EDIT, "find_previous", self.tr("Find Pre&vious"), lambda: self._step(-1), "Shift+F3"
        )
