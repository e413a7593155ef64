"""One sheet's suggestions: the editor's signals go into the flow, the flow's actions come out on the sheet.

The rules are all in core.flow; this only carries things to and fro, on the main thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from penwright.core.flow import Action, Ask, Cancel, Flow, Hide, Insert, Show, Wake
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Edit
from penwright.core.suggestion import Take
from penwright.engine.api import Engine, Event
from penwright.engine.messages import Done, Failed, Ready, Request
from penwright.ui.editor.area import WritingArea

MAX_TOKENS = 16  # to the sentence's end at most; the gate shows less


class Suggesting(QObject):
    """Joins a sheet and an engine.

    Several sheets share one engine: each has its own numbers for its requests, taken from `next_id`.
    `shown(text)` tells that a suggestion was drawn.
    """

    shown = Signal(str)

    def __init__(
        self,
        area: WritingArea,
        engine: Engine,
        next_id: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(area)
        self.flow = Flow()
        self._area = area
        self._engine = engine
        self._next_id = next_id
        self._clock = clock
        self._ids: dict[int, int] = {}  # the engine's number of a request -> the flow's
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._act(self.flow.tick(self._clock())))
        area.edited.connect(self._edited)
        area.strayed.connect(lambda: self._act(self.flow.strayed()))
        area.dismissed.connect(lambda: self._act(self.flow.dismissed()))
        area.suggestion_asked.connect(lambda: self._act(self.flow.asked(area.snapshot(), self._clock())))
        area.take_asked.connect(self._take)

    def set_enabled(self, enabled: bool) -> None:
        """Switch suggestions while typing on or off; Ctrl+Space asks for one either way."""
        self.flow.enabled = enabled
        if not enabled:
            self._act(self.flow.strayed())

    def set_eagerness(self, eagerness: Eagerness) -> None:
        """Take the writer's wish from the next suggestion on."""
        self.flow.eagerness = eagerness

    def receive(self, event: Event) -> None:
        """Take an event of the engine; what belongs to another sheet, or to nobody any more, is dropped."""
        if isinstance(event, Ready):
            self._act(self.flow.ready(self._clock()))
        elif isinstance(event, Done | Failed):
            number = self._ids.pop(event.id, None)
            if number is None:
                return
            if isinstance(event, Failed) or event.stop == "cancelled":
                self._act(self.flow.failed(number))
            else:
                self._act(self.flow.answered(number, event.best, self._clock()))

    def _edited(self, edit: Edit) -> None:
        self._act(self.flow.edited(self._area.snapshot(), edit, self._clock()))

    def _take(self, how: Take) -> None:
        self._act(self.flow.took(how))

    def _act(self, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Show(suggestion):
                    self._area.show_ghost(suggestion.text)
                    self.shown.emit(suggestion.text)
                case Hide():
                    self._area.hide_ghost()
                case Insert(text):
                    self._area.insert_accepted(text)
                    self._act(self.flow.accepted(self._area.snapshot(), self._clock()))
                case Wake(at):
                    self._timer.start(max(0, round((at - self._clock()) * 1000)))
                case Ask(request, snapshot):
                    number = self._next_id()
                    self._ids[number] = request
                    self._engine.ask(
                        Request(
                            id=number,
                            before=snapshot.before,
                            after=snapshot.after,
                            document=snapshot.document,
                            revision=snapshot.revision,
                            origin=snapshot.origin,
                            max_tokens=MAX_TOKENS,
                        )
                    )
                case Cancel(request):
                    for number, known in self._ids.items():
                        if known == request:
                            self._engine.cancel(number)
