"""Keystroke to painted ghost, through the real window and the real engine."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, bundled_model, resources
from penwright.cli.engine import load, start_engine
from penwright.core.gate import Eagerness
from penwright.engine.messages import Ready, Request
from penwright.modelstore.library import choose
from penwright.ui.suggesting import MAX_TOKENS
from penwright.ui.typist import press

_PAUSE = 0.12  # seconds between keys: about 8 a second, a quick writer
_WAIT = 2.0  # seconds for one ghost


def _turn_until(done: Callable[[], bool], seconds: float) -> bool:
    end = time.perf_counter() + seconds
    while not done():
        if time.perf_counter() > end:
            return False
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
    return True


def measure(application: QApplication, text: str, keys: int) -> dict[str, object]:
    """Type `text` until `keys` of its keys were answered by a ghost; return the figures in milliseconds.

    The gate lets everything through, so that each asked key is answered. A key that the shown ghost
    foretells shortens it and asks nothing: it is not among those measured.
    """
    catalogue = Catalogue(resources() / "i18n")
    latencies: list[float] = []
    typed_through = 0
    asked: list[str] = []
    stalls: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(application, Folders.under(Path(folder)), catalogue)
        window = desk.open_window()
        area = window.area
        for suggesting in (seat.suggesting for seat in desk.seats.values()):
            suggesting.set_eagerness(Eagerness.ALWAYS)
        ready: list[Ready] = []
        desk.rooms.engines.bridge.happened.connect(
            lambda event: ready.append(event) if isinstance(event, Ready) else None
        )
        painted: list[int] = []
        area.ghost_painted.connect(painted.append)
        desk.rooms.engines.load(str(bundled_model()))
        assert _turn_until(lambda: bool(ready), 20), "the model did not load"
        window.activateWindow()
        area.setFocus()
        for letter in text:
            before = area.ghost_text
            painted.clear()
            start = time.perf_counter_ns()
            press(area, letter)
            stalls.append((time.perf_counter_ns() - start) / 1e6)
            if before and before.startswith(letter) and len(before) > 1:
                typed_through += 1
            else:
                snapshot = area.snapshot()
                if _turn_until(lambda: bool(painted), _PAUSE * 3) and area.ghost_text:
                    latencies.append((painted[0] - start) / 1e6)
                    asked.append(snapshot.before)
            end = start / 1e9 + _PAUSE
            _turn_until(lambda end=end: time.perf_counter() >= end, _PAUSE)
            if len(latencies) >= keys:
                break
        desk.close()
    alone = _engine_alone(asked)
    return {
        "answered_keys": len(latencies),
        "typed_through_keys": typed_through,
        "key_to_ghost_p50_ms": round(statistics.median(latencies), 1),
        "key_to_ghost_p95_ms": round(_p95(latencies), 1),
        "engine_alone_p50_ms": round(statistics.median(alone), 1),
        "engine_alone_p95_ms": round(_p95(alone), 1),
        "p50_ratio_to_engine": round(statistics.median(latencies) / statistics.median(alone), 2),
        "key_handling_p50_ms": round(statistics.median(stalls), 2),
        "key_handling_p95_ms": round(_p95(stalls), 2),
    }


def _engine_alone(befores: list[str]) -> list[float]:
    """Ask the same requests of a fresh engine, one after the other."""
    latencies = []
    with start_engine() as engine:
        load(engine, choose(None, bundled_model()))
        for before in befores:
            start = time.perf_counter()
            engine.ask(Request(0, before, document="bench", max_tokens=MAX_TOKENS))
            latencies.append((time.perf_counter() - start) * 1000)
    return latencies


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]
