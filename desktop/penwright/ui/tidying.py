"""When Python collects what nobody refers to any more: on the window's thread, and in pauses of writing."""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

from penwright.ui.window import DeskWindow

_LOOK_MS = 1_000
_PAUSE_S = 3.0  # without a change of any text, before all is looked through
_NEWER = 10  # collections of what is newer, after which all is looked through again


class Tidying(QObject):
    """Collects in place of Python itself, which would do so on whatever thread makes the next object.

    An object of Qt's that goes on another thread than its own can end the program. And to look through all
    objects takes 0.2 s with a text of 5 MB, in which no key is answered. So once that has been done in a
    pause, what is there is looked at no more (it is frozen) until a window closes.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._written = time.monotonic()
        self._newer = 0
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def follow(self, window: DeskWindow) -> None:
        """Wait for pauses in this window too."""
        window.area.edited.connect(self._note)
        window.closed.connect(self._thaw)

    def look(self) -> None:
        """Collect what is due."""
        gc.collect(1)  # of what came since the last time: half a millisecond
        self._newer += 1
        if self._newer >= _NEWER and time.monotonic() - self._written >= _PAUSE_S:
            self._newer = 0
            gc.collect()
            gc.freeze()

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _note(self) -> None:
        self._written = time.monotonic()

    def _thaw(self) -> None:
        gc.unfreeze()
        self._newer = _NEWER
