"""The thread that writes the journals of all documents; nobody who types ever waits for it.

How far it may lag: what it is told is written within GATHER seconds, so that a kill costs no more than that,
and the disk is made to keep it (fsync) within SYNC seconds, so that a power cut costs no more than that;
longer only where the disk itself takes longer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from penwright.storage.journal.journal import Journal
from penwright.storage.journal.records import About, Edit
from penwright.storage.journal.replay import joined

GATHER = 0.2  # seconds
SYNC = 0.6
_AGAIN = 2.0  # seconds between trials on a disk that can't

Job = Callable[[], None]

_log = logging.getLogger(__name__)


class _Line:
    """What is still to be done for one journal, in order."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.jobs: deque[Job] = deque()
        self.edits: list[Edit] = []  # not yet a job
        self.unsynced_since: float | None = None

    def take(self, edit: Edit) -> None:
        last = self.edits[-1] if self.edits else None
        one = joined(last, edit) if last is not None else None
        if one is not None:
            self.edits[-1] = one
        else:
            self.edits.append(edit)

    def seal(self) -> None:
        """Make a job of the edits. From then on they stay as they are: a part of them may be on the disk."""
        if self.edits:
            edits, self.edits = tuple(self.edits), []
            self.jobs.append(lambda: self.journal.add(edits))


class JournalWriter:
    """Takes notes from any thread and writes them on its own.

    trouble: called on that thread with the OSError when the disk begins to refuse, and with None once it
    takes everything again. What it refused is kept and tried again.
    """

    def __init__(
        self,
        folder: Path,
        trouble: Callable[[OSError | None], None] = lambda _error: None,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """folder: where the journals lie, and no other program's do.

        prepare: makes the folder; called on the thread before anything is written, until that succeeds.
        """
        self._folder = folder
        self._prepare: Callable[[], None] | None = prepare
        self._trouble = trouble
        self._notes: deque[tuple[str, Callable[[_Line], None]] | threading.Event] = deque()
        self._noted = threading.Event()  # there are notes
        self._hurry = threading.Event()  # someone waits for them
        self._lines: dict[str, _Line] = {}
        self._failed = False
        self._last: threading.Event | None = None  # who waits for the thread's end
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def begin(self, name: str, about: About, text: str) -> None:
        """Begin the journal `name` with this text."""

        def note(line: _Line) -> None:
            line.jobs.clear()  # a whole text makes what waits needless
            line.edits.clear()
            line.jobs.append(lambda: line.journal.begin(about, text))

        self._note(name, note)

    def tell(self, name: str, about: About) -> None:
        """Note that the document of this journal is another now."""

        def note(line: _Line) -> None:
            line.seal()
            line.jobs.append(lambda: line.journal.tell(about))

        self._note(name, note)

    def add(self, name: str, edit: Edit) -> None:
        """Note a change."""
        self._note(name, lambda line: line.take(edit))

    def end(self, name: str) -> None:
        """Delete the journal: what it held is safe elsewhere, or not wanted."""

        def note(line: _Line) -> None:
            line.jobs.clear()
            line.edits.clear()
            line.jobs.append(line.journal.end)

        self._note(name, note)

    def flush(self, patience: float = 5.0) -> bool:
        """Wait, at most `patience` seconds, until all that was noted is on the disk; return whether it is."""
        done = threading.Event()
        self._wait_for(done)
        return done.wait(patience) and not self._failed

    def close(self, patience: float = 5.0) -> None:
        """Write what waits and end the thread; a disk that hangs is given `patience` seconds."""
        self._last = threading.Event()
        self._wait_for(self._last)
        self._thread.join(patience)

    def _run(self) -> None:
        waiting: threading.Event | None = None
        while waiting is None or waiting is not self._last:
            waiting = self._gather()
            self._write(at_once=waiting is not None)
            if waiting is not None:
                waiting.set()
        for line in self._lines.values():
            line.journal.close()

    def _note(self, name: str, take: Callable[[_Line], None]) -> None:
        self._notes.append((name, take))
        # The thread is woken once in each GATHER, not at each key: waking it would cost the key time.
        if not self._noted.is_set():
            self._noted.set()

    def _wait_for(self, done: threading.Event) -> None:
        self._notes.append(done)
        self._hurry.set()
        self._noted.set()

    def _gather(self) -> threading.Event | None:
        """Take notes when it is time to write them; return who waits for that."""
        if not self._notes:
            self._noted.wait(self._timeout())
        if self._notes:
            self._hurry.wait(_AGAIN if self._failed else GATHER)
        self._hurry.clear()
        self._noted.clear()
        while self._notes:
            note = self._notes.popleft()
            if isinstance(note, threading.Event):
                if self._notes:
                    self._noted.set()
                return note
            name, take = note
            line = self._lines.get(name)
            if line is None:
                line = self._lines[name] = _Line(Journal(self._folder, name))
            take(line)
        return None

    def _timeout(self) -> float | None:
        """Return the seconds after which something is due anyway, or None."""
        if self._failed:
            return _AGAIN
        since = [line.unsynced_since for line in self._lines.values() if line.unsynced_since is not None]
        return max(0.0, min(since) + SYNC - time.monotonic()) if since else None

    def _write(self, *, at_once: bool) -> None:
        trouble: OSError | None = None
        for name, line in list(self._lines.items()):
            try:
                if self._prepare is not None:
                    self._prepare()
                    self._prepare = None
                self._do(line, at_once=at_once)
            except OSError as error:
                trouble = error
            # A mistake of ours must not end the thread: the other journals need it.
            except Exception as error:
                _log.exception("a journal could not be written")
                trouble = OSError(str(error))
            if not line.jobs and line.journal.ended:
                del self._lines[name]
        if (trouble is not None) != self._failed:
            self._failed = trouble is not None
            self._trouble(trouble)

    def _do(self, line: _Line, *, at_once: bool) -> None:
        line.seal()
        while line.jobs:
            line.jobs[0]()
            line.jobs.popleft()
            if line.unsynced_since is None:
                line.unsynced_since = time.monotonic()
        since = line.unsynced_since
        if since is not None and (at_once or time.monotonic() >= since + SYNC):
            line.journal.sync()
            line.unsynced_since = None
        if line.journal.overgrown:
            line.journal.compact()
