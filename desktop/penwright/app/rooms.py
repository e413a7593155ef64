"""What all windows share besides their texts: engines, models, styles, spelling; and each window's seat."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from penwright.app.engines import Engines
from penwright.app.keeping import Keeping
from penwright.app.returning import Returning
from penwright.app.seat import Seat, Shared
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.core.sandbox import render
from penwright.modelstore.entries import read_entries
from penwright.storage.progress import ProgressFile
from penwright.storage.settings import Page, Settings, Value, declarations
from penwright.storage.styles import StyleFiles
from penwright.storage.suggestion_log import SuggestionLog
from penwright.ui.furnishing import Steps
from penwright.ui.model_room import ModelRoom
from penwright.ui.power import PowerWatch, on_battery
from penwright.ui.preferences import Preferences
from penwright.ui.progress import Progress
from penwright.ui.spelling_room import SpellingRoom
from penwright.ui.style_room import StyleRoom
from penwright.ui.suggestion_journal import Journal
from penwright.ui.theme import Themes
from penwright.ui.whole_texts import WholeTexts
from penwright.ui.window import DeskWindow

if TYPE_CHECKING:
    from pathlib import Path

    from penwright.modelstore.store import Store


@dataclass(frozen=True)
class Plan:
    """What the rooms are built from.

    settings: the present ones; keep: keeps others. windows: the open ones, in their order. furnish: does at
    once what is still to be done for them. look_for_battery: None for the real one.
    """

    folders: Folders
    catalogue: Catalogue
    themes: Themes
    keeping: Keeping
    settings: Callable[[], Settings]
    keep: Callable[[Settings], None]
    windows: Callable[[], tuple[DeskWindow, ...]]
    open_window: Callable[[], DeskWindow]
    furnish: Callable[[], None]
    look_for_battery: Callable[[], bool] | None = None


class Rooms(QObject):
    """Furnished once, in steps; then each window is seated. seats: what each window has."""

    def __init__(self, plan: Plan, engines: Engines, parent: QObject) -> None:
        super().__init__(parent)
        self._plan = plan
        self.engines = engines
        self._ids = itertools.count(1)
        self._of_models = frozenset(each.name for each in declarations() if each.page is Page.NETWORK)
        self._offering = False
        self.seats: dict[DeskWindow, Seat] = {}

    def furnish(self) -> Steps:
        """Build what windows share."""
        plan, settings, catalogue = self._plan, self._plan.settings, self._plan.catalogue
        self.engines.furnished.connect(self._make_offer)
        self.engines.writer_changed.connect(self._follow_writer)
        self.engines.wished.connect(lambda changes: self.wish(**changes))
        yield
        self.texts = WholeTexts(
            self.engines.engine,
            self.engines.bridge.happened,
            self.engines.writer,
            self.next_id,
            fill=render,
            parent=self,
        )
        self._power = PowerWatch(plan.look_for_battery or on_battery, self)
        self._power.changed.connect(self._follow_power)
        self.models = ModelRoom(
            self._open_store,
            settings,
            catalogue,
            plan.themes,
            gpu_memory=self.engines.gpu_memory,
            parent=self,
        )
        self.models.chosen.connect(self.engines.choose)
        self.models.line.connect(
            lambda words: self._each(lambda window: window.status_line.set_download(words))
        )
        self.models.offered.connect(lambda words: self._each(lambda window: window.offer_line.offer(words)))
        self.models.trouble.connect(self._notice)
        self.models.wished.connect(lambda changes: self.wish(**changes))
        yield
        self.preferences = Preferences(settings, catalogue, plan.themes, self)
        self.preferences.wished.connect(self._prefer)
        self.spelling = SpellingRoom(plan.folders, catalogue, parent=self)
        self.spelling.trouble.connect(self._notice)
        self.spelling.follow(settings())
        yield
        self.journal = Journal(SuggestionLog(plan.folders.data / "suggestions"), parent=self)
        self.journal.set_keeping(self._log_wanted)
        self.journal.keeping_chosen.connect(lambda wanted: self.wish(suggestion_log=wanted))
        self.journal.trouble.connect(lambda error: self._notice(catalogue.sentence(error)))
        self.progress = Progress(ProgressFile(plan.folders.data / "progress"), parent=self)
        self.progress.keeping = not settings().private_mode
        self.progress.trouble.connect(lambda error: self._notice(catalogue.sentence(error)))
        yield
        self.returning = Returning(
            plan.keeping,
            plan.folders,
            catalogue,
            plan.themes,
            windows=plan.windows,
            open_window=plan.open_window,
            parent=self,
        )
        self.returning.traces.append(self.spelling.own.forget_document)
        self.returning.forgotten.connect(self.journal.erase)
        self.styles = StyleRoom(
            StyleFiles(resources() / "styles", plan.folders.data / "styles"),
            settings,
            self.wish,
            catalogue,
            self,
        )
        self.shared = Shared(
            folders=plan.folders,
            catalogue=catalogue,
            themes=plan.themes,
            engine=self.engines.engine,
            writer=self.engines.writer,
            texts=self.texts,
            styles=self.styles,
            models=self.models,
            journal=self.journal,
            progress=self.progress,
            returning=self.returning,
            preferences=self.preferences,
            spelling=self.spelling,
            settings=settings,
            wish=self.wish,
            next_id=self.next_id,
            bring_in=self._bring_in,
        )
        yield

    def seat(self, window: DeskWindow) -> Steps:
        """Give a window its features, and join it to what is shared."""
        seat = Seat(window, self.shared)
        steps = seat.furnish()
        next(steps)  # its suggestions are there
        self.engines.bridge.happened.connect(seat.receive)
        seat.suggesting.set_on_battery(self._power.on_battery)
        seat.suggesting.shown.connect(lambda: self._teach(window))
        yield
        yield from steps
        self.seats[window] = seat
        window.closed.connect(lambda: self._part(window))
        window.model_chosen.connect(self.engines.choose)
        window.writing_model_chosen.connect(self.engines.choose_writing)
        window.gpu_toggled.connect(lambda on: self.wish(gpu="auto" if on else "off"))
        window.may_leave = lambda: len(self.seats) > 1 or self.models.may_leave(window)
        window.set_model(self.engines.title)
        window.set_placement(self.engines.placement)
        window.set_engine_state(self.engines.words)

    def next_id(self) -> int:
        """Return a number for a request that no other has."""
        return next(self._ids)

    def offer_models(self) -> None:
        """Offer models that fit this machine once the engine has told what it has, if there are none yet."""
        self._offering = True
        if self.engines.ready is not None:
            self._make_offer()

    def wish(self, **changes: Any) -> None:
        """Keep other settings, and have every window and the engines follow them."""
        settings = self._plan.settings
        before = settings()
        self._keep(replace(before, **changes))
        self.engines.follow(before, settings())
        self.journal.set_keeping(self._log_wanted)
        self.progress.keeping = not settings().private_mode
        self._plan.keeping.follow()
        self.spelling.follow(settings())
        for seat in self.seats.values():
            seat.follow(settings())

    def close(self) -> None:
        """End the engines, and write what waits."""
        for part in (
            self.texts,
            self.styles,
            self.engines,
            self.models,
            self.journal,
            self.spelling,
            self.progress,
            self._power,
        ):
            part.close()

    def _bring_in(self, path: Path) -> None:
        window = self._plan.open_window()
        self._plan.furnish()
        self.seats[window].exchange.bring_in(path)

    def _make_offer(self) -> None:
        if self._offering:
            self._offering = False
            self.models.consider_offering()

    def _open_store(self) -> Store:
        from penwright.modelstore.store import Store  # noqa: PLC0415 - the window opens without a web client

        settings = self._plan.settings()
        return Store.open(
            self._plan.folders,
            read_entries(resources() / "catalogue.toml"),
            lambda: self._plan.settings().network != "off",
            endpoint=settings.hub_endpoint,
            proxy=settings.proxy,
            models_folder=settings.models_folder,
            shared=settings.shared_models,
            limit_kb=settings.download_limit,
        )

    def _notice(self, sentence: str) -> None:
        self._each(lambda window: window.show_notice(sentence))

    def _each(self, act: Callable[[DeskWindow], object]) -> None:
        for window in self._plan.windows():
            act(window)

    def _follow_writer(self) -> None:
        for seat in self.seats.values():
            seat.follow_writer()

    def _follow_power(self, on_battery: bool) -> None:
        for seat in self.seats.values():
            seat.suggesting.set_on_battery(on_battery)

    def _teach(self, window: DeskWindow) -> None:
        """Tell of the Tab key with the first suggestion ever, and never again."""
        settings = self._plan.settings()
        if not settings.seen_tab_hint and not window.notice.text:
            window.show_notice(
                self.tr(
                    "Tab takes the grey words, Ctrl+Right one of them. Esc sends them away, as typing does."
                )
            )
            self._keep(replace(settings, seen_tab_hint=True))

    @property
    def _log_wanted(self) -> bool:
        settings = self._plan.settings()
        return settings.suggestion_log and not settings.private_mode

    def _prefer(self, name: str, value: Value) -> None:
        """Do as the preferences say; what the hub's client has to agree to goes through the models."""
        if name in self._of_models:
            self.models.wish(name, value)
            self.preferences.follow()
        else:
            self.wish(**{name: value})

    def _keep(self, settings: Settings) -> None:
        self._plan.keep(settings)
        self.models.follow_settings()
        self.preferences.follow()

    def _part(self, window: DeskWindow) -> None:
        seat = self.seats.pop(window)
        self.engines.bridge.happened.disconnect(seat.receive)
        self.engines.writer.happened.disconnect(seat.receive)
