"""What the hub, or the way to it, did wrong, as an error that a person can be told."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping

from penwright.base.errors import HubError, PenwrightError
from penwright.modelstore.network import Origin

_LONGEST = 24 * 3600  # seconds; a Retry-After beyond that is not believed


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Return the seconds that a server asks to wait, or None where it says none, or no number."""
    value = headers.get("retry-after", "").strip()
    return min(int(value), _LONGEST) if value.isascii() and value.isdigit() and len(value) < 9 else None


def refusal(status: int, headers: Mapping[str, str], repo: str, file: str, *, has_token: bool) -> HubError:
    """Return the error for an HTTP status of the hub, or of where it keeps its files.

    headers: by names in lower case. has_token: one was sent.
    """
    code = headers.get("x-error-code", "")
    disabled = "disabled" in headers.get("x-error-message", "").lower()
    name = file or repo
    if code == "GatedRepo":
        return HubError("hub.gated_token" if has_token else "hub.gated", repo=repo)
    if code == "RepoNotFound":
        return HubError("hub.repo_gone", repo=repo)
    if code in {"EntryNotFound", "RevisionNotFound"}:
        return HubError("hub.entry_gone", name=name, repo=repo)
    if disabled or status in {410, 451}:
        return HubError("hub.taken_down", repo=repo)
    match status:
        case 401:
            return HubError("hub.bad_token" if has_token else "hub.repo_gone", repo=repo)
        case 403:
            return HubError("hub.forbidden", repo=repo)
        case 404:
            return HubError("hub.entry_gone", name=name, repo=repo)
        case 429:
            seconds = retry_after(headers)
            return HubError("hub.wait", seconds=seconds) if seconds else HubError("hub.wait_some")
    if status >= 500:
        return HubError("hub.down", status=status)
    return HubError("hub.refused", status=status, name=name)


def way_fault(error: BaseException, origin: Origin) -> HubError:
    """Return the error for a fault of the network on the way to `origin`, from http.client or a socket."""
    host = origin.host
    if isinstance(error, ssl.SSLError):
        return HubError("hub.tls", host=host)
    if isinstance(error, TimeoutError):
        return HubError("hub.silent", host=host)
    if isinstance(error, http.client.HTTPException):
        return HubError("hub.not_a_hub", host=host)
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return HubError("hub.broke_off", host=host)
    return HubError("hub.unreachable", host=host)


class Transient(Exception):  # noqa: N818 - never leaves modelstore
    """Something that may be over soon. wait: seconds that the server asks for, if it does."""

    def __init__(self, error: PenwrightError, wait: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.wait = wait


def is_transient(status: int) -> bool:
    """Return whether it is worth asking again after this status."""
    return status in {408, 429, 500, 502, 503, 504}
