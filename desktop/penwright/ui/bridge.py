"""From the engine's thread to the window's: each event becomes a queued signal."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from penwright.engine.api import Event


class EngineBridge(QObject):
    """Give its `post` to an engine as the listener; connect to `happened` in the window's thread."""

    happened = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self.happened, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event) -> None:
        """Pass an event on; called on any thread, returns at once."""
        self._posted.emit(event)
