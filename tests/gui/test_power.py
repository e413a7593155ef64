"""Whether the machine runs on battery, as far as it can be told."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import psutil
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from penwright.ui.power import PowerWatch, on_battery


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (None, False),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=None), False),
        (SimpleNamespace(power_plugged=False), True),
    ],
)
def test_what_the_system_says(monkeypatch: pytest.MonkeyPatch, battery: object, expected: bool) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert on_battery() is expected


def test_a_system_that_can_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise FileNotFoundError("BAT0")

    monkeypatch.setattr(psutil, "sensors_battery", fail, raising=False)
    assert on_battery() is False
    monkeypatch.delattr(psutil, "sensors_battery")
    assert on_battery() is False


def test_a_change_is_told_once_and_looked_for_on_another_thread(qtbot: QtBot) -> None:
    states = [True]
    threads: list[threading.Thread] = []

    def look() -> bool:
        threads.append(threading.current_thread())
        return states[-1]

    told: list[bool] = []
    parent = QObject()
    watch = PowerWatch(look, parent, every_ms=5)
    watch.changed.connect(told.append)
    qtbot.waitUntil(lambda: len(threads) >= 3 and told == [True])
    states.append(False)
    qtbot.waitUntil(lambda: told == [True, False])
    watch.close()
    looked = len(threads)
    qtbot.wait(30)
    assert len(threads) == looked
    assert threading.main_thread() not in threads
    assert watch.on_battery is False
