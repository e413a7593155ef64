"""A llama-server that runs on this machine, asked over one connection that stays open."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

from penwright.base.errors import UsageError
from penwright.cli.measuring.keystrokes import TOKENS
from penwright.engine.messages import Ready

_WAIT = 600.0  # seconds for one answer
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Peer:
    """A llama-server on this machine; `close()` it."""

    def __init__(self, url: str) -> None:
        """Take its address. Raises UsageError for one that is none, or on another machine."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or 8080
        except ValueError as error:
            raise UsageError("bench.peer_address", url=url) from error
        if parts.scheme != "http" or not host or parts.path not in {"", "/"} or parts.query or parts.username:
            raise UsageError("bench.peer_address", url=url)
        if host not in _LOOPBACK:
            raise UsageError("bench.peer_elsewhere", host=host)
        self._url = url
        self._connection = http.client.HTTPConnection(host, port, timeout=_WAIT)

    def _call(self, method: str, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body)
        try:
            try:
                response, answer = self._exchange(method, path, content)
            except (ConnectionError, http.client.BadStatusLine):
                # It closes a connection that was idle for some seconds, as while our engine evaluates a text.
                self._connection.close()
                response, answer = self._exchange(method, path, content)
        except (OSError, http.client.HTTPException) as error:
            raise UsageError("bench.peer_silent", url=self._url, why=str(error)) from error
        if response.status != 200:
            raise UsageError("bench.peer_refuses", url=self._url, why=f"HTTP {response.status}")
        try:
            return json.loads(answer)
        except ValueError as error:
            raise UsageError("bench.peer_refuses", url=self._url, why="no JSON") from error

    def _exchange(
        self, method: str, path: str, content: str | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, path, content, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        return response, response.read()

    def check(self, ready: Ready) -> None:
        """Raise UsageError unless the server has the engine's model."""
        told = self._call("GET", "/v1/models")
        try:
            theirs = told["data"][0]["meta"]
            same = (theirs["n_params"], theirs["n_vocab"]) == (ready.parameters, ready.n_vocab)
        except (LookupError, TypeError) as error:
            raise UsageError("bench.peer_refuses", url=self._url, why="no model") from error
        if not same:
            raise UsageError("bench.peer_model", url=self._url, path=ready.path)

    def complete(self, prompt: str) -> tuple[float, int]:
        """Return the milliseconds of an answer, and how many tokens it has. Raises UsageError."""
        asked = {"prompt": prompt, "n_predict": TOKENS, "temperature": 0, "cache_prompt": True}
        began = time.perf_counter()
        told = self._call("POST", "/completion", asked)
        ms = (time.perf_counter() - began) * 1000
        try:
            return ms, int(told["tokens_predicted"])
        except (LookupError, TypeError, ValueError) as error:
            raise UsageError("bench.peer_refuses", url=self._url, why="no answer") from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
