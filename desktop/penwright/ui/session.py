"""Where the writer was: the texts that were open come back at the next start, with caret and scroll."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from penwright.storage.session import Place, Session, SessionFile
from penwright.ui.background import Errands
from penwright.ui.window import DeskWindow

_EVERY_MS = 5_000
_CLOSED_MS = 2_000  # a window that closes still counts as open for so long: it may be the program that ends


class Sessions(QObject):
    """Keeps which files are open, and where the caret is in each, as long as that is wanted.

    Nothing is done at a key: the windows are looked at every few seconds, and what changed is written on
    another thread.
    """

    def __init__(
        self,
        file: SessionFile,
        windows: Callable[[], Iterable[DeskWindow]],
        errands: Errands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._file, self._windows, self._errands = file, windows, errands
        self._wanted = False
        self._ending = False
        self._kept = Session()
        self._written = self._kept
        self._writing = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.note)
        self._closed = QTimer(self, singleShot=True, interval=_CLOSED_MS)
        self._closed.timeout.connect(self.note)

    def begin(self, *, wanted: bool) -> tuple[Path, ...]:
        """Read what is kept, and return the files that were open and are there still; none if not wanted."""
        if not wanted:
            return ()
        try:
            self._kept = self._written = self._file.read()
        except OSError:
            return ()  # it is kept anew
        return tuple(path for path in map(Path, self._kept.open) if path.is_file())

    def set_wanted(self, wanted: bool) -> None:
        """Keep it from now on, or delete what is kept."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if wanted:
            self._timer.start()
            return
        self._timer.stop()
        self._closed.stop()
        self._kept = Session()
        self._errands.do(self, self._file.erase, failed=_ignored)

    def join(self, window: DeskWindow) -> None:
        """Follow a window, and put its caret where it was when its file was last open."""
        window.filing.opened.connect(lambda: self._restore(window))
        window.closed.connect(lambda: self._leave(window))
        window.quitting.connect(self._end)

    def forget(self, path: Path) -> None:
        """Drop every trace of a text; it waits for the disk."""
        self._kept = self._kept.without(path)
        if self._wanted:
            self._file.write(self._kept)
        self._written = self._kept

    def note(self) -> None:
        """Look where the windows are, and keep it."""
        if self._ending or not self._wanted:
            return
        windows = list(self._windows())
        if windows:
            places = [place for window in windows if (place := _place(window)) is not None]
            files = [str(path.absolute()) for window in windows if (path := window.filing.place) is not None]
            self._kept = self._kept.with_places(places, files)
        self._write()

    def close(self) -> None:
        """Write what is not written yet, and return when that is done."""
        self._timer.stop()
        self._closed.stop()
        if self._wanted and self._kept != self._written:
            try:
                self._file.write(self._kept)
            except OSError:
                return  # the place in a text is not worth a word
            self._written = self._kept

    def _restore(self, window: DeskWindow) -> None:
        path = window.filing.path
        place = self._kept.place(path) if path is not None else None
        if place is None:
            return
        cursor = window.area.textCursor()
        cursor.setPosition(min(place.caret, window.area.document().characterCount() - 1))
        window.area.go_to(cursor)
        window.area.verticalScrollBar().setValue(place.scroll)

    def _leave(self, window: DeskWindow) -> None:
        place = _place(window)
        if place is not None and self._wanted:
            now_open = dict.fromkeys((*self._kept.open, place.path))
            self._kept = self._kept.with_places([place], now_open)
            self._closed.start()

    def _end(self, ending: bool) -> None:
        if ending:
            self.note()
        self._ending = ending

    def _write(self) -> None:
        if self._writing or self._kept == self._written:
            return
        self._writing = True
        kept = self._kept

        def done(_none: None) -> None:
            self._writing, self._written = False, kept

        def failed(error: Exception) -> None:
            self._writing = False
            _ignored(error)

        self._errands.do(self, lambda: self._file.write(kept), done, failed)


def _place(window: DeskWindow) -> Place | None:
    path = window.filing.path
    if path is None or window.filing.busy:
        return None
    area = window.halves.in_hand
    return Place(str(path.absolute()), area.textCursor().position(), area.verticalScrollBar().value())


def _ignored(error: Exception) -> None:
    """Pass over a disk that can't: where the caret was is not worth a word."""
    if not isinstance(error, OSError):
        raise error
