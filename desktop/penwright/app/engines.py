"""The two models in use: the one that suggests and the one that writes, and what windows show of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError, PenwrightError
from penwright.base.paths import bundled_model
from penwright.engine.api import Engine, Event, Listener, Phase, Status
from penwright.engine.client import EngineClient
from penwright.engine.messages import Load, Ready
from penwright.engine.placement import gpu_layers
from penwright.modelstore.library import ModelFile, choose
from penwright.storage.settings import Settings
from penwright.ui.bridge import EngineBridge
from penwright.ui.engine_state import EngineState
from penwright.ui.writing_seat import WritingSeat


class Engines(QObject):
    """Loads the models that the settings name; one that can't be used is told, and the starter is used.

    titled(str): what the model in use is called. state(str): what the engine does, in words. placed(str):
    where the model runs. trouble(str): a sentence. furnished(): a model is ready, and `ready` tells of it.
    writer_changed(): another writing model, or none. wished(dict): settings to keep.
    """

    titled = Signal(str)
    state = Signal(str)
    placed = Signal(str)
    trouble = Signal(str)
    furnished = Signal()
    writer_changed = Signal()
    wished = Signal(object)

    def __init__(
        self,
        start_engine: Callable[[Listener], Engine] | None,
        settings: Callable[[], Settings],
        catalogue: Catalogue,
        cache: Path,
        parent: QObject | None = None,
    ) -> None:
        """Start the conversation.

        start_engine: None for the real one. cache: the folder of what may be deleted at any time.
        """
        super().__init__(parent)
        self._settings, self._catalogue, self._cache = settings, catalogue, cache
        self._model: ModelFile | None = None
        self.ready: Ready | None = None
        self.bridge = EngineBridge(self)
        self.bridge.happened.connect(self._receive)
        self._words = EngineState(self)
        self._words.set_suggesting(settings().suggestions)
        self._words.changed.connect(self.state)
        start = start_engine or EngineClient
        self.engine = start(self.bridge.post)
        self.writer = WritingSeat(start, self)
        self.writer.words.connect(lambda words: self.state.emit(words or self.words))
        self.writer.trouble.connect(lambda key, values: self.trouble.emit(catalogue.say(key, **values)))

    @property
    def title(self) -> str:
        """What the model in use is called; "" for none."""
        return self._model.title(self._catalogue) if self._model else ""

    @property
    def words(self) -> str:
        """What the engine does, in words."""
        return self._words.words

    @property
    def placement(self) -> str:
        """Where the model runs, and why, in a sentence; "" while that isn't known."""
        placed = self.ready.placement if self.ready is not None else None
        return "" if placed is None else self._catalogue.say(placed.key, **placed.values)

    def gpu_memory(self) -> int:
        """Return the bytes of the largest graphics card; 0 for none, or while that isn't known."""
        devices = self.ready.devices if self.ready is not None else ()
        return max((device.total for device in devices if device.kind == "gpu"), default=0)

    def load(self, given: str | None = None) -> None:
        """Load a model: the one given, else that of the settings, else the starter."""
        try:
            self._load(choose(given or self._settings().model, bundled_model()))
        except ModelError as error:
            self._fall_back(error)

    def choose(self, path: Path | None) -> None:
        """Use another model from now on, None for the starter; what can't be used is told, and not used."""
        try:
            model = choose(str(path) if path else None, bundled_model())
        except ModelError as error:
            self._tell(error)
            return
        wanted = str(path) if path else None
        if wanted == self._settings().model:
            self._load(model)  # another one may have taken its place
        else:
            self.wished.emit({"model": wanted})

    def choose_writing(self, path: Path | None) -> None:
        """Use another writing model from now on; None for none."""
        try:
            model = choose(str(path), bundled_model()) if path else None
        except ModelError as error:
            self._tell(error)
        else:
            self.wished.emit({"writing_model": str(model.path) if model else None})

    def follow(self, before: Settings, now: Settings) -> None:
        """Do as the settings say now."""
        self._words.set_suggesting(now.suggestions)
        if now.model != before.model:
            self.load()
        elif now.gpu != before.gpu and self._model is not None:
            self._load(self._model)
        elif now.writing_model != before.writing_model:
            self._seat_writer()

    def close(self) -> None:
        """End both conversations."""
        self.writer.engine.close()
        self.engine.close()

    def _load(self, model: ModelFile) -> None:
        self._model = model
        self.titled.emit(self.title)
        wish = gpu_layers(self._settings().gpu)
        self.engine.load(Load(str(model.path.absolute()), gpu_layers=wish, cache=str(self._cache)))
        self._seat_writer()

    def _seat_writer(self) -> None:
        """Have the writing model of the settings asked for sentences, if there is one."""
        wanted = self._settings().writing_model
        held = self._model.path.stat().st_size if self._model is not None else 0
        wish = gpu_layers(self._settings().gpu)
        self.writer.use(Path(wanted) if wanted else None, self._cache, wish, held)
        self.writer_changed.emit()

    def _receive(self, event: Event) -> None:
        self._words.receive(event)
        if isinstance(event, Ready):
            self.ready = event
            self.placed.emit(self.placement)
            if event.placement is not None and event.placement.fell:
                self.trouble.emit(self.placement)  # said aloud only where it had to give way on the GPU
            self.furnished.emit()
        elif isinstance(event, Status):
            if event.phase in (Phase.REFUSED, Phase.ASIDE):
                self._fall_back(ModelError(event.key, **event.values))
            elif event.phase is Phase.RESTARTING:
                self.state.emit(self._catalogue.say(event.key, **event.values))

    def _fall_back(self, error: PenwrightError) -> None:
        """Tell what is wrong with the model, and go on with the starter if it was another."""
        self._tell(error)
        starter = self._model.starter if self._model is not None else False
        self._model = None
        if starter:
            return
        try:
            self._load(choose(None, bundled_model()))
        except ModelError as worse:
            self._tell(worse)

    def _tell(self, error: PenwrightError) -> None:
        self.trouble.emit(self._catalogue.sentence(error))
