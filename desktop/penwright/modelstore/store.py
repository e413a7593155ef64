"""The model store, put together: catalogue, library, hub and downloads, from plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from penwright.base.errors import HubError, ModelError
from penwright.base.paths import Folders
from penwright.modelstore.downloads import Downloader, Order
from penwright.modelstore.entries import Entry, Variant, find_entry
from penwright.modelstore.hub import Hub, endpoint_of
from penwright.modelstore.installed import Installation
from penwright.modelstore.names import check_file, check_repo, shards_of
from penwright.modelstore.network import ConnectionsLog, Network
from penwright.modelstore.progress import RateLimit
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
