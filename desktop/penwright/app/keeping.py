"""What keeps the writer's texts from the first key on: files, journals, earlier versions, the last places."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from penwright.base.paths import Folders
from penwright.storage.documents import Documents
from penwright.storage.session import SessionFile
from penwright.storage.settings import Settings
from penwright.ui.background import Errands
from penwright.ui.guard import Guard
from penwright.ui.journalling import Journalling
from penwright.ui.session import Sessions
from penwright.ui.window import DeskWindow

if TYPE_CHECKING:
    from penwright.storage.backups import Backups


class Keeping(QObject):
    """What every window has before it can be written in; what brings texts back is in app.returning.

    documents: opens and saves all texts. guard: writes the journals; journals: those of open windows.
    errands: work for pages that may be closed meanwhile.
    """

    def __init__(
        self,
        folders: Folders,
        *,
        settings: Callable[[], Settings],
        windows: Callable[[], Iterable[DeskWindow]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.errands = Errands(self)
        self._folder = folders.data / "earlier"
        self.documents = Documents(keep_earlier=self._keep_earlier)
        self.sessions = Sessions(SessionFile(folders.data), windows, self.errands, self)
        self.guard = Guard(folders.data / "recovery", self)
        self.journals: dict[DeskWindow, Journalling] = {}

    @cached_property
    def backups(self) -> Backups:
        """Return the earlier versions of all texts."""
        from penwright.storage.backups import Backups  # noqa: PLC0415 - wanted with the first save

        return Backups(self._folder)

    def join(self, window: DeskWindow) -> None:
        """Give a window what keeps its text."""
        self.journals[window] = Journalling(window.area, window.filing, self.guard.writer)
        window.closed.connect(lambda: self.journals.pop(window).close())
        self.sessions.join(window)
        self.follow()

    def follow(self) -> None:
        """Do as the settings say from now on."""
        settings = self._settings()
        for journalling in self.journals.values():
            journalling.set_wanted(not settings.private_mode)
        self.guard.guarding = not settings.private_mode
        self.sessions.set_wanted(settings.restore_session and not settings.private_mode)

    def files_of_last_time(self) -> tuple[Path, ...]:
        """Return the files that were open when the program last ended, if that is wanted."""
        settings = self._settings()
        return self.sessions.begin(wanted=settings.restore_session and not settings.private_mode)

    def keep_text(self, path: Path, data: bytes) -> None:
        """Keep this as an earlier version of the text at `path`, if that is wanted."""
        if self._wanted():
            self.backups.keep_bytes(path, data)

    def close(self) -> None:
        """Write what waits; what is open is still open at the next start."""
        self.sessions.close()
        self.errands.close()
        self.guard.close()

    def _keep_earlier(self, path: Path) -> None:
        if self._wanted():
            self.backups.keep(path)

    def _wanted(self) -> bool:
        settings = self._settings()
        return settings.earlier_versions and not settings.private_mode
