"""The model store, put together: catalogue, library, hub and downloads, from plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from penwright.base.errors import HubError, ModelError
from penwright.base.paths import Folders
from penwright.modelstore.downloads import Downloader, Order, Report, State
from penwright.modelstore.entries import Entry, Variant, find_entry
from penwright.modelstore.hub import Hub, endpoint_of
from penwright.modelstore.installed import Installation
from penwright.modelstore.names import check_file, check_repo, shards_of
from penwright.modelstore.network import ConnectionsLog, Network
from penwright.modelstore.progress import Phase, Progress, RateLimit
from penwright.modelstore.records import Record
from penwright.modelstore.tokens import Tokens
from penwright.modelstore.transfer import Transfer


@dataclass(frozen=True)
class Store:
    """Everything about models on one desk."""

    folder: Path
    entries: tuple[Entry, ...]
    installed: Installation
    log: ConnectionsLog
    hub: Hub
    tokens: Tokens
    limit: RateLimit
    downloader: Downloader

    @classmethod
    def open(
        cls,
        folders: Folders,
        entries: Sequence[Entry],
        network_on: Callable[[], bool],
        *,
        endpoint: str | None = None,
        proxy: str | None = None,
        models_folder: str | None = None,
        shared: Sequence[str] = (),
        limit_kb: int = 0,
    ) -> Store:
        """Return the store of these folders and settings; nothing is connected to and nothing is made.

        Raises HubError for an endpoint or a proxy that can't be.
        """
        folder = Path(models_folder).expanduser() if models_folder else folders.data / "models"
        log = ConnectionsLog(folders.log)
        tokens = Tokens()
        hub = Hub(
            Network(network_on, log, proxy), endpoint_of(endpoint), tokens.get, folders.cache / "hub-library"
        )
        limit = RateLimit(limit_kb * 1000)
        return cls(
            folder=folder,
            entries=tuple(entries),
            installed=Installation(folder, [Path(each).expanduser() for each in shared]),
            log=log,
            hub=hub,
            tokens=tokens,
            limit=limit,
            downloader=Downloader(Transfer(hub, limit), folder),
        )

    def order(self, wanted: str, choose: Callable[[Entry], Variant]) -> Order:
        """Return what to fetch for a catalogue id or for REPO/FILE; all parts of a split model.

        choose: which variant of an entry. Raises ModelError (models.unknown) for what is neither, HubError
        for a name that isn't safe.
        """
        entry = find_entry(self.entries, wanted)
        if entry is not None:
            files = choose(entry).files + ((entry.mmproj,) if entry.mmproj else ())
            return Order(entry.id, entry.repo, files, entry.licence or "")
        owner, _, rest = wanted.partition("/")
        name, _, file = rest.partition("/")
        if not (owner and name and file):
            raise ModelError("models.unknown", wanted=wanted)
        repo = check_repo(f"{owner}/{name}")
        return Order(wanted, repo, shards_of(check_file(file)))

    def unfinished(self) -> tuple[Report, ...]:
        """Return the downloads of earlier runs that can be gone on with, as paused ones.

        One that another program is at work on just now is left out.
        """
        parts: dict[Order, list[tuple[Record, int, bool]]] = {}
        for part in self.downloader.unfinished():
            parts.setdefault(self._order_of(part[0]), []).append(part)
        found = []
        for order, known in parts.items():
            if any(busy for _record, _size, busy in known):
                continue
            done = sum(size for _record, size, _busy in known)
            total = sum(record.size for record, _size, _busy in known)
            for file in order.files:
                final = self.downloader.place(order.repo, file)
                if final.is_file():
                    done += final.stat().st_size
                    total += final.stat().st_size
            progress = Progress(Phase.FETCHING, order.files[0], done, total, 0.0, None)
            found.append(Report(order, State.PAUSED, progress))
        return tuple(found)

    def _order_of(self, record: Record) -> Order:
        """Return the order that a part was fetched for: a catalogue entry's, or that of its file alone."""
        for entry in self.entries:
            if entry.repo != record.repo:
                continue
            for variant in entry.variants:
                files = variant.files + ((entry.mmproj,) if entry.mmproj else ())
                # A projector belongs to every variant: it is that one's whose other files came before it.
                before = record.file in variant.files or self._are_there(entry.repo, variant.files)
                if record.file in files and before:
                    return Order(entry.id, entry.repo, files, record.licence)
        name = shards_of(record.file)[0]
        return Order(f"{record.repo}/{name}", record.repo, shards_of(record.file), record.licence)

    def _are_there(self, repo: str, files: Sequence[str]) -> bool:
        return all(self.downloader.place(repo, file).is_file() for file in files)

    def licence(self, order: Order) -> str:
        """Return the licence of a repository as the hub names it; "" where it says none."""
        return self.hub.repository(order.repo).licence

    def is_safe_repo(self, wanted: str) -> bool:
        """Return whether this is written like owner/name."""
        try:
            check_repo(wanted)
        except HubError:
            return False
        return True
