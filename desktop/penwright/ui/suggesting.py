"""One sheet's suggestions: the editor's signals go into the flow, the flow's actions come out on the sheet.

The rules are all in core.flow; this only carries things to and fro, on the main thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from penwright.core.actions import Action, Ask, Cancel, Hide, Insert, Show, Wake
from penwright.core.flow import Flow
from penwright.core.gate import Eagerness
from penwright.core.snapshot import Edit
from penwright.engine.api import Engine, Event
from penwright.engine.messages import Done, Failed, Ready, Request
from penwright.ui.editor.area import WritingArea

MAX_TOKENS = 16  # to the sentence's end at most; the gate shows less
SENTENCE_TOKENS = 96  # when a sentence is asked for


class Suggesting(QObject):
    """Joins a sheet and an engine.

    Several sheets share one engine: `next_id` gives each request a number that no other has.
    shown(text): a suggestion was drawn. chosen(number, of): the writer goes through the candidates, and
    this one shows; 0, 0 when that is over. told(core.fate.Told): what became of an answer, for a log.
    """

    shown = Signal(str)
    chosen = Signal(int, int)
    told = Signal(object)

    def __init__(
        self,
        area: WritingArea,
        engine: Engine,
        next_id: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(area)
        self.flow = Flow(next_id=next_id, tell=self.told.emit)
        self._area = area
        self._engine = engine
        self._clock = clock
        self._writer: Engine | None = None
        self._written: int | None = None  # the request that the writing model has
        self._choice = (0, 0)
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._act(self.flow.tick(self._clock())))
        area.edited.connect(self._edited)
        area.strayed.connect(self._strayed)
        area.dismissed.connect(lambda: self._act(self.flow.dismissed()))
        area.suggestion_asked.connect(lambda: self._act(self.flow.asked(area.snapshot(), self._clock())))
        area.continuation_asked.connect(
            lambda: self._act(self.flow.continued(area.snapshot(), self._clock()))
        )
        area.turn_asked.connect(self._turn)
        area.reading_asked.connect(self._read_out)
        area.take_asked.connect(lambda how: self._act(self.flow.took(how)))

    def set_enabled(self, enabled: bool) -> None:
        """Switch suggestions while typing on or off; Ctrl+Space asks for one either way."""
        self.flow.enabled = enabled
        if not enabled:
            self._act(self.flow.strayed())

    def set_eagerness(self, eagerness: Eagerness) -> None:
        """Take the writer's wish from the next suggestion on."""
        self.flow.eagerness = eagerness

    def set_banned(self, phrases: tuple[str, ...]) -> None:
        """Suggest none of these phrases from now on."""
        if phrases != self.flow.banned:
            self.flow.banned = phrases
            self._act(self.flow.forget())

    def set_writer(self, writer: Engine | None) -> None:
        """Ask this engine for sentences, or the one that suggests when there is none."""
        self._writer = writer

    def set_on_battery(self, on_battery: bool) -> None:
        """Be calmer on battery, from the next key on."""
        self.flow.on_battery = on_battery

    def receive(self, event: Event) -> None:
        """Take an event of the engine; what belongs to another sheet, or to nobody any more, is dropped."""
        if isinstance(event, Ready):
            self._act(self.flow.ready(self._clock()))
        elif isinstance(event, Failed) or (isinstance(event, Done) and event.stop == "cancelled"):
            self._act(self.flow.failed(event.id))
        elif isinstance(event, Done):
            self._act(self.flow.answered(event.id, event.answers, self._clock()))

    def _edited(self, edit: Edit) -> None:
        self._act(self.flow.edited(self._area.snapshot(), edit, self._clock()))

    def _strayed(self) -> None:
        writing = self._area.hasFocus() and not self._area.composing
        if writing and not self._area.textCursor().hasSelection():
            self._act(self.flow.moved(self._area.snapshot()))
        else:
            self._act(self.flow.strayed())

    def _turn(self, step: int) -> None:
        self._act(self.flow.turned(step, self._area.snapshot(), self._clock()))

    def _read_out(self) -> None:
        """Have a screen reader say what is suggested."""
        words = self._area.ghost_text.strip() or self.tr("No suggestion")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._area, words))

    def _act(self, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Show(suggestion, number, of):
                    self._area.show_ghost(suggestion.text)
                    self.shown.emit(suggestion.text)
                    self._tell_choice(number, of)
                case Hide():
                    self._area.hide_ghost()
                    self._tell_choice(0, 0)
                case Insert(text):
                    self._area.insert_accepted(text)
                    self._act(self.flow.accepted(self._area.snapshot(), self._clock()))
                case Wake(at):
                    self._timer.start(max(0, round((at - self._clock()) * 1000)))
                case Ask(request, snapshot, candidates, spare, writing):
                    self._stop_writer()
                    engine = self._engine
                    if writing and self._writer is not None:
                        engine, self._written = self._writer, request
                    engine.ask(
                        Request(
                            id=request,
                            before=snapshot.before,
                            after=snapshot.after,
                            document=snapshot.document,
                            revision=snapshot.revision,
                            origin=snapshot.origin,
                            max_tokens=SENTENCE_TOKENS if writing else MAX_TOKENS,
                            candidates=candidates,
                            spare=spare,
                            patient=writing,
                        )
                    )
                case Cancel(request):
                    if request == self._written:
                        self._stop_writer()
                    self._engine.cancel(request)

    def _stop_writer(self) -> None:
        """Stop a sentence that is no longer wanted: the two engines know nothing of each other."""
        if self._written is not None and self._writer is not None:
            self._writer.cancel(self._written)
        self._written = None

    def _tell_choice(self, number: int, of: int) -> None:
        if (number, of) != self._choice:
            self._choice = (number, of)
            self.chosen.emit(number, of)
