"""How the program starts: the application, and the writer's windows."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from penwright import __version__
from penwright.app.desk import Desk
from penwright.app.instance_name import instance_name
from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.base.logs import keep_log
from penwright.base.paths import Folders, resources

if TYPE_CHECKING:
    from penwright.app.engines import Engines


def make_application() -> QApplication:
    """Return the Qt application with the program's name, style and icon."""
    # Named here, the style is made by Qt itself; setStyle() would have all of QStyle's names made for Python.
    application = QApplication([*sys.argv[:1], "-style", "Fusion"])
    application.setApplicationName("penwright")
    application.setApplicationDisplayName("Penwright")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("org.penwright.Penwright")
    application.setWindowIcon(QIcon(str(resources() / "icons" / "penwright.svg")))
    return application


def run_window(files: Sequence[Path], model: str | None, catalogue: Catalogue) -> int:
    """Open a window for each file, or an empty one; return the exit code when the last is closed.

    Where the program runs already it is that one which opens them, and 0 is returned at once; one with a
    model of its own is a program of its own.
    """
    application = make_application()
    folders = Folders.of_user()
    if model is None and _may_run_already(folders) and _hand_over(folders, files):
        return 0
    desk = Desk(application, folders, catalogue)
    last = desk.keeping.files_of_last_time()
    desk.begin_with(partial(_begin, application, desk, folders, model))
    desk.furnished.connect(partial(_settle, desk, model), Qt.ConnectionType.SingleShotConnection)
    for path in dict.fromkeys(files) or last or (None,):
        desk.open_window(path)
    # Ctrl+C in the terminal closes the windows, which ask about unsaved work; Python sees the signal only
    # when it runs, so a timer lets it run.
    signal.signal(signal.SIGINT, lambda *_: application.closeAllWindows())
    if sys.stdin is not None and sys.stdin.isatty():
        heartbeat = QTimer(desk, interval=500)
        heartbeat.timeout.connect(lambda: None)
        heartbeat.start()
    return application.exec()


def _may_run_already(folders: Folders) -> bool:
    """Return whether the program may run, without loading what speaks with it."""
    return sys.platform == "win32" or Path(QDir.tempPath(), instance_name(folders)).exists()


def _hand_over(folders: Folders, files: Sequence[Path]) -> bool:
    from penwright.app.instance import hand_over  # noqa: PLC0415 - mostly the program does not run yet

    return hand_over(folders, files)


def _begin(
    application: QApplication, desk: Desk, folders: Folders, model: str | None, engines: Engines
) -> None:
    """Do what can wait until the first page is there, and no longer."""
    if model is None:
        from penwright.app.instance import Instance  # noqa: PLC0415 - as above

        instance = Instance(folders, desk)
        instance.asked.connect(desk.open_from_elsewhere)
        instance.listen()
        application.aboutToQuit.connect(instance.close)
    if keep_log(folders.log) is None:
        desk.tell(SettingsError("settings.no_log", folder=str(folders.log)))
    engines.load(model)


def _settle(desk: Desk, model: str | None) -> None:
    """Offer what a crash left, and models to who has none: once, when everything is there."""
    if desk.windows:
        desk.rooms.returning.look_after(desk.windows[-1])
    if model is None:
        desk.rooms.offer_models()
