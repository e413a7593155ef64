"""The hub of models: search, what a repository holds, and what a file should be. Through huggingface_hub.

The library is imported when the hub is first asked, never while the network is off, with its telemetry, its
own downloads and its use of other programs' tokens switched off. Its HTTP client is made here: it passes the
gate (`network`), has a time limit, and gives the token to the hub's own origin alone.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from penwright import __version__
from penwright.base.errors import HubError
from penwright.modelstore.hub_faults import Transient, is_transient, refusal, retry_after
from penwright.modelstore.names import check_file, check_repo, printable
from penwright.modelstore.network import DEFAULT_ENDPOINT, Network, Origin, check_endpoint, origin_of
from penwright.modelstore.repository import (
    FileFacts,
    Found,
    Repository,
    found_from,
    is_sha256,
    repository_from,
)

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi

_TIMEOUT = 15.0  # seconds for one answer
_REDIRECTS = 5
# What the library reads when it is imported: no report of who calls, no downloads of its own, no token that
# another program has left, no look for updates.
_SWITCHED = (
    "HF_HUB_DISABLE_TELEMETRY",
    "HF_HUB_DISABLE_XET",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_HUB_DISABLE_PROGRESS_BARS",
    "HF_HUB_DISABLE_UPDATE_CHECK",
)
PAGE = 20  # results of a search that are asked for at once
_MOST = 100  # results of one search; whoever wants more says more words
_ANSWER_BYTES = 32 << 20  # of one JSON answer; the largest repositories have some 2 MB
T = TypeVar("T")


def endpoint_of(setting: str | None) -> str:
    """Return the hub's address: HF_ENDPOINT of the environment, else the setting, else the usual one."""
    return check_endpoint(os.environ.get("HF_ENDPOINT") or setting or DEFAULT_ENDPOINT)


