"""How the program starts: the application, and the writer's windows."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLockFile, Qt, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from penwright import __version__
from penwright.app.desk import Desk
from penwright.app.instance_name import first_lock
from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.base.logs import keep_log
from penwright.base.paths import Folders

if TYPE_CHECKING:
    from penwright.app.engines import Engines

_STARTING = 10.0  # seconds that another start has to become reachable; then this one is a program of its own


class Application(QApplication):
    """Qt's application, which hears of files too: macOS sends those that are opened in the Finder as events.

    file_asked(path): the desktop wants this file opened.
    """

    file_asked = Signal(object)

    def event(self, event: QEvent) -> bool:
        """Take a file that the desktop sends; the rest is Qt's."""
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent) and event.file():
            self.file_asked.emit(Path(event.file()))
            return True
        return super().event(event)


def make_application() -> Application:
    """Return the Qt application with the program's name and style; its icon comes with the desk's rooms."""
    # Named here, the style is made by Qt itself; setStyle() would have all of QStyle's names made for Python.
    application = Application([*sys.argv[:1], "-style", "Fusion"])
    application.setApplicationName("penwright")
    application.setApplicationDisplayName("Penwright")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("org.penwright.Penwright")
    return application


def run_window(files: Sequence[Path], model: str | None, catalogue: Catalogue) -> int:
    """Open a window for each file, or an empty one; return the exit code when the last is closed.

    Where the program runs already it is that one which opens them, and 0 is returned at once; one with a
    model of its own is a program of its own.
    """
    application = make_application()
    folders = Folders.of_user()
    files = [Path(os.path.abspath(file)) for file in files]  # noqa: PTH100 - without "..", and links stay links
    lock = first_lock(folders) if model is None else None
    if (
        lock is not None
        and lock.error() == QLockFile.LockError.LockFailedError
        and _hand_over(folders, files, lock)
    ):
        return 0
    desk = Desk(application, folders, catalogue)
    last = desk.keeping.files_of_last_time()
    reachable = lock is not None and lock.isLocked()
    desk.begin_with(partial(_begin, application, desk, folders, model, reachable=reachable))
    desk.furnished.connect(partial(_settle, desk, model), Qt.ConnectionType.SingleShotConnection)
    for path in dict.fromkeys(files) or last or (None,):
        desk.open_window(path)
    application.file_asked.connect(lambda path: desk.open_from_elsewhere([path]))
    # Ctrl+C in the terminal closes the windows, which ask about unsaved work; Python sees the signal only
    # when it runs, so a timer lets it run.
    signal.signal(signal.SIGINT, lambda *_: application.closeAllWindows())
    if sys.stdin is not None and sys.stdin.isatty():
        heartbeat = QTimer(desk, interval=500)
        heartbeat.timeout.connect(lambda: None)
        heartbeat.start()
    return application.exec()


def _hand_over(folders: Folders, files: Sequence[Path], lock: QLockFile) -> bool:
    """Give the files to the program that runs; False when this one has to open them itself."""
    from penwright.app.instance import hand_over  # noqa: PLC0415 - mostly the program does not run yet
    from penwright.ui.front import launch_token, yield_front  # noqa: PLC0415 - as above

    token = launch_token(os.environ)
    last = time.monotonic() + _STARTING
    yield_front(token)
    while True:
        if hand_over(folders, files, token):
            return True
        # It may be starting still, or just ending.
        if lock.tryLock(100) or time.monotonic() > last:
            return False


def _begin(
    application: QApplication,
    desk: Desk,
    folders: Folders,
    model: str | None,
    engines: Engines,
    *,
    reachable: bool,
) -> None:
    """Do what can wait until the first page is there, and no longer.

    reachable: other starts give their files to this program.
    """
    if reachable:
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
