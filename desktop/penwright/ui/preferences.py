"""The preferences of the program: one dialog for all its windows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from penwright.base.catalogue import Catalogue
from penwright.storage.settings import Page, Settings
from penwright.ui.commands import Commands, Place
from penwright.ui.dialogs.preferences import PreferencesDialog
from penwright.ui.theme import Themes


class Preferences(QObject):
    """Shows the dialog and keeps it up with the settings.

    wished(str, object): a setting and its new value.
    """

    wished = Signal(str, object)

    def __init__(
        self,
        settings: Callable[[], Settings],
        catalogue: Catalogue,
        themes: Themes,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._catalogue, self._themes = settings, catalogue, themes
        self.dialog: PreferencesDialog | None = None

    def add_commands(self, commands: Commands, window: QWidget) -> None:
        """Add the command that shows the dialog over `window`."""
        commands.separate(Place.EDIT)
        commands.add(
            Place.EDIT,
            "preferences",
            self.tr("P&references…"),
            lambda: self.show(window),
            "Ctrl+,",
            role=QAction.MenuRole.PreferencesRole,
        )

    def show(self, window: QWidget, page: Page | None = None) -> None:
        """Show the dialog, or bring it to the front; with `page`, at that page."""
        if self.dialog is None:
            dialog = self.dialog = PreferencesDialog(self._catalogue, self._themes, window)
            dialog.show_settings(self._settings())
            dialog.wished.connect(self.wished)
            dialog.destroyed.connect(self._gone)
        if page is not None:
            self.dialog.open_page(page)
        self.dialog.show()
        self.dialog.activateWindow()

    def follow(self) -> None:
        """Show in the dialog what is set now."""
        if self.dialog is not None:
            self.dialog.show_settings(self._settings())

    def _gone(self) -> None:
        self.dialog = None
