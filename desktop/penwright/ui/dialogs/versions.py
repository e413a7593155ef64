"""The dialog with a text's earlier versions: each is looked at, restored in place, or opened beside."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from penwright.storage.backups import Version
from penwright.ui.background import Errands
from penwright.ui.dialogs.text_choice import TextChoiceDialog
from penwright.ui.moments import said_when
from penwright.ui.theme import Themes


class VersionsDialog(TextChoiceDialog):
    """What a file held before it was saved over, the newest first.

    wanted(Version): its text is to be given to `show_text`. restored(str), opened(str): the text chosen.
    """

    wanted = Signal(object)
    restored = Signal(str)
    opened = Signal(str)

    def __init__(self, name: str, errands: Errands, themes: Themes, parent: QWidget | None = None) -> None:
        about = self.tr(
            "What {0} held before it was saved over. Marked is what would come back and what would go. "
            "Restoring is one step to undo."
        ).format(name)
        self._versions: list[Version] = []
        self._text: str | None = None
        super().__init__(about, errands, themes, parent)
        self.setWindowTitle(self.tr("Earlier Versions"))
        self.list.setAccessibleName(self.tr("Earlier versions, newest first"))
        roles = QDialogButtonBox.ButtonRole
        self.restore = self.add_button(self.tr("&Restore This Version"), roles.ActionRole)
        self.open_new = self.add_button(self.tr("Open as &New Text"), roles.ActionRole)
        self.leave = self.add_button(self.tr("&Close"), roles.RejectRole)
        self.restore.clicked.connect(lambda: self._choose(restore=True))
        self.open_new.clicked.connect(lambda: self._choose(restore=False))
        self.set_theme(themes.current)

    def offer(self, versions: Iterable[Version]) -> None:
        """Show these versions in place of any others."""
        self._versions = list(versions)
        self.list.clear()
        self.list.addItems([said_when(each.when) for each in self._versions])
        self.list.setCurrentRow(0)

    def show_row(self, row: int) -> None:
        """Ask for the text of the version that is chosen."""
        self.show_text(None)
        if 0 <= row < len(self._versions):
            self.wanted.emit(self._versions[row])

    def is_chosen(self, version: Version) -> bool:
        """Whether this version is the one that is looked at."""
        row = self.list.currentRow()
        return 0 <= row < len(self._versions) and self._versions[row] == version

    def show_text(self, text: str | None, now: str = "", trouble: str = "") -> None:
        """Show the chosen version beside the text as it is now; None: it is not known, and why."""
        self._text = text
        for button in (self.restore, self.open_new):
            button.setEnabled(text is not None)
        self.where.setText(trouble)
        self.where.setVisible(bool(trouble))
        if text is None:
            self.comparison.clear()
        else:
            self.comparison.compare(now, text)

    def _choose(self, *, restore: bool) -> None:
        if self._text is not None:
            (self.restored if restore else self.opened).emit(self._text)
            self.close()
