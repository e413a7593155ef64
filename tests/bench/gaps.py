"""Gaps in the event loop while someone types, with the real engine and with one whose answers are written."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, bundled_model, resources
from penwright.core.gate import Eagerness
from penwright.engine.api import Engine, Listener
from penwright.engine.client import EngineClient
from penwright.engine.messages import Ready
from penwright.engine.scripted import ScriptedEngine
from penwright.ui.typist import press

_PAUSE = 120  # milliseconds between keys
_TICK = 2  # milliseconds between two looks at the clock
_GAP = 0.016  # seconds: a frame of a 60 Hz screen
_SETTLING = 2.0  # seconds before counting: fonts, first paint, the model's first answer


@dataclass
class Gaps:
    """How often the event loop did not turn for longer than a frame, and for how long it was watched."""

    count: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    ghosts: int = 0

    @property
    def a_minute(self) -> float:
        """Gaps a minute."""
        return 60 * self.count / self.seconds


def _scripted(listener: Listener) -> Engine:
    return ScriptedEngine(listener, [" and then it was", "qqq zzz"] * 10_000)


def compare(application: QApplication, text: str, seconds: float) -> dict[str, object]:
    """Type for so many seconds with each engine, in turn in four parts, so that a busy machine hits both."""
    real, scripted = Gaps(), Gaps()
    for start, found in (
        (EngineClient, real),
        (_scripted, scripted),
        (_scripted, scripted),
        (EngineClient, real),
    ):
        _type(application, start, text, seconds / 2, found)
    return {
        "gaps_over_16_ms_a_minute": round(real.a_minute, 2),
        "gaps_scripted_engine": round(scripted.a_minute, 2),
        "gaps_more_a_minute": round(real.a_minute - scripted.a_minute, 2),
        "longest_gap_ms": round(real.longest * 1000, 1),
        "longest_gap_scripted_ms": round(scripted.longest * 1000, 1),
        "typed_seconds_each": round(real.seconds, 1),
        "ghosts_painted": real.ghosts,
        "ghosts_painted_scripted": scripted.ghosts,
    }


def _type(
    application: QApplication, start: Callable[[Listener], Engine], text: str, seconds: float, found: Gaps
) -> None:
    """Type into a new window with an engine of its own, and add what is seen to `found`."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(application, Folders.under(Path(folder)), Catalogue(resources() / "i18n"), start)
        window = desk.open_window()
        for suggesting in (seat.suggesting for seat in desk.seats.values()):
            suggesting.set_eagerness(Eagerness.ALWAYS)
        loop = QEventLoop()
        if start is EngineClient:
            desk.rooms.engines.bridge.happened.connect(
                lambda event: loop.quit() if isinstance(event, Ready) else None
            )
            desk.rooms.engines.load(str(bundled_model()))
            loop.exec()
        window.activateWindow()
        window.area.setFocus()
        began = time.perf_counter()
        letters = itertools.cycle(text)
        keys = QTimer(interval=_PAUSE)
        keys.timeout.connect(lambda: press(window.area, next(letters)))
        last = began

        def look() -> None:
            nonlocal last
            now = time.perf_counter()
            if last >= began + _SETTLING:
                found.count += now - last > _GAP
                found.longest = max(found.longest, now - last)
                found.seconds += now - last
            last = now
            if now > began + _SETTLING + seconds:
                loop.quit()

        def painted() -> None:
            found.ghosts += 1

        window.area.ghost_painted.connect(painted)
        watch = QTimer(interval=_TICK)
        watch.setTimerType(Qt.TimerType.PreciseTimer)
        watch.timeout.connect(look)
        keys.start()
        watch.start()
        loop.exec()
        keys.stop()
        watch.stop()
        desk.close()
