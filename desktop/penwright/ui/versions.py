"""A window's earlier versions: the command that shows them, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.storage.backups import Backups, Version
from penwright.storage.documents import Documents
from penwright.ui.background import Errands
from penwright.ui.commands import Place
from penwright.ui.dialogs.versions import VersionsDialog
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow


class Versions(QObject):
    """Shows what the window's file held before, and puts it back into the text as one undo step."""

    def __init__(
        self,
        window: DeskWindow,
        backups: Backups,
        *,
        catalogue: Catalogue,
        themes: Themes,
        errands: Errands,
        open_window: Callable[[], DeskWindow],
    ) -> None:
        super().__init__(window)
        self._window, self._backups, self._errands = window, backups, errands
        self._catalogue, self._themes = catalogue, themes
        self._open_window = open_window
        self.dialog: VersionsDialog | None = None
        words = self.tr("&Earlier Versions…")
        window.commands.add(Place.FILE, "versions", words, self.show, before="close")

    def show(self) -> None:
        """Show the versions of the file, or say that there are none."""
        path = self._window.filing.path
        if path is None:
            self._tell_none()
            return
        self._errands.do(self, lambda: self._backups.versions(path), self._offer, self._failed)

    def _tell_none(self) -> None:
        self._window.show_notice(
            self.tr("There is no earlier version of this text. One is kept each time you save over it.")
        )

    def _offer(self, versions: list[Version]) -> None:
        if not versions:
            self._tell_none()
            return
        if self.dialog is None:
            dialog = self.dialog = VersionsDialog(
                self._window.filing.name, self._errands, self._themes, self._window
            )
            dialog.wanted.connect(self._read)
            dialog.restored.connect(self._window.area.become)
            dialog.opened.connect(self._open)
            dialog.destroyed.connect(self._gone)
        self.dialog.offer(versions)
        self.dialog.show()
        self.dialog.activateWindow()

    def _read(self, version: Version) -> None:
        dialog, path = self.dialog, self._window.filing.path
        if dialog is None or path is None:
            return

        def work() -> str:
            return Documents().decode(path, self._backups.read(version)).text

        def show(text: str) -> None:
            if dialog.is_chosen(version):
                dialog.show_text(text, self._window.area.text())

        def failed(error: Exception) -> None:
            if dialog.is_chosen(version):
                dialog.show_text(None, trouble=self._said(error))

        self._errands.do(dialog, work, show, failed)

    def _open(self, text: str) -> None:
        self._open_window().filing.take_back(None, text)

    def _failed(self, error: Exception) -> None:
        self._window.show_notice(self._said(error))

    def _said(self, error: Exception) -> str:
        if isinstance(error, PenwrightError):
            return self._catalogue.sentence(error)
        if isinstance(error, OSError):
            return self.tr("The earlier versions can't be read: {0}.").format(error.strerror or error)
        raise error

    def _gone(self) -> None:
        self.dialog = None
