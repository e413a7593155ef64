"""One file's bytes over HTTP: a connection that can be hung up, with redirects and proxies.

The hub's library answers questions; the bytes come through the standard library, which reads them without
copying (about twice as fast as the library's own client) and whose socket can be shut from another thread.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import ssl
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from penwright.base.errors import HubError
from penwright.modelstore.hub_faults import Transient, way_fault
from penwright.modelstore.network import Network, Origin, origin_of
from penwright.modelstore.stopping import Stop

_REDIRECTS = 5
_REDIRECTED = (301, 302, 303, 307, 308)


@dataclass
class Reply:
    """An answer whose body is still to be read. headers: by names in lower case. origin: who answered."""

    status: int
    headers: Mapping[str, str]
    origin: Origin
    body: http.client.HTTPResponse

    def read(self, count: int) -> bytes:
        """Return what has come, at most `count` bytes; empty at the end. Raises Transient."""
        try:
            return self.body.read1(count)
        except (OSError, http.client.HTTPException) as error:
            raise Transient(way_fault(error, self.origin)) from None


class Connector:
    """Opens connections for files. timeout: seconds without a byte, after which a server counts as silent.

    authorization: the header's value for an origin, or None; asked anew at each redirect, so that a token
    never follows one to another origin.
    """

    def __init__(
        self, network: Network, authorization: Callable[[Origin], str | None], timeout: float = 30.0
    ) -> None:
        self._network = network
        self._authorization = authorization
        self._timeout = timeout
        self._tls: ssl.SSLContext | None = None

    @contextlib.contextmanager
    def get(self, url: str, headers: Mapping[str, str], stop: Stop) -> Iterator[Reply]:
        """Ask for `url` and follow redirects. Raises HubError, Transient, Stopped."""
        for _ in range(_REDIRECTS + 1):
            origin = self._network.admit(url)
            stop.check()
            connection = self._connection(origin)
            try:
                with contextlib.ExitStack() as open_:
                    response = self._send(connection, url, headers, stop, open_)
                    told = {name.lower(): value for name, value in response.getheaders()}
                    if response.status not in _REDIRECTED or "location" not in told:
                        yield Reply(response.status, told, origin, response)
                        return
                self._network.record(origin, 0, str(response.status))
                url = _joined(url, told["location"], origin)
            finally:
                connection.close()
        raise HubError("hub.redirects", host=origin.host)

    def _send(
        self,
        connection: http.client.HTTPConnection,
        url: str,
        headers: Mapping[str, str],
        stop: Stop,
        open_: contextlib.ExitStack,
    ) -> http.client.HTTPResponse:
        origin = origin_of(url)
        sent = {"Accept-Encoding": "identity", "User-Agent": "penwright", "Connection": "close", **headers}
        authorization = self._authorization(origin)
        if authorization is not None:
            sent["Authorization"] = authorization
        parts = urlsplit(url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        proxy = self._proxy(origin)
        if proxy is not None and origin.scheme == "http":
            target = f"{origin}{target}"
            sent.update(_proxy_authorization(proxy))
        try:
            connection.connect()
            open_.enter_context(stop.watching(connection.sock))
            connection.request("GET", target, headers=sent)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            stop.check()
            self._network.record(origin, 0, type(error).__name__)
            raise Transient(way_fault(error, origin)) from None
        except ValueError as error:  # a letter that no address has
            raise HubError("hub.not_a_hub", host=origin.host) from error
        open_.callback(response.close)
        return response

    def _connection(self, origin: Origin) -> http.client.HTTPConnection:
        proxy = self._proxy(origin)
        host, port = origin.host, origin.port
        if proxy is not None:
            parts = urlsplit(proxy)
            if parts.scheme != "http" or not parts.hostname:
                raise HubError("hub.bad_proxy", proxy=parts.hostname or "?")
            host, port = parts.hostname, parts.port or 80
        if origin.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=self._timeout)
        connection = http.client.HTTPSConnection(host, port, timeout=self._timeout, context=self._context())
        if proxy is not None:
            connection.set_tunnel(origin.host, origin.port, headers=_proxy_authorization(proxy))
        return connection

    def _proxy(self, origin: Origin) -> str | None:
        if urllib.request.proxy_bypass(origin.host):
            return None
        return self._network.proxy or urllib.request.getproxies().get(origin.scheme)

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            import httpx2  # noqa: PLC0415 - the same certificates as for the hub's questions

            self._tls = httpx2.create_ssl_context()
        return self._tls


def _joined(url: str, location: str, origin: Origin) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise HubError("hub.not_a_hub", host=origin.host) from error


def _proxy_authorization(proxy: str) -> dict[str, str]:
    parts = urlsplit(proxy)
    if not parts.username:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