class Hub:
    """A hub at `endpoint`. One at a time in a process: the library keeps one HTTP client for all.

    token: returns the token for an origin, or None. home: a folder of our own for the library's files.
    timeout: seconds for one answer. Methods raise HubError, and Transient for what may be over soon.
    """

    def __init__(
        self,
        network: Network,
        endpoint: str,
        token: Callable[[Origin], str | None],
        home: Path,
        timeout: float = _TIMEOUT,
    ) -> None:
        self.network = network
        self.endpoint = check_endpoint(endpoint)
        self.origin = origin_of(self.endpoint)
        self._token = token
        self._home = home
        self._timeout = timeout
        self._api: HfApi | None = None

    def authorization(self, origin: Origin) -> str | None:
        """Return the header's value for a connection to `origin`: a token for the hub's own origin alone."""
        if origin != self.origin or not origin.may_carry_token:
            return None
        token = self._token(origin)
        return f"Bearer {token}" if token else None

    def search(self, words: str) -> Iterator[tuple[Found, ...]]:
        """Return GGUF repositories that match, in pages of 20, asked for one by one."""
        models = iter(
            self._library().list_models(
                search=words,
                filter="gguf",
                expand=["gguf", "gated", "downloads", "tags"],
                limit=_MOST,
            )
        )

        def page() -> tuple[Found, ...]:
            return tuple(found_from(model) for model in itertools.islice(models, PAGE))

        while found := self._ask(page, "search"):
            yield found

    def repository(self, repo: str) -> Repository:
        """Return what is in a repository: its models by quantization, licence, and whether it is gated."""
        check_repo(repo)
        library = self._library()

        def ask() -> Repository:
            info = library.model_info(repo, files_metadata=True, timeout=self._timeout)
            return repository_from(repo, info)

        return self._ask(ask, "repository", repo)

    def facts(self, repo: str, file: str, revision: str = "main") -> FileFacts:
        """Return what the hub says of a file now: commit, sha256 and size."""
        check_repo(repo)
        check_file(file)
        self._library()
        from huggingface_hub import get_hf_file_metadata, hf_hub_url  # noqa: PLC0415 - after its settings

        url = hf_hub_url(repo, file, revision=revision, endpoint=self.endpoint)
        if not url.startswith(f"{self.endpoint}/"):
            raise HubError("hub.bad_file", name=printable(file))
        told = self._ask(
            lambda: get_hf_file_metadata(
                url,
                token=False,
                timeout=self._timeout,
                library_name="penwright",
                library_version=__version__,
                endpoint=self.endpoint,
                retry_on_errors=False,
            ),
            "file",
            repo,
            file,
        )
        if not told.commit_hash or not told.etag or not told.size or told.size < 0:
            raise HubError("hub.not_a_hub", host=self.origin.host)
        if not is_sha256(told.etag) or len(told.commit_hash) != 40:
            raise HubError("hub.no_hash", name=printable(file))
        return FileFacts(repo, file, told.commit_hash, told.etag, told.size)

    def url(self, facts: FileFacts) -> str:
        """Return where the file's bytes are asked for, at exactly this commit."""
        from huggingface_hub import hf_hub_url  # noqa: PLC0415 - after its settings

        return hf_hub_url(facts.repo, facts.file, revision=facts.revision, endpoint=self.endpoint)

    def move(self, endpoint: str, proxy: str | None) -> None:
        """Ask another hub from now on, or through another proxy; nothing may be under way.

        Raises HubError (hub.bad_endpoint, hub.bad_proxy); all stays as it was then.
        """
        endpoint = check_endpoint(endpoint)
        self.network.go_through(proxy)
        self.close()
        self.endpoint, self.origin, self._api = endpoint, origin_of(endpoint), None

    def close(self) -> None:
        """Close the library's connections."""
        if self._api is not None:
            from huggingface_hub import close_session  # noqa: PLC0415

            close_session()

    def _library(self) -> HfApi:
        """Return the library's client, made at the first use. Raises HubError while the network is off."""
        self.network.require()
        if self._api is None:
            os.environ.update(dict.fromkeys(_SWITCHED, "1"), HF_HOME=str(self._home))
            os.environ["HF_HUB_VERBOSITY"] = "critical"  # what goes wrong is told by ourselves
            from huggingface_hub import HfApi, set_client_factory  # noqa: PLC0415 - after its settings

            set_client_factory(self._client)
            self._api = HfApi(
                endpoint=self.endpoint, token=False, library_name="penwright", library_version=__version__
            )
        return self._api

    def _client(self) -> httpx2.Client:
        import httpx2  # noqa: PLC0415 - only where a connection is wanted
        from huggingface_hub.constants import is_offline_mode  # noqa: PLC0415

        self.network.require()

        def admit(request: httpx2.Request) -> None:
            origin = self.network.admit(str(request.url))
            if is_offline_mode():  # HF_HUB_OFFLINE; the library's own client asks it too
                raise HubError("hub.off_outside")
            request.headers.pop("authorization", None)
            authorization = self.authorization(origin)
            if authorization is not None:
                request.headers["authorization"] = authorization

        def told(response: httpx2.Response) -> None:
            if response.request.method != "HEAD":
                _read_bounded(response)
            size = response.num_bytes_downloaded
            self.network.record(origin_of(str(response.request.url)), size, str(response.status_code))
            if is_transient(response.status_code):
                raise _BusyError(response)

        class Client(httpx2.Client):
            """Tells at once what the library would try again for a minute, where nobody can stop it."""

            def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
                try:
                    return super().send(request, **options)
                except httpx2.ProxyError:
                    raise HubError("hub.proxy") from None
                except (httpx2.TimeoutException, httpx2.RemoteProtocolError, httpx2.NetworkError) as error:
                    origin = origin_of(str(request.url))
                    hub.network.record(origin, 0, type(error).__name__)
                    raise Transient(_way_fault(error, origin.host)) from None

        hub = self
        return Client(
            event_hooks={"request": [admit], "response": [told]},
            follow_redirects=True,
            max_redirects=_REDIRECTS,
            timeout=self._timeout,
            proxy=self.network.proxy,
        )

    def _ask(self, question: Callable[[], T], why: str, repo: str = "", file: str = "") -> T:
        """Put a question to the library and turn what it raises into an error of ours."""
        import httpx2  # noqa: PLC0415
        from huggingface_hub import errors  # noqa: PLC0415

        host = self.origin.host
        with self.network.purpose(why):
            try:
                return question()
            except (HubError, Transient):
                raise
            except _BusyError as busy:
                raise self._refused(busy.response, repo, file) from None
            except errors.HfHubHTTPError as error:
                raise self._refused(error.response, repo, file) from None
            except httpx2.TooManyRedirects:
                raise HubError("hub.redirects", host=host) from None
            except (errors.HFValidationError, errors.FileMetadataError):
                raise HubError("hub.not_a_hub", host=host) from None
            except (ValueError, TypeError, KeyError, AttributeError, httpx2.HTTPError):
                # Not JSON, JSON of another shape, an address that leads nowhere.
                raise HubError("hub.not_a_hub", host=host) from None

    def _refused(self, response: Any, repo: str, file: str) -> Exception:
        headers = {name.lower(): value for name, value in response.headers.items()}
        has_token = self.authorization(self.origin) is not None
        error = refusal(response.status_code, headers, repo, file, has_token=has_token)
        if is_transient(response.status_code):
            return Transient(error, retry_after(headers))
        return error


class _BusyError(Exception):
    """The hub answered with a status after which it is worth asking again."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def _read_bounded(response: httpx2.Response) -> None:
    """Read an answer's body, or raise ValueError where it is larger than any answer of a hub."""
    length = response.headers.get("content-length", "0")
    if length.isdigit() and int(length) > _ANSWER_BYTES:
        raise ValueError("too long an answer")
    response.read()


def _way_fault(error: Exception, host: str) -> HubError:
    import httpx2  # noqa: PLC0415

    if "CERTIFICATE" in str(error).upper() or "SSL" in str(error).upper():
        return HubError("hub.tls", host=host)
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        return HubError("hub.unreachable", host=host)
    if isinstance(error, httpx2.TimeoutException):
        return HubError("hub.silent", host=host)
    return HubError("hub.broke_off", host=host)
