"""The worker is killed while someone types: not one character is lost, and suggestions come back.

Kills are spread over the engine's phases. A few run with every test run, all fifty in `dev.py soak`, where
the table is printed (`-s` shows it).
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, bundled_model, resources
from penwright.core.gate import Eagerness
from penwright.engine.api import Event, Listener, Phase, Status
from penwright.engine.client import EngineClient
from penwright.engine.messages import Done, Ready
from penwright.ui.typist import press

PHASES = (Phase.LOADING, Phase.PROMPT, Phase.GENERATING, Phase.IDLE)
PASSAGE = (Path(__file__).resolve().parents[1] / "bench" / "passage.txt").read_text("utf-8")
WAIT = 30.0  # seconds for a phase, or for a suggestion


class Assassin:
    """Kills the worker the next time it is in a phase; called on the engine's own thread, so at once."""

    def __init__(self) -> None:
        self.target: Phase | None = None
        self.killed: list[tuple[Phase, int]] = []
        self.answers = 0  # of the worker that is alive
        self.ready = 0
        self.pid = 0

    def listen(self, event: Event) -> None:
        if isinstance(event, Ready):
            self.ready += 1
            self.pid = event.pid
            self.answers = 0  # one that was on its way when a worker was killed is not counted
        elif isinstance(event, Done) and event.stop != "cancelled":
            self.answers += 1
        elif isinstance(event, Status) and event.phase is self.target and event.pid:
            self.target = None
            os.kill(event.pid, signal.SIGKILL)
            self.killed.append((event.phase, event.pid))


def _run(qtbot: QtBot, tmp_path: Path, kills: int, seed: int) -> dict[str, object]:
    """Type the passage over and over until `kills` workers were killed; return the figures."""
    choice = random.Random(seed)
    assassin = Assassin()

    def start_engine(post: Listener) -> EngineClient:
        def listen(event: Event) -> None:
            assassin.listen(event)
            post(event)

        return EngineClient(listen)

    catalogue = Catalogue(resources() / "i18n")
    desk = Desk(QApplication.instance(), Folders.under(tmp_path), catalogue, start_engine)
    window = desk.open_window()
    area = window.area
    desk.seats[window].suggesting.set_eagerness(Eagerness.ALWAYS)
    desk.rooms.engines.load(str(bundled_model()))
    window.activateWindow()
    area.setFocus()
    qtbot.waitUntil(lambda: assassin.ready > 0 and area.hasFocus(), timeout=20_000)
    sent: list[str] = []
    back: dict[Phase, list[float]] = {phase: [] for phase in PHASES}

    def type_letter() -> None:
        letter = PASSAGE[len(sent) % len(PASSAGE)]
        press(area, letter)
        sent.append(letter)
        qtbot.wait(choice.choice((5, 20, 60)))

    schedule = [PHASES[index % len(PHASES)] for index in range(kills)]
    choice.shuffle(schedule)
    for phase in schedule:
        count = len(assassin.killed)
        # To die while loading it has to be loading: it is ended once more, and then again on the way up.
        if phase is Phase.LOADING:
            assassin.target = phase
            os.kill(assassin.pid, signal.SIGKILL)
        else:
            assassin.target = phase
        end = time.monotonic() + WAIT
        while len(assassin.killed) == count:
            assert time.monotonic() < end, f"the engine was never {phase.value}"
            type_letter()
        killed_at, ready = time.monotonic(), assassin.ready
        while assassin.ready == ready or not assassin.answers:
            assert time.monotonic() < killed_at + WAIT, f"no suggestion after the kill while {phase.value}"
            type_letter()
        back[phase].append(time.monotonic() - killed_at)
    text = area.text()
    desk.close()
    qtbot.waitUntil(lambda: not desk.seats)
    return {"sent": "".join(sent), "text": text, "killed": assassin.killed, "back": back}


def _check(figures: dict[str, object], kills: int) -> None:
    sent, text = figures["sent"], figures["text"]
    assert text == sent
    assert len(figures["killed"]) == kills
    rows = ["", "phase        kills   next suggestion p50 / max"]
    for phase, times in figures["back"].items():
        if times:
            rows.append(
                f"{phase.value:<12} {len(times):>5}   {statistics.median(times):.2f} s / {max(times):.2f} s"
            )
    lost = sum(1 for a, b in zip(sent, text, strict=False) if a != b) + abs(len(sent) - len(text))
    rows.append(f"keys sent {len(sent)}, characters kept {len(text)}, lost {lost}")
    print("\n".join(rows), file=sys.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX; Windows ends processes otherwise")
def test_worker_killed_while_typing_loses_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    _check(_run(qtbot, tmp_path, kills=4, seed=4), 4)


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX; Windows ends processes otherwise")
def test_fifty_kills_lose_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    _check(_run(qtbot, tmp_path, kills=50, seed=50), 50)
