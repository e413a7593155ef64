"""A writer who types by the clock: sends real key events to a sheet, for the demo and for measuring."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


def press(target: QWidget, letter: str) -> None:
    """Press and release the key that writes `letter`; a line feed is the Return key."""
    if letter == "\n":
        key, letter = Qt.Key.Key_Return, "\r"
    else:
        # A printable letter of ASCII has its capital's code as its key; others have no key of their own.
        plain = letter.isascii() and letter.isprintable()
        key = Qt.Key(ord(letter.upper())) if plain else Qt.Key.Key_unknown
    press_key(target, key, text=letter)


def press_key(
    target: QWidget,
    key: Qt.Key,
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    text: str = "",
) -> None:
    """Press and release a key."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(target, QKeyEvent(kind, key, held, text))


class Typist(QObject):
    """Types a text a letter at a time; `finished` comes after the last one."""

    finished = Signal()

    def __init__(self, target: QWidget, text: str, pause_ms: int) -> None:
        super().__init__(target)
        self._target = target
        self._rest = list(text)
        self.last_key_ns = 0  # time.perf_counter_ns() just before the last key was pressed
        self._timer = QTimer(self, interval=pause_ms)
        self._timer.timeout.connect(self._type)

    def start(self) -> None:
        """Begin with the next turn of the event loop."""
        self._timer.start()

    def _type(self) -> None:
        if not self._rest:
            self._timer.stop()
            self.finished.emit()
            return
        self.last_key_ns = time.perf_counter_ns()
        press(self._target, self._rest.pop(0))
