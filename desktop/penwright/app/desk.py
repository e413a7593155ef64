"""The running program: its windows, the engines that they share, and the settings."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from penwright.app.engines import Engines
from penwright.app.keeping import Keeping
from penwright.app.seat import Seat, Shared
from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.base.paths import Folders, resources
from penwright.core.sandbox import render
from penwright.engine.api import Engine, Listener
from penwright.engine.client import EngineClient
from penwright.modelstore.entries import read_entries
from penwright.storage.documents import is_new_text
from penwright.storage.progress import ProgressFile
from penwright.storage.settings import Page, Settings, Value, declarations
from penwright.storage.settings_file import SettingsFile
from penwright.storage.styles import StyleFiles
from penwright.storage.suggestion_log import SuggestionLog
from penwright.ui.model_room import ModelRoom
from penwright.ui.power import PowerWatch, on_battery
from penwright.ui.preferences import Preferences
from penwright.ui.progress import Progress
from penwright.ui.spelling_room import SpellingRoom
from penwright.ui.style_room import StyleRoom
from penwright.ui.suggestion_journal import Journal
from penwright.ui.theme import Themes
from penwright.ui.tidying import Tidying
from penwright.ui.whole_texts import WholeTexts
from penwright.ui.window import DeskWindow

_OF_MODELS = frozenset(each.name for each in declarations() if each.page is Page.NETWORK)

if TYPE_CHECKING:
    from penwright.modelstore.store import Store


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
        self._tidying = Tidying(self)
        self._ids = itertools.count(1)
        self.seats: dict[DeskWindow, Seat] = {}
        self.engines = Engines(start_engine, lambda: self._settings, catalogue, folders.cache, self)
        self.engines.titled.connect(lambda title: self._each(lambda window: window.set_model(title)))
        self.engines.state.connect(lambda words: self._each(lambda window: window.set_engine_state(words)))
        self.engines.placed.connect(lambda words: self._each(lambda window: window.set_placement(words)))
        self.engines.trouble.connect(self._notice)
        self.engines.furnished.connect(self._make_offer)
        self.engines.writer_changed.connect(self._follow_writer)
        self.engines.wished.connect(lambda changes: self._wish(**changes))
        self.texts = WholeTexts(
            self.engines.engine,
            self.engines.bridge.happened,
            self.engines.writer,
            lambda: next(self._ids),
            fill=render,
            parent=self,
        )
        self._power = PowerWatch(look_for_battery, self)
        self._power.changed.connect(self._follow_power)
        self._folders = folders
        self.models = ModelRoom(
            self._open_store,
            lambda: self._settings,
            catalogue,
            self._themes,
            gpu_memory=self.engines.gpu_memory,
            parent=self,
        )
        self.models.chosen.connect(self.engines.choose)
        self.models.line.connect(
            lambda words: self._each(lambda window: window.status_line.set_download(words))
        )
        self.models.offered.connect(lambda words: self._each(lambda window: window.offer_line.offer(words)))
        self.models.trouble.connect(self._notice)
        self.models.wished.connect(lambda changes: self._wish(**changes))
        self._offering = False
        self.preferences = Preferences(lambda: self._settings, catalogue, self._themes, self)
        self.preferences.wished.connect(self._prefer)
        self.spelling = SpellingRoom(folders, catalogue, parent=self)
        self.spelling.trouble.connect(self._notice)
        self.spelling.follow(self._settings)
        self.journal = Journal(SuggestionLog(folders.data / "suggestions"), parent=self)
        self.journal.set_keeping(self._log_wanted)
        self.journal.keeping_chosen.connect(lambda wanted: self._wish(suggestion_log=wanted))
        self.journal.trouble.connect(lambda error: self._notice(self._catalogue.sentence(error)))
        self.progress = Progress(ProgressFile(folders.data / "progress"), parent=self)
        self.progress.keeping = not self._settings.private_mode
        self.progress.trouble.connect(lambda error: self._notice(self._catalogue.sentence(error)))
        self.keeping = Keeping(
            folders,
            catalogue,
            self._themes,
            settings=lambda: self._settings,
            windows=lambda: self.seats,
            open_window=self.open_window,
            parent=self,
        )
        self.keeping.recovery.trouble.connect(self._notice)
        self.keeping.traces.append(self.spelling.own.forget_document)
        self.keeping.forgotten.connect(self.journal.erase)
        application.aboutToQuit.connect(self._end)
        self._shared = Shared(
            folders=folders,
            catalogue=catalogue,
            themes=self._themes,
            engine=self.engines.engine,
            writer=self.engines.writer,
            texts=self.texts,
            styles=StyleRoom(
                StyleFiles(resources() / "styles", folders.data / "styles"),
                lambda: self._settings,
                self._wish,
                catalogue,
                self,
            ),
            models=self.models,
            journal=self.journal,
            progress=self.progress,
            keeping=self.keeping,
            preferences=self.preferences,
            spelling=self.spelling,
            settings=lambda: self._settings,
            wish=self._wish,
            next_id=lambda: next(self._ids),
            bring_in=self._bring_in,
        )

    def open_window(self, path: Path | None = None) -> DeskWindow:
        """Open a window on a file, on a new text of that name, or on an empty page."""
        seat = Seat(self._shared)
        window = seat.window
        self.seats[window] = seat
        self._tidying.follow(window)
        self.engines.bridge.happened.connect(seat.receive)
        seat.suggesting.set_on_battery(self._power.on_battery)
        seat.suggesting.shown.connect(lambda: self._teach(window))
        window.window_wanted.connect(self.open_window)
        window.closed.connect(lambda: self._forget(window))
        window.model_chosen.connect(self.engines.choose)
        window.writing_model_chosen.connect(self.engines.choose_writing)
        window.gpu_toggled.connect(lambda on: self._wish(gpu="auto" if on else "off"))
        window.show_elsewhere = self._show_if_open
        window.may_leave = lambda: len(self.seats) > 1 or self.models.may_leave(window)
        window.set_model(self.engines.title)
        window.set_placement(self.engines.placement)
        window.set_engine_state(self.engines.words)
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

    def _bring_in(self, path: Path) -> None:
        self.seats[self.open_window()].exchange.bring_in(path)

    def tell(self, trouble: PenwrightError) -> None:
        """Tell this in the next window that is opened."""
        self._troubles = (*self._troubles, trouble)

    def offer_models(self) -> None:
        """Offer models that fit this machine once the engine has told what it has, if there are none yet."""
        self._offering = True

    def _make_offer(self) -> None:
        if self._offering:
            self._offering = False
            self.models.consider_offering()

    def _open_store(self) -> Store:
        from penwright.modelstore.store import Store  # noqa: PLC0415 - the window opens without a web client

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

    def _notice(self, sentence: str) -> None:
        self._each(lambda window: window.show_notice(sentence))

    def _each(self, act: Callable[[DeskWindow], object]) -> None:
        for window in self.seats:
            act(window)

    def _follow_writer(self) -> None:
        for seat in self.seats.values():
            seat.follow_writer()

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
        self._keep(replace(before, **changes))
        self.engines.follow(before, self._settings)
        self.journal.set_keeping(self._log_wanted)
        self.progress.keeping = not self._settings.private_mode
        self.keeping.follow()
        self.spelling.follow(self._settings)
        for seat in self.seats.values():
            seat.follow(self._settings)

    @property
    def _log_wanted(self) -> bool:
        return self._settings.suggestion_log and not self._settings.private_mode

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
            seat = self.seats.pop(window)
            self.engines.bridge.happened.disconnect(seat.receive)
            self.engines.writer.happened.disconnect(seat.receive)
            window.deleteLater()

    def close(self) -> None:
        """End the engine and close the windows without asking: for the demo and for measuring."""
        for window in list(self.seats):
            window.discard()
        self._end()
        self.deleteLater()

    def _end(self) -> None:
        for part in (
            self.keeping,  # first: it is what guards the texts
            self.texts,
            self._shared.styles,
            self.engines,
            self.models,
            self.journal,
            self.spelling,
            self.progress,
            self._power,
            self._tidying,
        ):
            part.close()


def _open_in(window: DeskWindow, path: Path) -> None:
    (window.filing.begin if is_new_text(path) else window.open_path)(path)


def _bring_to_front(window: DeskWindow) -> None:
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
