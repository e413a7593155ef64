"""`penwright models download` and `pause`: progress on a terminal, plain lines in a pipe, Ctrl+C pauses."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from typing import Never, TextIO

from tqdm import tqdm

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError, PenwrightError
from penwright.cli.model_tables import size_text
from penwright.modelstore.downloads import Order
from penwright.modelstore.hub_faults import Transient
from penwright.modelstore.progress import Phase, Progress
from penwright.modelstore.stopping import Stop, Stopped
from penwright.modelstore.store import Store
from penwright.modelstore.transfer import Paused

_LINE_EVERY = 5.0  # seconds between two lines in a pipe
_PAUSE_PATIENCE = 10.0  # seconds that another program is given to pause
_INTERRUPTED = 130  # as a shell counts SIGINT


class Shown:
    """Shows nothing but the last progress; the ones below show more."""

    def __init__(self) -> None:
        self.last: Progress | None = None

    @staticmethod
    def of(stream: TextIO, *, quiet: bool) -> Shown:
        """Return what fits the stream: a bar on a terminal, lines elsewhere."""
        if quiet:
            return Shown()
        return Bar(stream) if stream.isatty() else Lines(stream)

    def say(self, sentence: str) -> None:
        """Say something beside the progress."""

    def told(self, progress: Progress) -> None:
        """Take the next progress."""
        self.last = progress

    def close(self) -> None:
        """End it."""

    @property
    def percent(self) -> int:
        """How far it came."""
        return self.last.done * 100 // self.last.total if self.last and self.last.total else 0


class Lines(Shown):
    """A line now and then, for a pipe or a file."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._at = 0.0
        self._phase: Phase | None = None

    def say(self, sentence: str) -> None:
        """Say something in a line of its own."""
        print(sentence, file=self._stream, flush=True)

    def told(self, progress: Progress) -> None:
        """Write a line for each phase, and every five seconds."""
        super().told(progress)
        now = time.monotonic()
        if not progress.total or (progress.phase is self._phase and now - self._at < _LINE_EVERY):
            return
        self._at, self._phase = now, progress.phase
        amount = f"{size_text(progress.done)} of {size_text(progress.total)}"
        print(
            f"{progress.phase.value} {progress.file} {self.percent} % {amount}", file=self._stream, flush=True
        )


class Bar(Shown):
    """A bar with speed and time left."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._bar: tqdm[Never] | None = None

    def say(self, sentence: str) -> None:
        """Say something above the bar."""
        print(sentence, file=self._stream)

    def told(self, progress: Progress) -> None:
        """Move the bar."""
        super().told(progress)
        if not progress.total:
            return
        if self._bar is None:
            self._bar = tqdm(
                total=progress.total,
                initial=progress.done,
                unit="B",
                unit_scale=True,
                file=self._stream,
                dynamic_ncols=True,
                miniters=1,
            )
        self._bar.set_description(f"{progress.phase.value} {progress.file.rsplit('/', 1)[-1]}", refresh=False)
        self._bar.update(progress.done - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it stands and go to the next line."""
        if self._bar is not None:
            self._bar.close()


def fetch(store: Store, order: Order, catalogue: Catalogue, shown: Shown) -> int:
    """Fetch a model and print where it lies; return the exit code. Raises what keeps it from coming."""
    stop = Stop()
    with _interruptible(stop), contextlib.closing(shown):
        try:
            licence = order.licence or store.licence(order)
            order = Order(order.id, order.repo, order.files, licence)
            told = licence or catalogue.say("models.no_licence")
            shown.say(catalogue.say("models.fetching", name=order.id, repo=order.repo, licence=told))
            shown.say(catalogue.say("models.into", folder=str(store.folder)))
            path = store.downloader.run(order, shown.told, stop)
        except (Stopped, Paused):
            shown.close()
            print(catalogue.say("models.paused", name=order.id, percent=shown.percent), file=sys.stderr)
            return _INTERRUPTED
        except Transient as fault:
            raise fault.error from None
    print(path)
    return 0


@contextlib.contextmanager
def _interruptible(stop: Stop) -> Iterator[None]:
    """Let Ctrl+C, and being ended by the system, pause the download instead of breaking it off."""
    before = {
        number: signal.signal(number, lambda *_: stop.request()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def pause(store: Store, wanted: str | None, catalogue: Catalogue) -> int:
    """Ask the downloads that other programs are at work on to pause; wait until they have."""
    at_work = [record for record, _done, busy in store.downloader.unfinished() if busy]
    if wanted:
        entry_repo = next((entry.repo for entry in store.entries if entry.id == wanted.lower()), None)
        at_work = [
            record
            for record in at_work
            if wanted == f"{record.repo}/{record.file}" or record.repo == entry_repo
        ]
    if not at_work:
        raise ModelError("models.nothing_to_pause")
    failed: PenwrightError | None = None
    for record in at_work:
        part = store.downloader.part(record.repo, record.file)
        part.ask_to_pause()
        until = time.monotonic() + _PAUSE_PATIENCE
        while part.busy() and time.monotonic() < until:
            time.sleep(0.05)
        name = f"{record.repo}/{record.file}"
        if part.busy():
            failed = ModelError("models.does_not_pause", name=name)
        else:
            part.clear_pause()
            print(catalogue.say("models.paused_at", name=name, percent=part.size() * 100 // record.size))
    if failed is not None:
        raise failed
    return 0
