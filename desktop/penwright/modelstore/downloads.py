"""Whole models from the hub: all their files, on background threads, in a queue that can be paused."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from penwright.base.errors import DownloadError, PenwrightError
from penwright.base.files import readable_name
from penwright.modelstore.hashing import sha256_of
from penwright.modelstore.names import check_file, check_repo
from penwright.modelstore.part import Part, unfinished
from penwright.modelstore.progress import Meter, Phase, Progress
from penwright.modelstore.records import Record, read_record, write_record
from penwright.modelstore.repository import FileFacts
from penwright.modelstore.stopping import Stop, Stopped
from penwright.modelstore.transfer import Paused, Transfer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What to fetch. id: what it is called. files: all of them, the model's first part first."""

    id: str
    repo: str
    files: tuple[str, ...]
    licence: str = ""


class State(Enum):
    """Where a download stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Report:
    """A download as it stands. error: why it failed; it can be gone on with, as a paused one can."""

    order: Order
    state: State
    progress: Progress
    error: PenwrightError | None = None


class Downloader:
    """Fetches whole models into a models folder, one at a time, in the calling thread."""

    def __init__(self, transfer: Transfer, folder: Path) -> None:
        self._transfer = transfer
        self._folder = folder

    def place(self, repo: str, file: str) -> Path:
        """Return where a file of a repository belongs. Raises HubError for a name that isn't safe."""
        return self._folder.joinpath(*check_repo(repo).split("/"), *check_file(file).split("/"))

    def part(self, repo: str, file: str) -> Part:
        """Return the unfinished part of a file."""
        return Part(self.place(repo, file), self._folder)

    def run(self, order: Order, told: Callable[[Progress], None], stop: Stop) -> Path:
        """Fetch what isn't there yet and return the path of the model's first file.

        Raises what `Transfer.fetch` raises.
        """
        for file in order.files:
            self.place(order.repo, file)
        told(Progress(Phase.ASKING, order.files[0], 0, 0, 0.0, None))
        wanted = [self._transfer.facts(order.repo, file, stop) for file in order.files]
        total = sum(facts.size for facts in wanted)
        meter = Meter(total, told)
        self._require_room(order, wanted)
        done = 0
        for facts in wanted:
            meter.begin(facts.file, done)
            if not self._is_there(facts, order, meter, stop):
                self._transfer.fetch(facts, self.part(facts.repo, facts.file), order.licence, meter, stop)
            done += facts.size
        meter.begin(order.files[0], done)
        meter.enter(Phase.VERIFYING)
        return self.place(order.repo, order.files[0])

    def _require_room(self, order: Order, wanted: list[FileFacts]) -> None:
        """Raise DownloadError where the disk is too small for all files together."""
        needed = 0
        for facts in wanted:
            if not self.place(facts.repo, facts.file).exists():
                needed += max(0, facts.size - self.part(facts.repo, facts.file).size())
        place = next(each for each in (self._folder, *self._folder.parents) if each.exists())
        missing = needed - shutil.disk_usage(place).free
        if missing > 0:
            name = readable_name(Path(order.files[0]))
            raise DownloadError("download.no_space", name=name, needed=-(-missing // 1_000_000))

    def _is_there(self, facts: FileFacts, order: Order, meter: Meter, stop: Stop) -> bool:
        """Return whether exactly this file is installed already; one without a record is hashed."""
        final = self.place(facts.repo, facts.file)
        if not final.is_file() or final.stat().st_size != facts.size:
            return False
        record = read_record(final)
        if record is not None:
            return record.sha256 == facts.sha256
        meter.enter(Phase.CHECKING)

        def hashed(done: int) -> None:
            stop.check()
            meter.at(done)

        digest, size = sha256_of(final, hashed)
        if digest != facts.sha256:
            return False
        found = Record(facts.repo, facts.file, facts.revision, digest, size, licence=order.licence)
        write_record(final, found)
        return True

    def discard(self, order: Order) -> None:
        """Delete what has come of files that aren't whole. Raises DownloadError while they are fetched."""
        for file in order.files:
            part = self.part(order.repo, file)
            with part.held():
                part.discard()
        for folder in (self.place(order.repo, order.files[0]).parent, self._folder / order.repo):
            _remove_if_empty(folder)
            _remove_if_empty(folder.parent)

    def unfinished(self) -> tuple[tuple[Record, int, bool], ...]:
        """Return each part that can be gone on with: its record, its bytes, and whether it is at work."""
        return tuple(
            (record, part.size(), part.busy())
            for part in unfinished(self._folder)
            if (record := part.record()) is not None
        )


def _nobody(_report: Report) -> None:
    """Hear what is told after everybody has left."""


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # there is something in it, or it is gone


class Queue:
    """Downloads on background threads, in the order that they were asked for.

    told: called from those threads with each change. Pausing, cancelling and closing return at once; a
    thread that still waits for the system ends by itself.
    """

    def __init__(self, downloader: Downloader, told: Callable[[Report], None], at_once: int = 2) -> None:
        self._downloader = downloader
        self._told = told
        self._changed = threading.Condition()
        self._reports: dict[str, Report] = {}
        self._stops: dict[str, Stop] = {}
        self._waiting: list[str] = []
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"penwright-download-{number}", daemon=True)
            for number in range(at_once)
        ]
        for thread in self._threads:
            thread.start()

    def reports(self) -> tuple[Report, ...]:
        """Return every download of this run of the program as it stands."""
        with self._changed:
            return tuple(self._reports.values())

    @property
    def at_work(self) -> bool:
        """Whether something is being fetched or waits for its turn: what quitting asks about."""
        return any(report.state in (State.QUEUED, State.RUNNING) for report in self.reports())

    def add(self, order: Order) -> None:
        """Fetch this, or go on with it; one that is in the queue already stays where it is."""
        with self._changed:
            known = self._reports.get(order.id)
            if self._closed or (known is not None and known.state in (State.QUEUED, State.RUNNING)):
                return
            report = Report(order, State.QUEUED, Progress(Phase.ASKING, order.files[0], 0, 0, 0.0, None))
            self._reports[order.id] = report
            self._waiting.append(order.id)
            self._changed.notify()
        self._told(report)

    def pause(self, number: str) -> None:
        """Stop fetching; what has come is kept."""
        self._leave(number, State.PAUSED)

    def cancel(self, number: str) -> None:
        """Stop fetching and delete what has come."""
        self._leave(number, State.CANCELLED)

    def _leave(self, number: str, state: State) -> None:
        with self._changed:
            report = self._reports.get(number)
            if report is None or report.state in (State.DONE, State.CANCELLED):
                return
            running = number in self._stops
            self._reports[number] = report = replace(report, state=state, error=None)
            if number in self._waiting:
                self._waiting.remove(number)
            if running:
                self._stops[number].request()
        if state is State.CANCELLED and not running:
            self._discard(report.order)
        self._told(report)

    def close(self, patience: float = 2.0) -> None:
        """Pause everything and end the threads; wait for them at most `patience` seconds."""
        with self._changed:
            self._closed = True
            self._told = _nobody  # a thread that ends later than we wait has nobody to tell any more
            self._waiting.clear()
            for stop in self._stops.values():
                stop.request()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(patience)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._closed and not self._ready():
                    self._changed.wait()
                if self._closed:
                    return
                number = self._ready()[0]
                self._waiting.remove(number)
                stop = self._stops[number] = Stop()
                report = replace(self._reports[number], state=State.RUNNING)
                self._reports[number] = report
            self._told(report)
            self._run(report.order, stop)

    def _ready(self) -> list[str]:
        # One that was paused and asked for again waits until its thread has let go of the file.
        return [number for number in self._waiting if number not in self._stops]

    def _run(self, order: Order, stop: Stop) -> None:
        state, error = State.DONE, None
        try:
            self._downloader.run(order, lambda progress: self._note(order.id, progress), stop)
        except (Stopped, Paused):
            state = State.PAUSED
        except PenwrightError as fault:
            state, error = State.FAILED, fault
        except Exception as fault:
            _log.exception("a download failed")
            state, error = State.FAILED, DownloadError("download.failed", reason=type(fault).__name__)
        if state is not State.DONE and self._reports[order.id].state is State.CANCELLED:
            state, error = State.CANCELLED, None
            self._discard(order)
        with self._changed:
            del self._stops[order.id]
            asked_again = order.id in self._waiting
            report = replace(self._reports[order.id], state=state, error=error)
            if not asked_again:
                self._reports[order.id] = report
            self._changed.notify_all()
        if not asked_again:
            self._told(report)

    def _discard(self, order: Order) -> None:
        try:
            self._downloader.discard(order)
        except PenwrightError as error:
            _log.warning("what came of a cancelled download stays: %s", error)

    def _note(self, number: str, progress: Progress) -> None:
        with self._changed:
            report = replace(self._reports[number], progress=progress)
            self._reports[number] = report
        if report.state is State.RUNNING:
            self._told(report)
