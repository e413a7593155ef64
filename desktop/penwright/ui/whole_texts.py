"""Whole texts for the windows: written by an engine that others use as well, waited for beside the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from penwright.base.errors import PenwrightError
from penwright.core.chat import Render
from penwright.core.composition import Cut, Job
from penwright.engine.api import Engine, Event
from penwright.engine.inquiry import Inquiry
from penwright.engine.jobs import Stopped, Written, write
from penwright.engine.messages import Failed, Ready
from penwright.ui.background import BackgroundWork
from penwright.ui.writing_seat import WritingSeat


class WholeText(QObject):
    """One text that is being written.

    grown(str): more of it. ended(str): "end", "mark", "length" or "cancelled". failed(PenwrightError): in
    its place; what was told before stays true. text: what there is so far. cuts: what the model did not get
    to see of the job.
    """

    grown = Signal(str)
    ended = Signal(str)
    failed = Signal(object)
    _came = Signal(str)

    def __init__(self, inquiry: Inquiry, parent: QObject) -> None:
        super().__init__(parent)
        self._inquiry = inquiry
        self._over = False
        self.text = ""
        self.cuts: tuple[Cut, ...] = ()
        self._came.connect(self._grow, Qt.ConnectionType.QueuedConnection)

    @property
    def over(self) -> bool:
        """Whether nothing more will be told."""
        return self._over

    def hear(self, text: str) -> None:
        """Take more text, on any thread."""
        self._came.emit(text)

    def stop(self) -> None:
        """End it at once, with what there is; the engine is told, and not waited for."""
        self._inquiry.stop()
        self._end("cancelled")

    def take(self, written: Written) -> None:
        """Take the whole of it."""
        if not self._over:
            self.cuts = written.cuts
            if written.text.startswith(self.text):
                self._grow(written.text[len(self.text) :])
            self._end(written.stop)

    def fail(self, error: Exception) -> None:
        """Take the error that ended it; one that is nobody's fault goes on."""
        if isinstance(error, Stopped):
            self._end("cancelled")
        elif not isinstance(error, PenwrightError):
            raise error
        elif not self._over:
            self._over = True
            self.failed.emit(error)

    def _grow(self, text: str) -> None:
        if text and not self._over:
            self.text += text
            self.grown.emit(text)

    def _end(self, why: str) -> None:
        if not self._over:
            self._over = True
            self.ended.emit(why)


class WholeTexts(QObject):
    """Has whole texts written by the writing model, or by the one that suggests where there is no other.

    Each text has a thread of its own that waits for the engine; the engine writes one after the other.
    """

    def __init__(
        self,
        engine: Engine,
        heard: SignalInstance,
        writer: WritingSeat,
        next_id: Callable[[], int],
        *,
        fill: Render,
        parent: QObject | None = None,
    ) -> None:
        """Take both engines, what tells the first one's events, and what fills a model's own template."""
        super().__init__(parent)
        self._engine = engine
        self._writer = writer
        self._next_id = next_id
        self._fill = fill
        self._open: dict[Inquiry, tuple[WholeText, BackgroundWork[Written]]] = {}
        heard.connect(self.receive)
        writer.heard.connect(self.receive)

    @property
    def engine(self) -> Engine:
        """The engine that writes."""
        return self._writer.engine if self._writer.taken else self._engine

    @property
    def follows_instructions(self) -> bool:
        """Whether the model can do more than go on with a text, as far as is known before it is loaded."""
        model: Ready | None = self.engine.model
        return model is None or bool(model.chat_template)

    def begin(self, job: Job | Callable[[], Job]) -> WholeText:
        """Have a text written; connect to what it returns before the event loop turns.

        job: or what makes it, which is called away from the window's thread and may raise PenwrightError.
        """
        inquiry = Inquiry(self.engine, self._next_id)
        text = WholeText(inquiry, self)

        def work_on() -> Written:
            made = job() if callable(job) else job
            return write(made, inquiry.model(), inquiry, text.hear, fill=self._fill)

        work = BackgroundWork(self, work_on)
        self._open[inquiry] = (text, work)

        def done(written: Written) -> None:
            self._forget(inquiry)
            text.take(written)

        def failed(error: Exception) -> None:
            self._forget(inquiry)
            text.fail(error)

        work.success(done).failure(failed).start()
        return text

    def receive(self, event: Event) -> None:
        """Hand an event of one of the engines to whoever waits for it."""
        for inquiry in tuple(self._open):
            inquiry.hear(event)

    def close(self) -> None:
        """Stop everything and wait for the threads, which end at once."""
        for inquiry in tuple(self._open):
            inquiry.stop()
            inquiry.hear(Failed(0, "engine.ended"))  # what the engine says would wait behind us in the queue
        for _text, work in tuple(self._open.values()):
            work.wait()

    def _forget(self, inquiry: Inquiry) -> None:
        text, _work = self._open.pop(inquiry)
        text.deleteLater()
