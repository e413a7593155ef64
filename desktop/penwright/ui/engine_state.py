"""What the engine is doing, in words that a writer knows, for the status line."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from penwright.engine.api import Event, Phase, Status

_CALM = 300  # milliseconds; work that is over sooner is not worth a word


class EngineState(QObject):
    """Turns the engine's events into one word, told by `changed` when it is another one."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = ""
        self.phase = Phase.STOPPED
        self._suggesting = True
        self._timer = QTimer(self, singleShot=True, interval=_CALM)
        self._timer.timeout.connect(lambda: self._say(self.tr("thinking")))

    def set_suggesting(self, suggesting: bool) -> None:
        """Say "resting" while suggestions are switched off."""
        self._suggesting = suggesting
        self._follow(self.phase)

    def receive(self, event: Event) -> None:
        """Take an event of the engine."""
        if isinstance(event, Status):
            self._follow(event.phase)

    def _follow(self, phase: Phase) -> None:
        self.phase = phase
        if phase in (Phase.PROMPT, Phase.GENERATING):
            if not self._timer.isActive():
                self._timer.start()
            return
        self._timer.stop()
        self._say(
            {
                Phase.STARTING: self.tr("starting"),
                Phase.LOADING: self.tr("loading"),
                Phase.IDLE: self.tr("ready") if self._suggesting else self.tr("resting"),
                Phase.RESTARTING: self.tr("starting again"),
            }.get(phase, self.tr("no model"))
        )

    def _say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.changed.emit(words)
