"""The one gate that every connection passes: the switch, the log of connections, origins and proxies."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from penwright.base.errors import HubError
from penwright.base.files import read_bounded
from penwright.modelstore.names import printable

DEFAULT_ENDPOINT = "https://huggingface.co"
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LOG_BYTES = 256 * 1024  # of one file; one older one is kept
_LOG_LIMIT = 2 * _LOG_BYTES


class Origin(NamedTuple):
    """Where a connection goes: who may get a token is told by all three together."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return it as in a browser's line, the usual port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS.get(self.scheme) == self.port
        return f"{self.scheme}://{host}" if usual else f"{self.scheme}://{host}:{self.port}"

    @property
    def may_carry_token(self) -> bool:
        """Whether nobody on the way can read along: it is encrypted, or stays on this machine."""
        return self.scheme == "https" or self.host in _LOOPBACK


def origin_of(url: str) -> Origin:
    """Return where `url` leads. Raises HubError (hub.bad_endpoint) where it is no http or https address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise HubError("hub.bad_endpoint", endpoint=printable(url)) from error
    if not parts.hostname or any(letter.isspace() for letter in parts.hostname):
        raise HubError("hub.bad_endpoint", endpoint=printable(url))
    return Origin(parts.scheme, parts.hostname.lower(), port)


def check_endpoint(endpoint: str) -> str:
    """Return the hub's address without a slash at its end. Raises HubError (hub.bad_endpoint)."""
    endpoint = endpoint.strip().rstrip("/")
    origin_of(endpoint)
    parts = urlsplit(endpoint)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise HubError("hub.bad_endpoint", endpoint=str(origin_of(endpoint)))
    return endpoint


@dataclass(frozen=True)
class Connection:
    """One connection that was made. time: seconds since 1970. size: bytes that came."""

    time: float
    host: str
    why: str
    size: int
    outcome: str


class ConnectionsLog:
    """The list of connections that a person can open: when, where to, why, how many bytes. Bounded.

    It holds no address of a file, no search words and no token.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "connections.jsonl"
        self._lock = threading.Lock()

    def add(self, connection: Connection) -> None:
        """Write one line; a log that can't be written stops nothing."""
        line = json.dumps(connection.__dict__, ensure_ascii=False) + "\n"
        with self._lock, contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and self.path.stat().st_size > _LOG_BYTES:
                self.path.replace(self.path.with_suffix(".1.jsonl"))
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
            self.path.chmod(0o600)

    def entries(self) -> tuple[Connection, ...]:
        """Return what is kept, the oldest first; lines that can't be read are left out."""
        found = []
        for path in (self.path.with_suffix(".1.jsonl"), self.path):
            try:
                data, _stamp = read_bounded(path, _LOG_LIMIT)
            except OSError:
                continue
            for line in data.decode("utf-8", "replace").splitlines():
                with contextlib.suppress(ValueError, TypeError):
                    found.append(Connection(**json.loads(line)))
        return tuple(found)


class Network:
    """The gate. Whoever connects asks `admit` first and tells `record` after.

    allowed: the switch, asked each time, so that turning it off holds at once. proxy: an address to go
    through, or None for what the environment says.
    """

    def __init__(
        self, allowed: Callable[[], bool], log: ConnectionsLog | None = None, proxy: str | None = None
    ) -> None:
        self._allowed = allowed
        self._log = log
        self._purpose = threading.local()
        self.proxy = _check_proxy(proxy)

    def go_through(self, proxy: str | None) -> None:
        """Go through this proxy from now on. Raises HubError (hub.bad_proxy)."""
        self.proxy = _check_proxy(proxy)

    def require(self) -> None:
        """Raise HubError (hub.off) while the switch is off."""
        if not self._allowed():
            raise HubError("hub.off")

    def admit(self, url: str) -> Origin:
        """Return where `url` leads, or raise HubError: nothing may be connected to then."""
        self.require()
        return origin_of(url)

    @contextlib.contextmanager
    def purpose(self, why: str) -> Iterator[None]:
        """Say why this thread connects, for the log."""
        self._purpose.why = why
        try:
            yield
        finally:
            self._purpose.why = ""

    def record(self, origin: Origin, size: int, outcome: str) -> None:
        """Write one connection into the log. outcome: an HTTP status, or a word for what went wrong."""
        if self._log is not None:
            why = getattr(self._purpose, "why", "")
            self._log.add(Connection(round(time.time(), 3), origin.host, why, size, outcome))


def _check_proxy(proxy: str | None) -> str | None:
    if not proxy:
        return None
    parts = urlsplit(proxy)
    if parts.scheme != "http" or not parts.hostname or parts.password:
        # A password would stand in the settings file; the environment may hold one.
        raise HubError("hub.bad_proxy", proxy=printable(parts.hostname or proxy))
    return proxy
