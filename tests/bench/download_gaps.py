"""How evenly the window's event loop turns while a model is fetched; downloads.py runs it as a process.

A timer asks to be called each 2 ms, with the page of models open and shown. Printed as JSON: the time
between two calls in milliseconds, at the 99th percentile and at most, while fetching and before.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.engine.scripted import ScriptedEngine
from penwright.modelstore.downloads import State

_TICK = 2  # milliseconds
_IDLE = 3.0  # seconds that are watched before, to know the machine


def watch(until: Callable[[], bool]) -> list[float]:
    """Return the milliseconds between two turns of the event loop, until `until()`."""
    loop, timer = QEventLoop(), QTimer()
    gaps: list[float] = []
    last = time.perf_counter()

    def turn() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now
        if until():
            loop.quit()

    timer.timeout.connect(turn)
    timer.start(_TICK)
    loop.exec()
    timer.stop()
    return gaps


def at(gaps: list[float], share: float) -> float:
    """Return the gap that `share` of them do not exceed."""
    return round(sorted(gaps)[int((len(gaps) - 1) * share)], 1)


def main(home: str, wanted: str) -> int:
    """Fetch `wanted` (REPO/FILE) from the hub that the environment names, and print how the loop turned."""
    application = QApplication(sys.argv[:1])
    desk = Desk(application, Folders.under(Path(home)), Catalogue(resources() / "i18n"), ScriptedEngine)
    window = desk.open_window()
    desk.furnish()
    window.models_wanted.emit()
    models = desk.rooms.models.desk
    assert models is not None
    end = time.monotonic() + _IDLE
    idle = watch(lambda: time.monotonic() > end)
    models.fetch(wanted, "mit")
    over = (State.DONE, State.FAILED, State.PAUSED)
    busy = watch(lambda: all(report.state in over for report in models.reports()))
    if any(report.state is not State.DONE for report in models.reports()):
        return 1
    print(
        json.dumps(
            {
                "event loop p99 ms": at(busy, 0.99),
                "event loop p99 ms, idle": at(idle, 0.99),
                "event loop longest ms": at(busy, 1.0),
                "event loop turns": len(busy),
            }
        )
    )
    desk.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
