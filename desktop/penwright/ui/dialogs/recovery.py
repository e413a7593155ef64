"""The dialog with the texts that a crash left: each is looked at, taken back or thrown away."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from penwright.storage.journal.recovering import Recovered
from penwright.ui.comparison import Comparing, Comparison
from penwright.ui.moments import said_when
from penwright.ui.theme import Theme, Themes, page_style_sheet


class RecoveryDialog(QDialog):
    """Texts that were not saved, beside which the writer can go on writing.

    taken(Recovered), dropped(Recovered): what the writer decided; `remove` then takes it off the list.
    What is not decided is offered again.
    """

    taken = Signal(object)
    dropped = Signal(object)

    def __init__(self, comparing: Comparing, themes: Themes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Recovered Texts"))
        about = QLabel(
            self.tr(
                "Penwright ended before these texts were saved. Take back what you want to keep. What you "
                "don't decide now stays, and is under File › Recovered Texts."
            )
        )
        about.setWordWrap(True)
        self._ones: list[Recovered] = []
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Texts that were not saved"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show)
        self.comparison = Comparison(comparing)
        self._where = QLabel()
        self._where.setWordWrap(True)
        self._where.setTextFormat(Qt.TextFormat.PlainText)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._where)
        column.addWidget(self.comparison, 1)
        split = QSplitter()
        split.addWidget(self.list)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([220, 520])
        split.setChildrenCollapsible(False)
        self.buttons = QDialogButtonBox()
        roles = QDialogButtonBox.ButtonRole
        self.take = self._button(self.tr("&Take It Back"), roles.ActionRole)
        self.take_all = self._button(self.tr("Take &All Back"), roles.ActionRole)
        self.drop = self._button(self.tr("Throw It A&way"), roles.DestructiveRole)
        self.later = self._button(self.tr("Decide &Later"), roles.RejectRole)
        self.take.setDefault(True)
        self.take.clicked.connect(lambda: self._decide(self.taken))
        self.drop.clicked.connect(lambda: self._decide(self.dropped))
        self.take_all.clicked.connect(self._take_all)
        self.buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(about)
        whole.addWidget(split, 1)
        whole.addWidget(self.buttons)
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)
        self.list.setFocus()
        self.resize(760, 520)

    def offer(self, found: Iterable[Recovered]) -> None:
        """Show these texts in place of any others."""
        self._ones = list(found)
        self.list.clear()
        self.list.addItems([f"{self._name(one)}\n{said_when(one.written)}" for one in self._ones])
        self.list.setCurrentRow(0)

    def remove(self, one: Recovered) -> None:
        """Take a text off the list; with the last one the dialog closes."""
        if one in self._ones:
            row = self._ones.index(one)
            del self._ones[row]
            self.list.takeItem(row)
            self._show(self.list.currentRow())
        if not self._ones:
            self.close()

    def _set_theme(self, theme: Theme) -> None:
        self.setPalette(theme.palette())
        self.setStyleSheet(page_style_sheet(theme))
        self.comparison.set_theme(theme)
        self._show(self.list.currentRow())

    def _button(self, words: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        button = QPushButton(words)
        self.buttons.addButton(button, role)
        return button

    def _decide(self, decided: SignalInstance) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._ones):
            decided.emit(self._ones[row])

    def _take_all(self) -> None:
        for one in tuple(self._ones):
            if one.text is not None:
                self.taken.emit(one)

    def _show(self, row: int) -> None:
        one = self._ones[row] if 0 <= row < len(self._ones) else None
        self.take.setEnabled(one is not None and one.text is not None)
        self.drop.setEnabled(one is not None)
        if one is None:
            self.comparison.clear()
            self._where.clear()
            return
        self._where.setText(self._told(one))
        if one.text is None:
            self.comparison.clear()
        elif one.file is None:
            self.comparison.show_one(one.text)
        else:
            self.comparison.compare(one.file.text, one.text)

    def _name(self, one: Recovered) -> str:
        return one.path.name if one.path is not None else self.tr("Untitled")

    def _told(self, one: Recovered) -> str:
        said = [str(one.path) if one.path is not None else self.tr("This text was never saved.")]
        if one.text is None:
            said.append(self.tr("Nothing of it can be read: what was kept of it is damaged."))
        elif one.gap:
            said.append(self.tr("What was kept of it is damaged; the last of what you wrote may be missing."))
        if one.path is not None and one.file is None:
            said.append(self.tr("Its file is not there any more, or can't be read."))
        elif one.overtaken:
            said.append(
                self.tr("Another program has changed the file since; the marks show what differs from it.")
            )
        return "\n".join(said)
