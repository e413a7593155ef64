"""The demonstration: types into the real sheet and waits for the suggestion that the real engine brings."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from penwright.ui.editor.area import WritingArea
from penwright.ui.typist import Typist, press_key

_KEY_PAUSE = 25  # milliseconds between keys
_PATIENCE = 1500  # milliseconds until it asks with Ctrl+Space


@dataclass(frozen=True)
class Outcome:
    """What came: the text on the sheet, the ghost ("" for none), the latency, whether it had to be asked for.

    latency_ms: from the key that led to it (the last letter, or Ctrl+Space) to the ghost's first paint.
    """

    text: str
    ghost: str
    latency_ms: float
    asked: bool


class Demo(QObject):
    """Runs once; `finished(Outcome)` comes when a ghost was painted. How long to wait is the caller's."""

    finished = Signal(object)

    def __init__(self, area: WritingArea, text: str) -> None:
        super().__init__(area)
        self._area = area
        self._typist = Typist(area, text, _KEY_PAUSE)
        self._typist.finished.connect(self._typed)
        self._typing = True
        self._asked_ns = 0
        self._done = False
        area.ghost_painted.connect(self._painted)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._patience.timeout.connect(self._ask)

    def start(self) -> None:
        """Type; call it once the engine is ready."""
        self._typist.start()

    def _typed(self) -> None:
        self._typing = False
        if not self._area.ghost_text:
            self._patience.start()

    def _ask(self) -> None:
        if not self._area.ghost_text:
            self._asked_ns = self._typist.last_key_ns = time.perf_counter_ns()
            press_key(self._area, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier, " ")
            self._patience.start()

    def _painted(self, at_ns: int) -> None:
        # A ghost that is painted between two keys may still be typed through or go.
        QTimer.singleShot(2 * _KEY_PAUSE, self, lambda: self._settle(at_ns))

    def _settle(self, at_ns: int) -> None:
        if not self._typing and self._area.ghost_text:
            self._finish(at_ns)

    def _finish(self, at_ns: int) -> None:
        if self._done:
            return
        self._done = True
        self._patience.stop()
        latency = max(0.0, (at_ns - self._typist.last_key_ns) / 1e6)
        self.finished.emit(Outcome(self._area.text(), self._area.ghost_text, latency, bool(self._asked_ns)))
