"""The demonstration: the real window with folders of its own."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from penwright.app.desk import Desk
from penwright.app.starting import make_application
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.messages import Ready
from penwright.modelstore.library import ModelFile
from penwright.ui.demo import Demo, Outcome


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
        engines = desk.rooms.engines
        engines.bridge.happened.connect(lambda event: demo.start() if isinstance(event, Ready) else None)
        QTimer.singleShot(round(wait_s * 1000), turn.quit)
        engines.load(str(model.path))
        turn.exec()
        outcome = outcomes[0] if outcomes else Outcome(window.area.text(), "", 0.0, asked=False)
        drawn = window.grab().save(str(picture))
        desk.close()
    pid = engines.ready.pid if engines.ready is not None else 0
    return DemoReport(outcome, pid, drawn)
