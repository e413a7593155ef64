"""What brings texts back: from crashes, earlier versions and other programs; and what forgets them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.app.keeping import Keeping
from penwright.base.catalogue import Catalogue
from penwright.base.leftovers import clear_leftovers
from penwright.base.paths import Folders
from penwright.ui.commands import Place
from penwright.ui.forgetting import Forgetting
from penwright.ui.outside import Outside
from penwright.ui.recovery import Recovery
from penwright.ui.review import Review
from penwright.ui.theme import Themes
from penwright.ui.versions import Versions
from penwright.ui.window import DeskWindow


class Returning(QObject):
    """Joined to each window over what `keeping` keeps.

    forgotten(): a document was; what is kept without its name goes too.
    traces: what is kept of a document, and goes when it is forgotten; to be added to.
    """

    forgotten = Signal()

    def __init__(
        self,
        keeping: Keeping,
        folders: Folders,
        catalogue: Catalogue,
        themes: Themes,
        *,
        windows: Callable[[], Iterable[DeskWindow]],
        open_window: Callable[[], DeskWindow],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeping, self._folders = keeping, folders
        self._catalogue, self._themes = catalogue, themes
        self._open_window = open_window
        self.recovery = Recovery(
            keeping.guard,
            themes=themes,
            errands=keeping.errands,
            windows=windows,
            open_window=open_window,
            parent=self,
        )
        self.traces: list[Callable[[Path], object]] = [
            keeping.backups.forget,
            self.recovery.forget,
            keeping.sessions.forget,
        ]

    def join(self, window: DeskWindow, review: Review) -> None:
        """Give a window the commands that bring texts back."""
        keeping = self._keeping
        Outside(
            window,
            keeping.documents,
            review,
            catalogue=self._catalogue,
            errands=keeping.errands,
            keep=keeping.keep_text,
        )
        self.recovery.add_commands(window.commands, window)
        Versions(
            window,
            keeping.backups,
            catalogue=self._catalogue,
            themes=self._themes,
            errands=keeping.errands,
            open_window=self._open_window,
        )
        forgetting = Forgetting(window, keeping.journals[window], self.traces, keeping.errands)
        forgetting.forgotten.connect(self.forgotten)
        window.commands.separate(Place.FILE, before="close")

    def look_after(self, window: DeskWindow) -> None:
        """Offer what a crash left, over `window`, and clear away what nobody needs."""
        self.recovery.look(window)
        self._keeping.errands.do(self, self._tidy)

    def _tidy(self) -> None:
        with contextlib.suppress(OSError):
            self._keeping.backups.tidy()
        for folder in (self._folders.config, self._folders.data):
            clear_leftovers(folder)
