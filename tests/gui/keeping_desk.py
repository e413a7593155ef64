"""Desks with folders that outlast them, for what has to be there at the next start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.engine.api import Listener
from penwright.engine.scripted import ScriptedEngine
from penwright.ui.window import DeskWindow


@contextmanager
def desk_in(folder: Path) -> Iterator[Desk]:
    """Give a desk with its folders under `folder`, and close it."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    catalogue = Catalogue(resources() / "i18n")

    def start(listen: Listener) -> ScriptedEngine:
        return ScriptedEngine(listen, ())

    desk = Desk(application, Folders.under(folder), catalogue, start, lambda: False)
    try:
        yield desk
    finally:
        if isValid(desk):
            desk.close()


def opened(desk: Desk, qtbot: QtBot, path: Path | None = None) -> DeskWindow:
    """Open a window and wait for its file."""
    window = desk.open_window(path)
    desk.furnish()
    settled(qtbot, window)
    return window


def settled(qtbot: QtBot, window: DeskWindow) -> None:
    """Wait until no file is being opened or saved."""
    qtbot.waitUntil(lambda: not window.filing.busy)


def saved(qtbot: QtBot, window: DeskWindow) -> None:
    """Save, and wait for it."""
    window.filing.save()
    settled(qtbot, window)
