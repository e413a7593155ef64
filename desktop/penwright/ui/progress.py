"""The words of today and of this sitting, for all windows; written away from the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal

from penwright.base.errors import PenwrightError
from penwright.core.progress import with_words
from penwright.storage.progress import ProgressFile
from penwright.ui.background import BackgroundWork

_EVERY = 20_000  # milliseconds between two writes


class Progress(QObject):
    """Adds up what is written.

    changed(): other figures. trouble(PenwrightError): the disk can't; told once.
    session: words since the program was started. keeping: whether days are counted and
    written to the disk.
    """

    changed = Signal()
    trouble = Signal(object)

    def __init__(
        self, file: ProgressFile, today: Callable[[], date] = date.today, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._today = today
        self.session = 0
        self.keeping = True
        self._days: dict[date, int] = {}
        self._told = self._unsaved = self._erasing = False
        self._running: BackgroundWork[None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=_EVERY)
        self._timer.timeout.connect(self._write)
        self._reading: BackgroundWork[dict[date, int]] | None = (
            BackgroundWork(self, file.load).success(self._take).failure(self._fail).start()
        )

    @property
    def day(self) -> date:
        """The present day."""
        return self._today()

    @property
    def days(self) -> dict[date, int]:
        """The words of each day."""
        return dict(self._days)

    @property
    def today(self) -> int:
        """The words of this day; below 0 when more went than came."""
        return self._days.get(self._today(), 0)

    def add(self, words: int) -> None:
        """Count words that were written, or with a figure below 0 that were taken away."""
        if not words:
            return
        self.session += words
        if self.keeping:
            self._days = with_words(self._days, self._today(), words)
            self._unsaved = True
            if not self._timer.isActive():
                self._timer.start()
        self.changed.emit()

    def erase(self) -> None:
        """Forget every day."""
        self._days = {}
        self._unsaved, self._erasing = False, True
        self._write()
        self.changed.emit()

    def close(self) -> None:
        """Write what waits, and return when that is done."""
        self._timer.stop()
        for work in (self._reading, self._running):
            if work is not None:
                work.wait()
        try:
            if self._erasing:
                self._file.erase()
            if self._unsaved and self.keeping:
                self._file.save(self._days if self._reading is None else self._joined())
        except PenwrightError as error:
            self._tell(error)
        self._unsaved = self._erasing = False

    def _joined(self) -> dict[date, int]:
        """Return the days, with those on the disk that this program has not been told of yet."""
        try:
            kept = self._file.load()
        except PenwrightError:
            kept = {}
        for day, words in self._days.items():
            kept = with_words(kept, day, words)
        return kept

    def _take(self, days: dict[date, int]) -> None:
        """Take what earlier runs have written; words may have been added meanwhile."""
        for day, words in self._days.items():
            days = with_words(days, day, words)
        self._days, self._reading = days, None
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self._reading = None
        self._tell(error)

    def _write(self) -> None:
        if not self._erasing and not (self.keeping and self._unsaved):
            return
        if self._running is not None or self._reading is not None:
            self._timer.start()
            return
        days = dict(self._days)
        work = self._file.erase if self._erasing else lambda: self._file.save(days)
        self._unsaved, self._erasing = self._unsaved and self._erasing, False
        self._running = BackgroundWork(self, work).success(self._written).failure(self._failed).start()

    def _written(self, _nothing: None) -> None:
        self._running, self._told = None, False
        if self._unsaved:
            self._timer.start()

    def _failed(self, error: Exception) -> None:
        self._running, self._unsaved = None, True
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, PenwrightError):
            raise error
        if not self._told:
            self._told = True
            self.trouble.emit(error)
