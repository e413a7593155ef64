"""The dialog with the texts that a crash left: each is looked at, taken back or thrown away."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from penwright.storage.journal.recovering import Recovered
from penwright.ui.background import Errands
from penwright.ui.dialogs.text_choice import TextChoiceDialog
from penwright.ui.moments import said_when
from penwright.ui.theme import Themes


class RecoveryDialog(TextChoiceDialog):
    """Texts that were not saved, beside which the writer can go on writing.

    taken(Recovered), dropped(Recovered): what the writer decided; `remove` then takes it off the list.
    What is not decided is offered again.
    """

    taken = Signal(object)
    dropped = Signal(object)

    def __init__(self, errands: Errands, themes: Themes, parent: QWidget | None = None) -> None:
        about = self.tr(
            "Penwright ended before these texts were saved. Take back what you want to keep. What you don't "
            "decide now stays, and is under File › Recovered Texts."
        )
        self._ones: list[Recovered] = []
        super().__init__(about, errands, themes, parent)
        self.setWindowTitle(self.tr("Recovered Texts"))
        self.list.setAccessibleName(self.tr("Texts that were not saved"))
        roles = QDialogButtonBox.ButtonRole
        self.take = self.add_button(self.tr("&Take It Back"), roles.ActionRole)
        self.take_all = self.add_button(self.tr("Take &All Back"), roles.ActionRole)
        self.drop = self.add_button(self.tr("Throw It A&way"), roles.DestructiveRole)
        self.later = self.add_button(self.tr("Decide &Later"), roles.RejectRole)
        self.take.setDefault(True)
        self.take.clicked.connect(lambda: self._decide(self.taken))
        self._sure = False
        self.drop.clicked.connect(self._drop)
        self.take_all.clicked.connect(self._take_all)
        self.set_theme(themes.current)

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
            self.show_row(self.list.currentRow())
        if not self._ones:
            self.close()

    def _decide(self, decided: SignalInstance) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._ones):
            decided.emit(self._ones[row])

    def _drop(self) -> None:
        """Throw away at the second press alone: it can't be undone."""
        if self._sure:
            self._decide(self.dropped)
        else:
            self._sure = True
            self.drop.setText(self.tr("&Really Throw It Away"))

    def _take_all(self) -> None:
        for one in tuple(self._ones):
            if one.text is not None:
                self.taken.emit(one)

    def show_row(self, row: int) -> None:
        """Show what differs from the file."""
        self._sure = False
        self.drop.setText(self.tr("Throw It A&way"))
        one = self._ones[row] if 0 <= row < len(self._ones) else None
        self.take.setEnabled(one is not None and one.text is not None)
        self.drop.setEnabled(one is not None)
        if one is None:
            self.comparison.clear()
            self.where.clear()
            return
        self.where.setText(self._told(one))
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
