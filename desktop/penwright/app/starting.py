"""The ways to start: the writer's windows, and the demonstration."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from penwright import __version__
from penwright.app.desk import Desk
from penwright.app.instance import Instance, hand_over
from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.base.logs import keep_log
from penwright.base.paths import Folders, resources
from penwright.engine.messages import Ready
from penwright.modelstore.library import ModelFile
from penwright.ui.demo import Demo, Outcome


def make_application() -> QApplication:
    """Return the Qt application with the program's name, style and icon."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("penwright")
    application.setApplicationDisplayName("Penwright")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("org.penwright.Penwright")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(resources() / "icons" / "penwright.svg")))
    return application


def run_window(files: Sequence[Path], model: str | None, catalogue: Catalogue) -> int:
    """Open a window for each file, or an empty one; return the exit code when the last is closed.

    Where the program runs already it is that one which opens them, and 0 is returned at once; one with a
    model of its own is a program of its own.
    """
    application = make_application()
    folders = Folders.of_user()
    if model is None and hand_over(folders, files):
        return 0
    desk = Desk(application, folders, catalogue)
    if keep_log(folders.log) is None:
        desk.tell(SettingsError("settings.no_log", folder=str(folders.log)))
    last = desk.keeping.files_of_last_time()
    windows = [desk.open_window(path) for path in dict.fromkeys(files) or last or (None,)]
    desk.keeping.look_after(windows[-1])
    desk.engines.load(model)
    if model is None:
        desk.offer_models()
        instance = Instance(folders, desk)
        instance.asked.connect(desk.open_from_elsewhere)
        instance.listen()
        application.aboutToQuit.connect(instance.close)
    # Ctrl+C in the terminal closes the windows, which ask about unsaved work; Python sees the signal only
    # when it runs, so a timer lets it run.
    signal.signal(signal.SIGINT, lambda *_: application.closeAllWindows())
    if sys.stdin is not None and sys.stdin.isatty():
        heartbeat = QTimer(desk, interval=500)
        heartbeat.timeout.connect(lambda: None)
        heartbeat.start()
    return application.exec()


@dataclass(frozen=True)
class DemoReport:
    """What the demonstration brought.

    pid: of the worker, 0 if it was never ready. drawn: the picture was saved.
    """

    outcome: Outcome
    pid: int
    drawn: bool


def run_demo(text: str, model: ModelFile, picture: Path, wait_s: float, catalogue: Catalogue) -> DemoReport:
    """Type `text` into the real window, wait for the suggestion, and draw the window into `picture`.

    The demo has folders of its own, so that it neither reads nor changes the writer's settings.
    """
    application = make_application()
    with tempfile.TemporaryDirectory(prefix="penwright-demo-") as folder:
        desk = Desk(application, Folders.under(Path(folder)), catalogue)
        window = desk.open_window()
        window.activateWindow()
        window.area.setFocus()
        demo = Demo(window.area, text)
        outcomes: list[Outcome] = []
        turn = QEventLoop()
        demo.finished.connect(outcomes.append)
        demo.finished.connect(turn.quit)
        desk.engines.bridge.happened.connect(lambda event: demo.start() if isinstance(event, Ready) else None)
        QTimer.singleShot(round(wait_s * 1000), turn.quit)
        desk.engines.load(str(model.path))
        turn.exec()
        outcome = outcomes[0] if outcomes else Outcome(window.area.text(), "", 0.0, asked=False)
        drawn = window.grab().save(str(picture))
        desk.close()
    pid = desk.engines.ready.pid if desk.engines.ready is not None else 0
    return DemoReport(outcome, pid, drawn)
