"""The running program: its windows, their texts and the settings; what else there is, is furnished later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from penwright.app.inventory import ENGINES, ROOMS
from penwright.app.keeping import Keeping
from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.base.paths import Folders, resources
from penwright.formats.kinds import IMPORTED, kind_of
from penwright.storage.documents import is_new_text
from penwright.storage.settings import Settings
from penwright.storage.settings_file import SettingsFile
from penwright.ui.front import bring_to_front
from penwright.ui.furnishing import Furnishing, Steps, bring_in
from penwright.ui.theme import Themes
from penwright.ui.tidying import Tidying
from penwright.ui.window import DeskWindow

if TYPE_CHECKING:
    from penwright.app.engines import Engines
    from penwright.app.rooms import Rooms
    from penwright.app.seat import Seat
    from penwright.engine.api import Engine, Listener


class Desk(QObject):
    """The running program. A window can be written in before the rooms are there, and nothing is lost.

    keeping: what guards the texts. windows: the open ones, in their order.
    furnished(): every window has all that belongs to it.
    """

    furnished = Signal()

    def __init__(
        self,
        application: QApplication,
        folders: Folders,
        catalogue: Catalogue,
        start_engine: Callable[[Listener], Engine] | None = None,
        look_for_battery: Callable[[], bool] | None = None,
    ) -> None:
        """Read the settings. Raises SettingsError for a broken theme.

        start_engine: starts an engine's conversation, look_for_battery: says whether there is no other
        power; None for the real ones.
        """
        super().__init__(application)
        self._application = application
        self._folders, self._catalogue = folders, catalogue
        self._start_engine, self._look_for_battery = start_engine, look_for_battery
        self._themes = Themes.from_folder(resources() / "themes", application.styleHints())
        self._settings_file = SettingsFile(folders.config)
        self._settings, troubles = self._settings_file.load()
        self._troubles: tuple[PenwrightError, ...] = troubles
        self._tidying = Tidying(self)
        self.windows: list[DeskWindow] = []
        self.keeping = Keeping(
            folders, settings=lambda: self._settings, windows=lambda: tuple(self.windows), parent=self
        )
        self.keeping.guard.trouble.connect(self._notice)
        self._rooms: Rooms | None = None
        self._begin: Callable[[Engines], object] = lambda _engines: None
        self._furnishing = Furnishing(self)
        self._furnishing.finished.connect(self.furnished)
        application.aboutToQuit.connect(self._end)

    @property
    def rooms(self) -> Rooms:
        """What all windows share; it is built now if it isn't there."""
        self.furnish()
        if self._rooms is None and not self._furnishing.working:
            for _ in self._build():
                pass
        assert self._rooms is not None
        return self._rooms

    @property
    def seats(self) -> Mapping[DeskWindow, Seat]:
        """What each window has; it is built now where it isn't there."""
        return self.rooms.seats

    def furnish(self) -> None:
        """Do at once what is still to be done for open windows."""
        self._furnishing.finish()

    def begin_with(self, begin: Callable[[Engines], object]) -> None:
        """Have this called with the engines as soon as they are there."""
        self._begin = begin

    def open_window(self, path: Path | None = None) -> DeskWindow:
        """Open a window on a file, on a new text of that name, or on an empty page."""
        settings = self._settings
        window = DeskWindow(self.keeping.documents, self._catalogue, self._themes, typeface=settings.typeface)
        window.area.set_family(settings.font or "")
        window.area.set_measure(settings.measure)
        window.area.set_zoom(settings.zoom)
        window.window_wanted.connect(self.open_window)
        window.show_elsewhere = self._show_if_open
        self.keeping.join(window)
        window.closed.connect(lambda: self._part(window))
        self.windows.append(window)
        self._tidying.follow(window)
        self._furnishing.add(self._seat(window), window)
        window.show()
        if path is not None:
            self._open_in(window, path)
        if self._troubles:
            window.show_notice(" ".join(self._catalogue.sentence(trouble) for trouble in self._troubles))
            self._troubles = ()
        return window

    def open_from_elsewhere(self, paths: Sequence[Path], token: str = "") -> None:
        """Open what another start of the program was given, or come to the front for nothing.

        A text that is open already is shown; a window with nothing in it takes the first one that is not.
        token: what that start's launcher gave it (ui.front).
        """
        for path in paths:
            if not self._show_if_open(path, token):
                window = next((each for each in self.windows if each.filing.untouched), None)
                if window is None:
                    window = self.open_window(path)
                else:
                    self._open_in(window, path)
                bring_to_front(window, token)
        if not paths and self.windows:
            bring_to_front(self.windows[-1], token)

    def tell(self, trouble: PenwrightError) -> None:
        """Tell this in the open windows, or in the next one that is opened."""
        if not self.windows:
            self._troubles = (*self._troubles, trouble)
        for window in self.windows:
            window.notice.say_also(self._catalogue.sentence(trouble))

    def close(self) -> None:
        """End the engine and close the windows without asking: for the demo and for measuring."""
        for window in list(self.windows):
            window.discard()
        self._end()
        self.deleteLater()

    def _open_in(self, window: DeskWindow, path: Path) -> None:
        if is_new_text(path):
            window.filing.begin(path)
            return
        if kind_of(path) in IMPORTED:
            self.furnish()  # what reads it belongs to the window's seat
        window.open_path(path)

    def _show_if_open(self, path: Path, token: str | None = None) -> bool:
        """Bring the window that has this file to the front; return whether there is one."""
        window = next((each for each in self.windows if each.filing.place == path), None)
        if window is not None:
            bring_to_front(window, token)
        return window is not None

    def _seat(self, window: DeskWindow) -> Steps:
        if self._rooms is None:
            yield from self._build()
        assert self._rooms is not None
        yield from self._rooms.seat(window)

    def _build(self) -> Steps:
        # The first window is painted without these. Engines come first: a model takes its time to load.
        yield from bring_in(ENGINES)
        from penwright.app.engines import Engines  # noqa: PLC0415

        cache = self._folders.cache
        engines = Engines(self._start_engine, lambda: self._settings, self._catalogue, cache, self)
        engines.titled.connect(lambda title: self._each(lambda window: window.set_model(title)))
        engines.state.connect(lambda words: self._each(lambda window: window.set_engine_state(words)))
        engines.placed.connect(lambda words: self._each(lambda window: window.set_placement(words)))
        engines.trouble.connect(self._notice)
        self._begin(engines)
        yield
        self._application.setWindowIcon(QIcon(str(resources() / "icons" / "penwright.svg")))
        yield
        yield from bring_in(ROOMS)
        from penwright.app.rooms import Plan, Rooms  # noqa: PLC0415

        plan = Plan(
            folders=self._folders,
            catalogue=self._catalogue,
            themes=self._themes,
            keeping=self.keeping,
            settings=lambda: self._settings,
            keep=self._keep,
            windows=lambda: tuple(self.windows),
            open_window=self.open_window,
            furnish=self.furnish,
            look_for_battery=self._look_for_battery,
        )
        rooms = Rooms(plan, engines, self)
        yield from rooms.furnish()
        self._rooms = rooms

    def _keep(self, settings: Settings) -> None:
        self._settings = settings
        try:
            self._settings_file.save(settings)
        except PenwrightError as error:
            self._notice(self._catalogue.sentence(error))

    def _notice(self, sentence: str) -> None:
        self._each(lambda window: window.show_notice(sentence))

    def _each(self, act: Callable[[DeskWindow], object]) -> None:
        for window in self.windows:
            act(window)

    def _part(self, window: DeskWindow) -> None:
        self.windows.remove(window)
        window.deleteLater()

    def _end(self) -> None:
        self.keeping.close()  # first: it is what guards the texts
        self.furnish()
        if self._rooms is not None:
            self._rooms.close()
        self._tidying.close()
