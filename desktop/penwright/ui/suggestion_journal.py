"""The log of suggestions while the program runs: gathered in memory, written by a thread of its own.

No key ever waits for it: a note is a line in a list; the list goes to the disk every few seconds, away from
the window's thread, one piece of work after the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from penwright.base.errors import PenwrightError
from penwright.core.fate import Told
from penwright.core.telling import entry_of
from penwright.storage.suggestion_log import SuggestionLog
from penwright.ui.background import BackgroundWork
from penwright.ui.dialogs.suggestion_log import LogDialog

_EVERY = 2_000  # milliseconds
_MOST = 1_000  # entries that wait; of more, as on a disk that hangs, the oldest are dropped

Entries = list[dict[str, object]]
Job = Callable[[], Entries | None]


class Journal(QObject):
    """Keeps what became of suggestions, while the writer wishes it.

    keeping_chosen(bool): the writer switches it, in the dialog. entries(list): what was read, newest first.
    trouble(PenwrightError): the disk can't.
    """

    keeping_chosen = Signal(bool)
    entries = Signal(object)
    trouble = Signal(object)

    def __init__(
        self,
        log: SuggestionLog,
        clock: Callable[[], datetime] = datetime.now,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._log = log
        self._clock = clock
        self.keeping = False
        self._notes: deque[dict[str, object]] = deque(maxlen=_MOST)
        self._jobs: deque[Job] = deque()
        self._running: BackgroundWork[Entries | None] | None = None
        self._told = False  # a trouble is told once, until the disk can again
        self._timer = QTimer(self, singleShot=True, interval=_EVERY)
        self._timer.timeout.connect(self.write)

    def note(self, told: Told) -> None:
        """Note what became of one answer."""
        if not self.keeping:
            return
        self._notes.append(entry_of(told, self._clock().isoformat(" ", "seconds")))
        if not self._timer.isActive():
            self._timer.start()

    def set_keeping(self, wanted: bool) -> None:
        """Keep a log from now on, or no more; what was kept stays until it is erased."""
        if self.keeping and not wanted:
            self.write()
        self.keeping = wanted

    def write(self) -> None:
        """Bring what waits to the disk."""
        self._timer.stop()
        if self._notes:
            notes, self._notes = list(self._notes), deque(maxlen=_MOST)
            self._do(lambda: self._log.add(notes))

    def read(self) -> None:
        """Tell every entry, those that wait counted in."""
        self.write()
        self._do(self._log.read)

    def erase(self) -> None:
        """Erase all of it, and tell what is left."""
        self._notes.clear()
        self._timer.stop()
        self._do(self._erased)

    def _erased(self) -> Entries:
        self._log.erase()
        return self._log.read()

    def show(self, parent: QWidget) -> LogDialog:
        """Open the dialog with the entries."""
        dialog = LogDialog(keeping=self.keeping, parent=parent)
        dialog.keeping_chosen.connect(self.keeping_chosen)
        dialog.reading_asked.connect(self.read)
        dialog.erasing_asked.connect(self.erase)
        self.entries.connect(dialog.take)
        dialog.show()
        self.read()
        return dialog

    def close(self) -> None:
        """Write what waits, and return when all is done."""
        self.write()
        while self._jobs or self._running is not None:
            if self._running is not None:
                self._running.wait()
                self._running = None
            elif self._jobs:
                try:
                    self._jobs.popleft()()
                except PenwrightError as error:
                    self._tell(error)

    def _do(self, work: Job) -> None:
        """Do one piece of work after the other, so that an erasing comes after the writing before it."""
        self._jobs.append(work)
        if self._running is None:
            self._next()

    def _next(self) -> None:
        if not self._jobs:
            return

        def finish(entries: Entries | None) -> None:
            self._running, self._told = None, False
            if entries is not None:
                self.entries.emit(entries)
            self._next()

        def fail(error: Exception) -> None:
            self._running = None
            self._tell(error)
            self._next()

        work = BackgroundWork(self, self._jobs.popleft())
        self._running = work.success(finish).failure(fail).start()

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, PenwrightError):
            raise error
        if not self._told:
            self._told = True
            self.trouble.emit(error)
