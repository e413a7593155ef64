"""Models in the window's process: downloads and looks at the disk on other threads, told by signals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.modelstore.downloads import Order, Queue, Report, State
from penwright.modelstore.fit import Machine, Offer, best_variant, offers, recommend
from penwright.modelstore.hub_faults import Transient
from penwright.modelstore.installed import Installed
from penwright.modelstore.machine import this_machine
from penwright.modelstore.repository import Found, Repository
from penwright.modelstore.store import Store
from penwright.ui.background import BackgroundWork

T = TypeVar("T")


class ModelDesk(QObject):
    """What the dialog of models asks, and what goes on when it is closed.

    reported: a Report of a download. looked: the installed models, as a tuple. trouble: a sentence.
    line: how the downloads stand, in a few words, or "". gpu_memory: bytes, as the engine tells.
    """

    reported = Signal(object)
    looked = Signal(object)
    searched = Signal(object)
    opened = Signal(object)
    trouble = Signal(str)
    line = Signal(str)
    _posted = Signal(object)

    def __init__(
        self, store: Store, catalogue: Catalogue, gpu_memory: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._catalogue = catalogue
        self._gpu_memory = gpu_memory
        self._work: list[BackgroundWork[Any]] = []
        self._posted.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self._queue = Queue(store.downloader, self._posted.emit)

    @property
    def folder(self) -> Path:
        """Where models are kept."""
        return self._store.folder

    @property
    def at_work(self) -> bool:
        """Whether something is being fetched."""
        return self._queue.at_work

    @property
    def looking(self) -> bool:
        """Whether something that was asked, of the disk or of the hub, has not been told yet."""
        return bool(self._work)

    def machine(self) -> Machine:
        """Return what this machine has now."""
        return this_machine(self._store.folder, self._gpu_memory())

    def offers(self) -> tuple[Offer, ...]:
        """Return the catalogue, with how each model fits."""
        return offers(self._store.entries, self.machine())

    def reports(self) -> tuple[Report, ...]:
        """Return the downloads of this run."""
        return self._queue.reports()

    def fetch(self, wanted: str, licence: str = "") -> None:
        """Fetch a catalogue entry or REPO/FILE, or go on with it."""
        try:
            machine = self.machine()
            order = self._store.order(wanted, lambda entry: best_variant(entry, machine)[0])
        except PenwrightError as error:
            self.trouble.emit(self._catalogue.sentence(error))
            return
        self._queue.add(Order(order.id, order.repo, order.files, order.licence or licence))

    def pause(self, wanted: str) -> None:
        """Pause a download; what has come is kept."""
        self._queue.pause(wanted)

    def cancel(self, wanted: str) -> None:
        """End a download; what has come is deleted."""
        self._queue.cancel(wanted)

    def look(self) -> None:
        """Look what is installed; `looked` tells."""
        self._do(self._store.installed.models, self.looked.emit)

    def recommend_to_beginners(self, done: Callable[[tuple[Offer, ...]], object]) -> None:
        """Look what fits this machine, for going on and for writing; nothing for who has models already."""

        def look() -> tuple[Offer, ...]:
            if self._store.installed.models() or self._store.downloader.unfinished():
                return ()
            machine = self.machine()
            best = [recommend(self._store.entries, machine, role) for role in ("inline", "writing")]
            return tuple(dict.fromkeys(offer for offer in best if offer is not None))

        self._do(look, done)

    def search(self, words: str) -> None:
        """Ask the hub; `searched` tells the first results."""

        def ask() -> tuple[Found, ...]:
            return next(self._store.hub.search(words), ())

        self._do(ask, self.searched.emit)

    def open_repository(self, repo: str) -> None:
        """Ask the hub what a repository holds; `opened` tells."""

        def ask() -> Repository:
            return self._store.hub.repository(repo)

        self._do(ask, self.opened.emit)

    def verify(self, model: Installed) -> None:
        """Read a model again; what is found is told."""
        name = model.path.name
        self._do(
            lambda: self._store.installed.verify(model),
            lambda digest: self._say("models.known" if model.record else "models.only_read", name, digest),
        )

    def remove(self, model: Installed) -> None:
        """Delete a model of ours, or forget one that is used where it lies."""
        self._do(lambda: self._store.installed.remove(model), lambda _freed: self.look())

    def bring_in(self, path: Path) -> None:
        """Copy a GGUF file into the models folder."""
        self._do(lambda: self._store.installed.bring_in(path, copy=True), lambda _model: self.look())

    def close(self) -> None:
        """Pause the downloads and wait for what is under way."""
        self._queue.close()
        for work in self._work:
            work.wait()
        self._store.hub.close()

    def _say(self, key: str, name: str, digest: str) -> None:
        self.trouble.emit(self._catalogue.say(key, name=name, sha256=digest))
        self.look()

    def _do(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        running: BackgroundWork[T] = BackgroundWork(self, work)
        self._work.append(running)

        def finished(result: T) -> None:
            self._work.remove(running)
            done(result)

        def failed(error: Exception) -> None:
            self._work.remove(running)
            fault = error.error if isinstance(error, Transient) else error
            if not isinstance(fault, PenwrightError):
                raise fault
            self.trouble.emit(self._catalogue.sentence(fault))

        running.success(finished).failure(failed).start()

    def sentence(self, report: Report) -> str:
        """Return how a download stands, in words."""
        percent = report.progress.done * 100 // report.progress.total if report.progress.total else 0
        match report.state:
            case State.QUEUED:
                return self.tr("waits for its turn")
            case State.RUNNING:
                speed = report.progress.speed / 1_000_000
                words = self.tr("{0} %, {1} MB/s").format(percent, self.locale_number(speed))
                if report.progress.left is not None:
                    minutes = max(1, round(report.progress.left / 60))
                    words += self.tr(", about {0} min left").format(minutes)
                return words
            case State.PAUSED:
                return self.tr("paused at {0} %").format(percent)
            case State.DONE:
                return self.tr("installed")
            case State.FAILED:
                return self._catalogue.sentence(report.error) if report.error else self.tr("failed")
        return self.tr("cancelled")

    @staticmethod
    def locale_number(value: float) -> str:
        """Return a speed with one digit after the point."""
        return f"{value:.1f}"

    def _receive(self, report: Report) -> None:
        self.reported.emit(report)
        if report.state is State.DONE:
            self.look()
        running = [each for each in self.reports() if each.state is State.RUNNING]
        if not running:
            self.line.emit(self.tr("model installed") if report.state is State.DONE else "")
            return
        total = sum(each.progress.total for each in running)
        done = sum(each.progress.done for each in running)
        self.line.emit(self.tr("fetching {0} %").format(done * 100 // total if total else 0))
