"""The styles there are, for all windows: read and changed away from the window's thread."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QFileSystemWatcher, QLocale, QObject, QTimer, Signal

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.styles import Style
from penwright.storage.settings import Settings
from penwright.storage.styles import StyleFiles
from penwright.ui.background import BackgroundWork

T = TypeVar("T")

_RECENT = 6
_SOON = 400  # milliseconds after a file in the folder has changed


class StyleRoom(QObject):
    """Furnished when it is first wanted: `look()` reads what has changed, and `changed` tells of it.

    trouble(str): a sentence about a file that is no style, or that can't be kept.
    """

    changed = Signal()
    trouble = Signal(str)

    def __init__(
        self,
        files: StyleFiles,
        settings: Callable[[], Settings],
        wish: Callable[..., None],
        catalogue: Catalogue,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._files = files
        self._settings = settings
        self._wish = wish
        self._catalogue = catalogue
        self._lock = threading.Lock()  # one thread at a time may use the files
        self._numbers = itertools.count()
        self._works: dict[int, BackgroundWork[Any]] = {}
        self.styles: tuple[Style, ...] = ()
        self.read = False
        self.language = "zh" if QLocale().name().startswith("zh") else "en"
        self._faults: tuple[str, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.look)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _path: self._soon.start())

    @property
    def favourites(self) -> tuple[str, ...]:
        """The ids that the writer has marked, in the order in which that was done."""
        return self._settings().favourite_styles

    @property
    def recent(self) -> tuple[str, ...]:
        """The ids used last, the newest first."""
        return self._settings().recent_styles

    def style(self, identifier: str) -> Style | None:
        """Return the style with this id, as it was last read."""
        return next((each for each in self.styles if each.id == identifier), None)

    def name(self, style: Style) -> str:
        """Return what a style is called in the program's language."""
        return style.words(self.language).name

    def look(self) -> None:
        """Read what has changed since."""

        def look() -> tuple[tuple[Style, ...], tuple[str, ...]]:
            with self._lock:
                self._files.refresh()
                faults = tuple(self._catalogue.sentence(fault) for fault in self._files.faults())
                return tuple(self._files.styles()), faults

        def show(found: tuple[tuple[Style, ...], tuple[str, ...]]) -> None:
            styles, faults = found
            for fault in faults:
                if fault not in self._faults:
                    self.trouble.emit(fault)
            self._faults = faults
            if self._files.folder.is_dir() and not self._watcher.directories():
                self._watcher.addPath(str(self._files.folder))
            if not self.read or styles != self.styles:
                self.read, self.styles = True, styles
                self.changed.emit()

        self._do(look, show)

    def use(self, identifier: str) -> None:
        """Note that a style was used."""
        recent = (identifier, *(each for each in self.recent if each != identifier))[:_RECENT]
        if recent != self.recent:
            self._wish(recent_styles=recent)
            self.changed.emit()

    def mark(self, identifier: str, *, favourite: bool) -> None:
        """Make a style a favourite, or one no more."""
        others = tuple(each for each in self.favourites if each != identifier)
        self._wish(favourite_styles=(*others, identifier) if favourite else others)
        self.changed.emit()

    def bring_in(
        self, path: Path, done: Callable[[Style], None], taken: Callable[[str], None] | None = None
    ) -> None:
        """Copy a style's file to the user's own.

        taken: is told, in a sentence, that there is one of that id; without it that one is replaced.
        """
        self._keep(lambda: self._files.bring_in(path, instead=taken is None), done, taken)

    def take_out(self, identifier: str, path: Path, done: Callable[[None], None]) -> None:
        """Write a style's file to a path."""
        self._do(lambda: self._locked(lambda: self._files.take_out(identifier, path)), done)

    def text(self, identifier: str, done: Callable[[str], None]) -> None:
        """Read the text of a style's file."""
        self._do(lambda: self._locked(lambda: self._files.text(identifier)), done)

    def save(self, identifier: str, text: str, done: Callable[[Style], None]) -> None:
        """Keep a style's text as the user's own."""
        self._keep(lambda: self._files.save(identifier, text), done)

    def remove(self, identifier: str) -> None:
        """Remove one of the user's own; the one that comes with the program shows again."""
        self._do(lambda: self._locked(lambda: self._files.remove(identifier)), lambda _none: self.look())

    def close(self) -> None:
        """Wait for what is under way."""
        self._soon.stop()
        for work in tuple(self._works.values()):
            work.wait()

    def _keep(
        self,
        work: Callable[[], Style],
        done: Callable[[Style], None],
        taken: Callable[[str], None] | None = None,
    ) -> None:
        def kept(style: Style) -> None:
            others = (each for each in self.styles if each.id != style.id)
            self.styles = tuple(sorted((*others, style), key=lambda each: (each.group, each.id)))
            self.changed.emit()
            done(style)
            self.look()  # there may be more that is new

        self._do(lambda: self._locked(work), kept, taken)

    def _locked(self, work: Callable[[], T]) -> T:
        with self._lock:
            return work()

    def _do(
        self, work: Callable[[], T], done: Callable[[T], None], taken: Callable[[str], None] | None = None
    ) -> None:
        number = next(self._numbers)

        def failed(error: Exception) -> None:
            del self._works[number]
            if not isinstance(error, PenwrightError):
                raise error
            sentence = self._catalogue.sentence(error)
            if taken is not None and error.key == "style.taken":
                taken(sentence)
            else:
                self.trouble.emit(sentence)

        def succeeded(result: T) -> None:
            del self._works[number]
            done(result)

        doing = BackgroundWork(self, work).success(succeeded).failure(failed)
        self._works[number] = doing
        doing.start()
