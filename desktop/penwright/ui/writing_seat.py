"""The writing model beside the inline one: it writes a sentence when the writer asks (Ctrl+Enter).

It is loaded when it is first asked, where memory allows, and let go when it has been idle.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.engine.api import Engine, Event, Listener, Phase, Status
from penwright.engine.messages import Done, Failed, Load
from penwright.engine.resting import RestingEngine
from penwright.ui.bridge import EngineBridge


class WritingSeat(QObject):
    """The second engine as the window sees it.

    engine: for asking. happened(Done | Failed): an answer. heard(Event): all it says. words(str): what it is
    doing, for the status line, "" when it is done. trouble(str, dict): a catalogue key and its values, when
    the model can't be used.
    """

    happened = Signal(object)
    heard = Signal(object)
    words = Signal(str)
    trouble = Signal(str, dict)

    def __init__(self, start: Callable[[Listener], Engine], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = EngineBridge(self)
        self._bridge.happened.connect(self._receive)
        self.engine = RestingEngine(self._bridge.post, start)
        self.taken = False

    def use(self, model: Path | None, cache: Path, gpu_layers: int, held: int) -> None:
        """Use this model from the next request on, or none. held: bytes of the inline model's file."""
        self.taken = model is not None
        if model is not None:
            where = str(model.absolute())
            self.engine.load(Load(where, gpu_layers=gpu_layers, cache=str(cache), held=held))

    def _receive(self, event: Event) -> None:
        self.heard.emit(event)
        if isinstance(event, Done | Failed):
            if event.id:
                self.happened.emit(event)
            self.words.emit("")
        elif isinstance(event, Status):
            if event.phase in (Phase.REFUSED, Phase.ASIDE):
                self.trouble.emit(event.key, event.values)
            self.words.emit(
                {
                    Phase.STARTING: self.tr("reading the writing model in"),
                    Phase.LOADING: self.tr("reading the writing model in"),
                    Phase.PROMPT: self.tr("the writing model is thinking"),
                    Phase.GENERATING: self.tr("the writing model is thinking"),
                }.get(event.phase, "")
            )
