"""The running program: its windows, the engines that they share, and the settings."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from penwright.app.seat import Seat, Shared
from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError, PenwrightError
from penwright.base.paths import Folders, bundled_model, resources
from penwright.engine.api import Engine, Event, Listener, Phase, Status
from penwright.engine.client import EngineClient
from penwright.engine.messages import Load, Ready
from penwright.engine.placement import gpu_layers
from penwright.modelstore.entries import read_entries
from penwright.modelstore.library import ModelFile, choose
from penwright.modelstore.store import Store
from penwright.storage.documents import is_new_text
from penwright.storage.progress import ProgressFile
from penwright.storage.settings import Page, Settings, Value, declarations
from penwright.storage.settings_file import SettingsFile
from penwright.storage.suggestion_log import SuggestionLog
from penwright.ui.bridge import EngineBridge
from penwright.ui.comparison import Comparing
from penwright.ui.engine_state import EngineState
from penwright.ui.model_room import ModelRoom
from penwright.ui.power import PowerWatch, on_battery
from penwright.ui.preferences import Preferences
from penwright.ui.progress import Progress
from penwright.ui.recovery import Recovery
from penwright.ui.spelling_room import SpellingRoom
from penwright.ui.suggestion_journal import Journal
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow
from penwright.ui.writing_seat import WritingSeat

_OF_MODELS = frozenset(each.name for each in declarations() if each.page is Page.NETWORK)


class Desk(QObject):
    """The running program: its windows, one engine that they share, and the settings."""

    def __init__(
        self,
        application: QApplication,
        folders: Folders,
        catalogue: Catalogue,
        start_engine: Callable[[Listener], Engine] = EngineClient,
        look_for_battery: Callable[[], bool] = on_battery,
    ) -> None:
        """Read the settings and start the engine's conversation. Raises SettingsError for a broken theme."""
        super().__init__(application)
        self._catalogue = catalogue
        self._themes = Themes.from_folder(resources() / "themes", application.styleHints())
        self._settings_file = SettingsFile(folders.config)
        self._settings, troubles = self._settings_file.load()
        self._troubles: tuple[PenwrightError, ...] = troubles
        self._ids = itertools.count(1)
        self._model: ModelFile | None = None
        self.seats: dict[DeskWindow, Seat] = {}
        self.ready: Ready | None = None
        self.bridge = EngineBridge(self)
        self.bridge.happened.connect(self._receive)
        self._state = EngineState(self)
        self._state.set_suggesting(self._settings.suggestions)
        self._state.changed.connect(self._show_state)
        self.engine = start_engine(self.bridge.post)
        self.writer = WritingSeat(start_engine, self)
        self.writer.words.connect(self._show_writer)
        self.writer.trouble.connect(lambda key, values: self._notice(self._catalogue.say(key, **values)))
        self._power = PowerWatch(look_for_battery, self)
        self._power.changed.connect(self._follow_power)
        self._folders = folders
        self.models = ModelRoom(
            self._open_store,
            lambda: self._settings,
            catalogue,
            self._themes,
            gpu_memory=self._gpu_memory,
            parent=self,
        )
        self.models.chosen.connect(self._choose_model)
        self.models.line.connect(self._show_download)
        self.models.offered.connect(self._show_offer)
        self.models.trouble.connect(self._notice)
        self.models.wished.connect(lambda changes: self._wish(**changes))
        self._offering = False
        self.preferences = Preferences(lambda: self._settings, catalogue, self._themes, self)
        self.preferences.wished.connect(self._prefer)
        self.spelling = SpellingRoom(folders, catalogue, parent=self)
        self.spelling.trouble.connect(self._notice)
        self.spelling.follow(self._settings)
        self.journal = Journal(SuggestionLog(folders.data / "suggestions"), parent=self)
        self.journal.set_keeping(self._settings.suggestion_log)
        self.journal.keeping_chosen.connect(lambda wanted: self._wish(suggestion_log=wanted))
        self.journal.trouble.connect(lambda error: self._notice(self._catalogue.sentence(error)))
        self.progress = Progress(ProgressFile(folders.data / "progress"), parent=self)
        self.progress.trouble.connect(lambda error: self._notice(self._catalogue.sentence(error)))
        application.aboutToQuit.connect(self.journal.close)
        application.aboutToQuit.connect(self.models.close)
        application.aboutToQuit.connect(self._power.close)
        self.comparing = Comparing(self)
        self.recovery = Recovery(
            folders.data / "recovery",
            themes=self._themes,
            comparing=self.comparing,
            windows=lambda: self.seats,
            open_window=self.open_window,
            parent=self,
        )
        self.recovery.trouble.connect(self._notice)
        application.aboutToQuit.connect(self._end)
        self._shared = Shared(
            folders=folders,
            catalogue=catalogue,
            themes=self._themes,
            engine=self.engine,
            writer=self.writer,
            models=self.models,
            journal=self.journal,
            progress=self.progress,
            recovery=self.recovery,
            preferences=self.preferences,
            spelling=self.spelling,
            settings=lambda: self._settings,
            wish=self._wish,
            next_id=lambda: next(self._ids),
        )

    def open_window(self, path: Path | None = None) -> DeskWindow:
        """Open a window on a file, on a new text of that name, or on an empty page."""
        seat = Seat(self._shared)
        window = seat.window
        self.seats[window] = seat
        self.bridge.happened.connect(seat.suggesting.receive)
        seat.suggesting.set_on_battery(self._power.on_battery)
        seat.suggesting.shown.connect(lambda: self._teach(window))
        window.window_wanted.connect(self.open_window)
        window.closed.connect(lambda: self._forget(window))
        window.model_chosen.connect(self._choose_model)
        window.writing_model_chosen.connect(self._choose_writing_model)
        window.gpu_toggled.connect(self._toggle_gpu)
        window.show_elsewhere = self._show_if_open
        window.may_leave = lambda: len(self.seats) > 1 or self.models.may_leave(window)
        window.set_model(self._model.title(self._catalogue) if self._model else "")
        window.set_placement(self._placement)
        window.set_engine_state(self._state.words)
        window.show()
        if path is not None:
            _open_in(window, path)
        if self._troubles:
            window.show_notice(" ".join(self._catalogue.sentence(trouble) for trouble in self._troubles))
            self._troubles = ()
        return window

    def open_from_elsewhere(self, paths: Sequence[Path]) -> None:
        """Open what another start of the program was given, or come to the front for nothing.

        A text that is open already is shown; a window with nothing in it takes the first one that is not.
        """
        for path in paths:
            if not self._show_if_open(path):
                window = next((each for each in self.seats if each.filing.untouched), None)
                if window is None:
                    window = self.open_window(path)
                else:
                    _open_in(window, path)
                _bring_to_front(window)
        if not paths and self.seats:
            _bring_to_front(next(reversed(self.seats)))

    def _show_if_open(self, path: Path) -> bool:
        """Bring the window that has this file to the front; return whether there is one."""
        window = next((each for each in self.seats if each.filing.place == path), None)
        if window is not None:
            _bring_to_front(window)
        return window is not None

    def tell(self, trouble: PenwrightError) -> None:
        """Tell this in the next window that is opened."""
        self._troubles = (*self._troubles, trouble)

    def load_model(self, given: str | None = None) -> None:
        """Load a model: the one given, else that of the settings, else the starter.

        What can't be used is told in the windows, and the starter takes its place.
        """
        try:
            self._load(choose(given or self._settings.model, bundled_model()))
        except ModelError as error:
            self._fall_back(error)

    def _load(self, model: ModelFile) -> None:
        self._model = model
        for window in self.seats:
            window.set_model(model.title(self._catalogue))
        wish = gpu_layers(self._settings.gpu)
        cache = str(self._folders.cache)
        self.engine.load(Load(str(model.path.absolute()), gpu_layers=wish, cache=cache))
        self._seat_writer()

    def _seat_writer(self) -> None:
        """Have the writing model of the settings asked for sentences, if there is one."""
        wanted = self._settings.writing_model
        held = self._model.path.stat().st_size if self._model is not None else 0
        wish = gpu_layers(self._settings.gpu)
        self.writer.use(Path(wanted) if wanted else None, self._folders.cache, wish, held)
        for seat in self.seats.values():
            seat.follow_writer()

    def _choose_writing_model(self, path: Path | None) -> None:
        try:
            model = choose(str(path), bundled_model()) if path else None
        except ModelError as error:
            self._notice(self._catalogue.sentence(error))
            return
        self._keep(replace(self._settings, writing_model=str(model.path) if model else None))
        self._seat_writer()

    def _show_writer(self, words: str) -> None:
        for window in self.seats:
            window.set_engine_state(words or self._state.words)

    def _fall_back(self, error: PenwrightError) -> None:
        """Tell what is wrong with the model, and go on with the starter if it was another."""
        self._notice(self._catalogue.sentence(error))
        starter = self._model.starter if self._model is not None else False
        self._model = None
        if starter:
            return
        try:
            self._load(choose(None, bundled_model()))
        except ModelError as worse:
            self._notice(self._catalogue.sentence(worse))

    def _receive(self, event: Event) -> None:
        self._state.receive(event)
        if isinstance(event, Ready):
            self.ready = event
            self._tell_placement(event)
            if self._offering:
                self._offering = False
                self.models.consider_offering()
        elif isinstance(event, Status):
            if event.phase in (Phase.REFUSED, Phase.ASIDE):
                self._fall_back(ModelError(event.key, **event.values))
            elif event.phase is Phase.RESTARTING:
                for window in self.seats:
                    window.set_engine_state(self._catalogue.say(event.key, **event.values))

    def offer_models(self) -> None:
        """Offer models that fit this machine once the engine has told what it has, if there are none yet."""
        self._offering = True

    def _open_store(self) -> Store:
        settings = self._settings
        return Store.open(
            self._folders,
            read_entries(resources() / "catalogue.toml"),
            lambda: self._settings.network != "off",
            endpoint=settings.hub_endpoint,
            proxy=settings.proxy,
            models_folder=settings.models_folder,
            shared=settings.shared_models,
            limit_kb=settings.download_limit,
        )

    def _show_offer(self, words: str) -> None:
        for window in self.seats:
            window.offer_line.offer(words)

    def _show_download(self, words: str) -> None:
        for window in self.seats:
            window.status_line.set_download(words)

    def _gpu_memory(self) -> int:
        devices = self.ready.devices if self.ready is not None else ()
        return max((device.total for device in devices if device.kind == "gpu"), default=0)

    def _show_state(self, words: str) -> None:
        for window in self.seats:
            window.set_engine_state(words)

    @property
    def _placement(self) -> str:
        """Where the model runs, and why, in a sentence; "" while that isn't known."""
        placed = self.ready.placement if self.ready is not None else None
        return "" if placed is None else self._catalogue.say(placed.key, **placed.values)

    def _tell_placement(self, ready: Ready) -> None:
        """Show where the model runs; say it aloud only where it had to give way on the GPU."""
        for window in self.seats:
            window.set_placement(self._placement)
        if ready.placement is not None and ready.placement.fell:
            self._notice(self._placement)

    def _toggle_gpu(self, wanted: bool) -> None:
        self._wish(gpu="auto" if wanted else "off")

    def _notice(self, sentence: str) -> None:
        for window in self.seats:
            window.show_notice(sentence)

    def _choose_model(self, path: Path | None) -> None:
        try:
            model = choose(str(path) if path else None, bundled_model())
        except ModelError as error:
            self._notice(self._catalogue.sentence(error))
            return  # the model in use goes on
        self._load(model)
        self._keep(replace(self._settings, model=str(path) if path else None))

    def _teach(self, window: DeskWindow) -> None:
        """Tell of the Tab key with the first suggestion ever, and never again."""
        if not self._settings.seen_tab_hint and not window.notice.text:
            window.show_notice(
                self.tr(
                    "Tab takes the grey words, Ctrl+Right one of them. Esc sends them away, as typing does."
                )
            )
            self._keep(replace(self._settings, seen_tab_hint=True))

    def _wish(self, **changes: Any) -> None:
        """Keep other settings, and have every window and the engines follow them."""
        before = self._settings
        self._keep(replace(self._settings, **changes))
        now = self._settings
        if now.model != before.model:
            self.load_model()
        elif now.gpu != before.gpu and self._model is not None:
            self._load(self._model)
        elif now.writing_model != before.writing_model:
            self._seat_writer()
        self._state.set_suggesting(self._settings.suggestions)
        self.journal.set_keeping(self._settings.suggestion_log)
        self.spelling.follow(self._settings)
        for seat in self.seats.values():
            seat.follow(self._settings)

    def _prefer(self, name: str, value: Value) -> None:
        """Do as the preferences say; what the hub's client has to agree to goes through the models."""
        if name in _OF_MODELS:
            self.models.wish(name, value)
            self.preferences.follow()
        else:
            self._wish(**{name: value})

    def _follow_power(self, on_battery: bool) -> None:
        for seat in self.seats.values():
            seat.suggesting.set_on_battery(on_battery)

    def _keep(self, settings: Settings) -> None:
        self._settings = settings
        self.models.follow_settings()
        self.preferences.follow()
        try:
            self._settings_file.save(self._settings)
        except PenwrightError as error:
            self._notice(self._catalogue.sentence(error))

    def _forget(self, window: DeskWindow) -> None:
        if window in self.seats:
            suggesting = self.seats.pop(window).suggesting
            self.bridge.happened.disconnect(suggesting.receive)
            self.writer.happened.disconnect(suggesting.receive)
            window.deleteLater()

    def close(self) -> None:
        """End the engine and close the windows without asking: for the demo and for measuring."""
        for window in list(self.seats):
            window.discard()
        self._end()
        self.deleteLater()

    def _end(self) -> None:
        for part in (
            self.recovery,  # first: it is what guards the texts
            self.writer.engine,
            self.engine,
            self.models,
            self.journal,
            self.spelling,
            self.progress,
            self.comparing,
            self._power,
        ):
            part.close()


def _open_in(window: DeskWindow, path: Path) -> None:
    (window.filing.begin if is_new_text(path) else window.open_path)(path)


def _bring_to_front(window: DeskWindow) -> None:
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
