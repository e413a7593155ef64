"""Models in the window's process: downloads and looks at the disk on other threads, told by signals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from penwright.base.catalogue import Catalogue
from penwright.base.errors import HubError, PenwrightError
from penwright.modelstore.downloads import Order, Queue, Report, State
from penwright.modelstore.fit import Machine, Offer, best_variant, offers, recommend
from penwright.modelstore.hub import PAGE, endpoint_of
from penwright.modelstore.hub_faults import Transient
from penwright.modelstore.installed import Installed
from penwright.modelstore.machine import this_machine
from penwright.modelstore.network import check_endpoint
from penwright.modelstore.repository import Found, Repository
from penwright.modelstore.stopping import Stop, Stopped
from penwright.modelstore.store import Store
from penwright.storage.settings import Settings
from penwright.ui.background import BackgroundWork

T = TypeVar("T")


class ModelDesk(QObject):
    """What the dialog of models asks, and what goes on when it is closed.

    reported: a Report of a download. looked: the installed models, as a tuple. left: Reports of downloads
    of earlier runs, which can be gone on with. searched(tuple, bool): more results, and whether there may be
    others. logged: the connections that were made. working: what takes long, with its progress; "" when it is
    over. trouble: a sentence. line: how the downloads stand, in a few words, or "". gpu_memory: bytes, as the
    engine tells.
    """

    reported = Signal(object)
    looked = Signal(object)
    left = Signal(object)
    searched = Signal(object, bool)
    logged = Signal(object)
    working = Signal(str)
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
        self._asking: list[BackgroundWork[Any]] = []  # those of them that ask the hub
        self._stops: list[Stop] = []
        self._closed = False
        self._pages: Iterator[tuple[Found, ...]] = iter(())
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

    def go_on(self, order: Order) -> None:
        """Go on with a download of this run or of an earlier one."""
        self._queue.add(order)

    def pause(self, wanted: str) -> None:
        """Pause a download; what has come is kept."""
        self._queue.pause(wanted)

    def cancel(self, order: Order) -> None:
        """End a download; what has come is deleted."""
        if any(order.id == each.order.id for each in self.reports()):
            self._queue.cancel(order.id)
        else:
            self._do(lambda: self._store.downloader.discard(order), lambda _done: self.look())

    @property
    def endpoint(self) -> str:
        """The hub that is asked now."""
        return self._store.hub.endpoint

    def follow(self, settings: Settings) -> None:
        """Take the settings of the network. Raises HubError; all stays as it was then."""
        store, wanted = self._store, endpoint_of(settings.hub_endpoint)
        if settings.hub_endpoint:
            check_endpoint(settings.hub_endpoint)  # also where the environment names another
        if (wanted, settings.proxy) != (store.hub.endpoint, store.hub.network.proxy):
            if self.at_work or self._asking:
                raise HubError("hub.under_way")
            store.hub.move(wanted, settings.proxy)
        store.limit.per_second = settings.download_limit * 1000
        if settings.network == "off":
            for report in self.reports():
                if report.state in (State.QUEUED, State.RUNNING):
                    self.pause(report.order.id)

    def keep_token(self, token: str) -> None:
        """Keep a token for the hub in the system's keyring."""
        origin = self._store.hub.origin
        self._do(
            lambda: self._store.tokens.put(origin, token),
            lambda _done: self.trouble.emit(self._catalogue.say("models.token_kept", host=origin.host)),
        )

    def forget_token(self) -> None:
        """Take the token for the hub out of the system's keyring."""
        origin = self._store.hub.origin

        def told(there: bool) -> None:
            key = "models.token_gone" if there else "models.token_none"
            self.trouble.emit(self._catalogue.say(key, host=origin.host))

        self._do(lambda: self._store.tokens.drop(origin), told)

    def look_at_log(self) -> None:
        """Read the log of connections; `logged` tells."""
        self._do(self._store.log.entries, self.logged.emit)

    def look(self) -> None:
        """Look what is installed and what is half fetched; `looked` and `left` tell."""

        def tell(found: tuple[tuple[Installed, ...], tuple[Report, ...]]) -> None:
            self.looked.emit(found[0])
            self.left.emit(found[1])

        self._do(lambda: (self._store.installed.models(), self._store.unfinished()), tell)

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
        self._pages = self._store.hub.search(words)
        self.search_on()

    def search_on(self) -> None:
        """Ask the hub for further results of the last search; `searched` tells them."""
        pages = self._pages

        def tell(found: tuple[Found, ...]) -> None:
            if pages is self._pages:  # else something else is looked for by now
                self.searched.emit(found, len(found) == PAGE)

        self._do(lambda: next(pages, ()), tell, hub=True)

    def open_repository(self, repo: str) -> None:
        """Ask the hub what a repository holds; `opened` tells."""

        def ask() -> Repository:
            return self._store.hub.repository(repo)

        self._do(ask, self.opened.emit, hub=True)

    def verify(self, model: Installed) -> None:
        """Read a model again; what is found is told."""
        name = model.path.name
        told = self._watched(self.tr("Reading {0}: {1} %"), name, model.size, self._stoppable())
        self._do(
            lambda: self._store.installed.verify(model, told),
            lambda digest: self._say("models.known" if model.record else "models.only_read", name, digest),
        )

    def remove(self, model: Installed) -> None:
        """Delete a model of ours, or forget one that is used where it lies."""
        self._do(lambda: self._store.installed.remove(model), lambda _freed: self.look())

    def bring_in(self, paths: Sequence[Path], *, copy: bool) -> None:
        """Take in GGUF files: copied into the models folder, or used where they lie."""
        words = self.tr("Copying {0}: {1} %") if copy else self.tr("Reading {0}: {1} %")

        stop = self._stoppable()

        def work() -> None:
            for path in paths:
                stop.check()  # one stop is for all of them
                size = path.stat().st_size if path.is_file() else 0
                told = self._watched(words, path.name, size, stop)
                self._store.installed.bring_in(path, copy=copy, told=told)

        self._do(work, lambda _done: self.look())

    def stop(self) -> None:
        """Stop copying and reading; nothing half copied stays."""
        for stop in list(self._stops):
            stop.request()

    def _stoppable(self) -> Stop:
        """Return what `stop()` stops."""
        stop = Stop()
        self._stops.append(stop)
        return stop

    def _watched(self, words: str, name: str, total: int, stop: Stop) -> Callable[[int], None]:
        """Return what is told how many bytes are done: it says so in per cent, until it is stopped."""
        said = -1

        def told(done: int) -> None:
            nonlocal said
            stop.check()
            percent = min(100, done * 100 // total) if total else 0
            if percent != said:
                said = percent
                self.working.emit(words.format(name, percent))

        return told

    def close(self) -> None:
        """Pause the downloads and wait for what is under way; nothing is begun any more."""
        self._closed = True
        self.stop()
        self._queue.close()
        for work in self._work:
            work.wait()
        self._store.hub.close()

    def _say(self, key: str, name: str, digest: str) -> None:
        self.trouble.emit(self._catalogue.say(key, name=name, sha256=digest))
        self.look()

    def _do(self, work: Callable[[], T], done: Callable[[T], object], *, hub: bool = False) -> None:
        """Do something on another thread, then `done` on this one. hub: it asks the hub."""
        if self._closed:  # a thread that outlives the desk would end the program
            return
        running: BackgroundWork[T] = BackgroundWork(self, work)
        self._work.append(running)
        if hub:
            self._asking.append(running)

        def over() -> None:
            self._work.remove(running)
            if hub:
                self._asking.remove(running)
            if not self._work:
                self._stops.clear()
                self.working.emit("")

        def finished(result: T) -> None:
            over()
            done(result)

        def failed(error: Exception) -> None:
            over()
            if isinstance(error, Stopped):
                self.trouble.emit(self.tr("Stopped. Nothing was changed."))
                return
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
        if self._closed:
            return
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
