"""What keeps the writer's texts against crashes and against saving over them, and where the caret was."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.base.catalogue import Catalogue
from penwright.base.leftovers import clear_leftovers
from penwright.base.paths import Folders
from penwright.storage.backups import Backups
from penwright.storage.documents import Documents
from penwright.storage.session import SessionFile
from penwright.storage.settings import Settings
from penwright.ui.background import Errands
from penwright.ui.commands import Place
from penwright.ui.forgetting import Forgetting
from penwright.ui.journalling import Journalling
from penwright.ui.outside import Outside
from penwright.ui.recovery import Recovery
from penwright.ui.review import Review
from penwright.ui.session import Sessions
from penwright.ui.theme import Themes
from penwright.ui.versions import Versions
from penwright.ui.window import DeskWindow


class Keeping(QObject):
    """The parts that keep texts, joined to each window.

    documents: opens and saves all texts. errands: work for pages that may be closed meanwhile.
    forgotten(): a document was; what is kept without its name goes too.
    traces: what else is kept of a document, and goes when it is forgotten; to be added to.
    """

    forgotten = Signal()

    def __init__(
        self,
        folders: Folders,
        catalogue: Catalogue,
        themes: Themes,
        *,
        settings: Callable[[], Settings],
        windows: Callable[[], Iterable[DeskWindow]],
        open_window: Callable[[], DeskWindow],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._themes, self._settings = catalogue, themes, settings
        self._open_window = open_window
        self.errands = Errands(self)
        self.backups = Backups(folders.data / "earlier")
        self.documents = Documents(keep_earlier=self._keep_earlier)
        self.sessions = Sessions(SessionFile(folders.data), windows, self.errands, self)
        self.recovery = Recovery(
            folders.data / "recovery",
            themes=themes,
            errands=self.errands,
            windows=windows,
            open_window=open_window,
            parent=self,
        )
        self.traces: list[Callable[[Path], object]] = [
            self.backups.forget,
            self.recovery.forget,
            self.sessions.forget,
        ]
        self._journals: dict[DeskWindow, Journalling] = {}
        self._folders = folders

    def join(self, window: DeskWindow, review: Review) -> None:
        """Give a window what keeps its text."""
        journalling = Journalling(window.area, window.filing, self.recovery.writer)
        self._journals[window] = journalling
        window.closed.connect(lambda: self._part(window))
        Outside(
            window,
            self.documents,
            review,
            catalogue=self._catalogue,
            errands=self.errands,
            keep=self._keep_text,
        )
        self.recovery.add_commands(window.commands, window)
        Versions(
            window,
            self.backups,
            catalogue=self._catalogue,
            themes=self._themes,
            errands=self.errands,
            open_window=self._open_window,
        )
        Forgetting(window, journalling, self.traces, self.errands).forgotten.connect(self.forgotten)
        window.commands.separate(Place.FILE, before="close")
        self.sessions.join(window)
        self.follow()

    def follow(self) -> None:
        """Do as the settings say from now on."""
        settings = self._settings()
        for journalling in self._journals.values():
            journalling.set_wanted(not settings.private_mode)
        self.recovery.guarding = not settings.private_mode
        self.sessions.set_wanted(settings.restore_session and not settings.private_mode)

    def files_of_last_time(self) -> tuple[Path, ...]:
        """Return the files that were open when the program last ended, if that is wanted."""
        settings = self._settings()
        return self.sessions.begin(wanted=settings.restore_session and not settings.private_mode)

    def look_after(self, window: DeskWindow) -> None:
        """Offer what a crash left, over `window`, and clear away what nobody needs."""
        self.recovery.look(window)
        self.errands.do(self, self._tidy)

    def _tidy(self) -> None:
        with contextlib.suppress(OSError):
            self.backups.tidy()
        for folder in (self._folders.config, self._folders.data):
            clear_leftovers(folder)

    def close(self) -> None:
        """Write what waits; what is open is still open at the next start."""
        self.sessions.close()
        self.errands.close()
        self.recovery.close()

    def _part(self, window: DeskWindow) -> None:
        self._journals.pop(window).close()

    def _keep_earlier(self, path: Path) -> None:
        settings = self._settings()
        if settings.earlier_versions and not settings.private_mode:
            self.backups.keep(path)

    def _keep_text(self, path: Path, data: bytes) -> None:
        settings = self._settings()
        if settings.earlier_versions and not settings.private_mode:
            self.backups.keep_bytes(path, data)
