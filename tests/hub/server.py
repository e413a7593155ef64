"""A hub of models on this machine alone: the protocol that Penwright speaks, two origins, and faults.

The first origin (127.0.0.1) answers questions and redirects to the second (localhost, another port), which
has the bytes, as the real one does.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.hub.faults import Fault, Switchboard
from tests.hub.shelves import Shelves

_RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")
_PAGE = 10


@dataclass(frozen=True)
class Asked:
    """One request, as it came. origin: "hub" or "store". target: a whole address where it came by proxy."""

    origin: str
    method: str
    path: str
    range: str | None
    token: str | None
    agent: str
    target: str


class LoopbackHub:
    """Start it in a `with`; `faults` is its switchboard, `asked` what has been asked so far."""

    def __init__(self, root: Path, port: int = 0) -> None:
        self.shelves = Shelves(root)
        self.faults = Switchboard()
        self.asked: list[Asked] = []
        self.stalls = threading.Event()  # set at the end, so that no stalled answer outlives the hub
        self._hub = _server(("127.0.0.1", port), self, "hub")
        self._store = _server(("localhost", 0), self, "store")
        self.endpoint = f"http://127.0.0.1:{self._hub.server_address[1]}"
        self.store = f"http://localhost:{self._store.server_address[1]}"
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            for server in (self._hub, self._store)
        ]

    def __enter__(self) -> LoopbackHub:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stalls.set()
        for server in (self._hub, self._store):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def wait(self) -> None:
        """Serve until interrupted."""
        for thread in self._threads:
            thread.join()


def _server(address: tuple[str, int], hub: LoopbackHub, origin: str) -> ThreadingHTTPServer:
    class Handler(_Handler):
        pass

    Handler.hub, Handler.origin = hub, origin
    server = ThreadingHTTPServer(address, Handler)
    server.daemon_threads = True
    server.block_on_close = True
    server.handle_error = lambda *_: None  # whoever asked has hung up
    return server


class _Handler(BaseHTTPRequestHandler):
    hub: LoopbackHub
    origin: str
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        self.hub.asked.append(
            Asked(
                self.origin,
                self.command,
                path,
                self.headers.get("Range"),
                self.headers.get("Authorization"),
                self.headers.get("User-Agent", ""),
                self.path,
            )
        )
        if path.startswith("/api/"):
            where = "api"
        elif path.startswith("/blob/"):
            where = "blob"
        else:
            where = "head" if self.command == "HEAD" else "resolve"
        faults = self.hub.faults.strike(where)
        if self._failed(faults):
            return
        if where == "api":
            self._api(path, parse_qs(parts.query), faults)
        elif where == "blob" and (self.origin == "store" or parts.netloc):  # as a proxy for itself too
            self._blob(path.removeprefix("/blob/"), faults)
        else:
            self._resolve(path, faults)

    def _failed(self, faults: dict[str, Fault]) -> bool:
        if "status" in faults:
            fault = faults["status"]
            self._reply(int(fault.value), b"a fault of the switchboard", fault.headers)
        elif "loop" in faults:
            self._reply(302, b"", {"Location": self.path})
        elif "elsewhere" in faults:
            self._reply(302, b"", {"Location": str(faults["elsewhere"].value)})
        elif "html" in faults:
            page = b"<!doctype html><title>Log in</title>" + b"<p>Wi-Fi</p>" * 50
            self._reply(200, page, {"Content-Type": "text/html; charset=utf-8"})
        else:
            return False
        return True

    def _token(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _may(self, repo: str) -> bool:
        """Answer and return False where the repository is not for whoever asks."""
        shelves = self.hub.shelves
        if not shelves.exists(repo):
            self._reply(404, b"Repository not found", {"X-Error-Code": "RepoNotFound"})
            return False
        note = shelves.note(repo)
        if note.get("disabled"):
            message = "Access to this resource is disabled."
            self._reply(403, message.encode(), {"X-Error-Message": message})
            return False
        if note.get("gated") and self._token() != note["gated"]:
            self._reply(
                403 if self._token() else 401,
                b"Access to this repository is restricted",
                {"X-Error-Code": "GatedRepo"},
            )
            return False
        return True

    def _resolve(self, path: str, faults: dict[str, Fault]) -> None:
        match = _RESOLVE.fullmatch(path)
        if match is None:
            self._reply(404, b"Not found", {})
            return
        repo, file = match["repo"], match["file"]
        if not self._may(repo):
            return
        shelves = self.hub.shelves
        found = shelves.files(repo).get(file)
        if found is None:
            self._reply(404, b"Entry not found", {"X-Error-Code": "EntryNotFound"})
            return
        commit = shelves.commit(repo)
        if match["revision"] not in ("main", commit):
            self._reply(404, b"Revision not found", {"X-Error-Code": "RevisionNotFound"})
            return
        sha256 = shelves.sha256(found)
        headers = {"Location": f"{self.hub.store}/blob/{sha256}"}
        if "plain" not in faults:
            etag = sha256 if "no_hash" not in faults else "d" * 40
            headers |= {
                "X-Repo-Commit": commit,
                "X-Linked-Etag": f'"{etag}"',
                "X-Linked-Size": str(found.stat().st_size),
            }
        self._reply(302, b"", headers)

    def _blob(self, sha256: str, faults: dict[str, Fault]) -> None:
        path = self.hub.shelves.blob(sha256)
        if path is None:
            self._reply(404, b"gone", {})
            return
        size = path.stat().st_size
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if wanted and "no_range" not in faults:
            start = int(wanted[1])
            if start >= size:
                self._reply(416, b"", {"Content-Range": f"bytes */{size}"})
                return
        shorter = int(faults["short"].value) if "short" in faults else 0
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size - start - shorter),
            "ETag": f'"{sha256}"',
            "Accept-Ranges": "bytes",
        }
        if start:
            headers["Content-Range"] = f"bytes {start}-{size - shorter - 1}/{size - shorter}"
        self._head(206 if start else 200, headers)
        if self.command == "GET":
            self._send_file(path, start, size - shorter, faults)

    def _send_file(self, path: Path, start: int, end: int, faults: dict[str, Fault]) -> None:
        breaking = next((faults[kind] for kind in ("drop", "reset", "stall") if kind in faults), None)
        # Where it breaks is told of the whole file, so that a resumed one breaks further on or not at all.
        until = max(start, int(end * float(breaking.value))) if breaking else end
        flip = int((end - 1) * float(faults["flip"].value)) if "flip" in faults else -1
        rate = float(faults["slow"].value) if "slow" in faults else 0.0
        self.wfile.flush()
        with path.open("rb") as file:
            if not rate and flip < 0:
                if until > start:
                    self.connection.settimeout(None)
                    self.connection.sendfile(file, start, until - start)
            else:
                self._send_pieces(file, start, until, flip, rate)
        if breaking is not None and until < end:
            self._break(breaking.kind)

    def _send_pieces(self, file: Any, start: int, until: int, flip: int, rate: float) -> None:
        file.seek(start)
        at = start
        piece = max(1, min(65_536, int(rate / 20))) if rate else 65_536
        while at < until and not self.hub.stalls.is_set():
            data = bytearray(file.read(min(piece, until - at)))
            if at <= flip < at + len(data):
                data[flip - at] ^= 0x55
            self.connection.sendall(data)
            at += len(data)
            if rate:
                time.sleep(len(data) / rate)

    def _break(self, kind: str) -> None:
        self.close_connection = True
        if kind == "stall":
            self.hub.stalls.wait(60)
        if kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _api(self, path: str, query: dict[str, list[str]], faults: dict[str, Fault]) -> None:
        shelves = self.hub.shelves
        headers = {"Content-Type": "application/json"}
        if path == "/api/models":
            words = query.get("search", [""])[0].lower().split()
            found = [repo for repo in shelves.repositories() if all(word in repo.lower() for word in words)]
            at = int(query.get("cursor", ["0"])[0])
            if at + _PAGE < len(found):
                search = query.get("search", [""])[0]
                url = f"{self.hub.endpoint}/api/models?search={search}&cursor={at + _PAGE}"
                headers["Link"] = f'<{url}>; rel="next"'
            body: object = [shelves.listed(repo) for repo in found[at : at + _PAGE]]
        else:
            repo = path.removeprefix("/api/models/")
            if not shelves.exists(repo) or shelves.note(repo).get("disabled"):
                self._may(repo)
                return
            body = shelves.told(repo)
        data = json.dumps(body).encode()
        self._reply(200, data[: len(data) // 2] if "cut_json" in faults else data, headers)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self._head(status, {"Content-Length": str(len(body)), **headers})
        if self.command != "HEAD":
            self.wfile.write(body)
