"""Whether the machine runs on battery: looked at seldom, and on a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from penwright.ui.background import BackgroundWork

log = logging.getLogger(__name__)

_EVERY = 60_000  # milliseconds


def on_battery() -> bool:
    """Return whether this machine runs on battery; False where there is none, or nobody knows.

    It asks the system, which may take its time.
    """
    import psutil  # noqa: PLC0415 - the window does not wait for it

    try:
        battery = psutil.sensors_battery()
    except Exception:  # what a driver says may be of any shape
        log.debug("the battery could not be read", exc_info=True)
        return False
    return battery is not None and battery.power_plugged is False


class PowerWatch(QObject):
    """Looks now and then; `changed(bool)` tells of another answer. It begins with `on_battery` False."""

    changed = Signal(bool)

    def __init__(self, look: Callable[[], bool], parent: QObject, every_ms: int = _EVERY) -> None:
        super().__init__(parent)
        self.on_battery = False
        self._look = look
        self._work: BackgroundWork[bool] | None = None
        self._timer = QTimer(self, interval=every_ms)
        self._timer.timeout.connect(self._begin)
        self._timer.start()
        self._begin()

    def close(self) -> None:
        """Look no more; returns when a look that has begun is over."""
        self._timer.stop()
        if self._work is not None:
            self._work.wait()

    def _begin(self) -> None:
        if self._work is None:  # one that hangs is not joined by others
            self._work = BackgroundWork(self, self._look).success(self._tell).start()

    def _tell(self, on_battery: bool) -> None:
        self._work = None
        if on_battery != self.on_battery:
            self.on_battery = on_battery
            self.changed.emit(on_battery)
