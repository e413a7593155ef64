"""One file from the hub to the disk: resumed where it stopped, hashed as it comes, installed when whole.

What is fetched lies in `NAME.gguf.part` with a record of what it should become. It gets its own name only
when its size and sha256 are the hub's and its header is that of a model; nothing else is ever installed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from penwright.base.errors import DownloadError, HubError, ModelError, PenwrightError
from penwright.base.files import readable_name
from penwright.modelstore.connection import Connector, Reply
from penwright.modelstore.gguf_header import read_header
from penwright.modelstore.hashing import HashingAside, feed, new_digest
from penwright.modelstore.hub_faults import Transient, is_transient, refusal, retry_after
from penwright.modelstore.network import Network, Origin
from penwright.modelstore.part import DiskFault, Part, disk_fault, folder_fault, write_all
from penwright.modelstore.progress import Meter, Phase, RateLimit
from penwright.modelstore.records import Record, write_record
from penwright.modelstore.repository import FileFacts
from penwright.modelstore.stopping import Stop

CHUNK = 256 * 1024  # bytes at a time; what a kill can cost at most
_LOOK_EVERY = 16 << 20  # bytes between two looks at the disk's free space
_PAUSE_EVERY = 0.2  # seconds between two looks for a wish to pause from another program
_BINARY = getattr(os, "O_BINARY", 0)
T = TypeVar("T")


class Source(Protocol):
    """What a transfer asks a hub."""

    network: Network
    endpoint: str

    def facts(self, repo: str, file: str, revision: str = "main") -> FileFacts:
        """Return what the hub says of a file now."""

    def url(self, facts: FileFacts) -> str:
        """Return where its bytes are."""

    def authorization(self, origin: Origin) -> str | None:
        """Return the header for a connection to `origin`."""


@dataclass(frozen=True)
class Patience:
    """How often and how long is waited. Seconds.

    attempts: without a byte in between. first, most: the waits between them, doubled each time.
    longest: a wait that the server asks for; a longer one is told instead. silence: without a byte.
    """

    attempts: int = 5
    first: float = 1.0
    most: float = 16.0
    longest: float = 60.0
    silence: float = 30.0


class Paused(Exception):  # noqa: N818 - no error: it was wanted
    """Another program asked this download to pause."""


class Transfer:
    """Fetches files from one hub. Methods are called from background threads."""

    def __init__(self, source: Source, limit: RateLimit, patience: Patience | None = None) -> None:
        self._source = source
        self._limit = limit
        self._patience = patience or Patience()
        self._connector = Connector(source.network, source.authorization, self._patience.silence)

    def facts(self, repo: str, file: str, stop: Stop) -> FileFacts:
        """Return what the hub says of a file, asked again where it may help. Raises HubError, Stopped."""
        return self._patiently(lambda: stop.await_call(lambda: self._source.facts(repo, file)), stop)

    def fetch(self, facts: FileFacts, part: Part, licence: str, meter: Meter, stop: Stop) -> None:
        """Bring the file to `part.final`, with its record beside it.

        Raises HubError, DownloadError, ModelError; Stopped and Paused. What has come is kept, unless it is
        known to be wrong.
        """
        record = Record(
            facts.repo,
            facts.file,
            facts.revision,
            facts.sha256,
            facts.size,
            0.0,
            0.0,
            licence,
            self._source.endpoint,
        )
        with part.held():
            _Fetching(self, record, part, meter, stop).run()

    def _patiently(self, call: Callable[[], T], stop: Stop, wait: Callable[[], None] = lambda: None) -> T:
        attempt = 0
        while True:
            try:
                return call()
            except Transient as fault:
                stop.check()
                attempt += 1
                if isinstance(fault, _Moved):
                    attempt = 1
                if attempt >= self._patience.attempts or (fault.wait or 0) > self._patience.longest:
                    raise fault.error from None
                wait()
                pause = self._patience.first * 2 ** (attempt - 1)
                stop.wait(max(min(pause, self._patience.most), fault.wait or 0))


class _Moved(Transient):
    """It broke off, but not before some bytes had come."""


class _Fetching:
    """One file's way to the disk."""

    def __init__(self, transfer: Transfer, record: Record, part: Part, meter: Meter, stop: Stop) -> None:
        self._transfer = transfer
        self._record = record
        self._facts = FileFacts(record.repo, record.file, record.revision, record.sha256, record.size)
        self._part = part
        self._meter = meter
        self._stop = stop
        self._digest: HashingAside
        self._have = 0
        self._looked = 0.0
        self._room_looked = 0

    def run(self) -> None:
        """Fetch, check, install."""
        try:
            self._begin()
            with self._open() as descriptor:
                if self._have < self._record.size:
                    self._transfer._patiently(
                        lambda: self._attempt(descriptor),
                        self._stop,
                        lambda: self._meter.enter(Phase.WAITING),
                    )
                self._meter.enter(Phase.VERIFYING)
                self._verify()
                os.fsync(descriptor)
            self._install()
        except DiskFault as fault:
            cause = fault.__cause__
            raise disk_fault(cause, self._part.final) from cause  # type: ignore[arg-type]
        except OSError as error:
            raise folder_fault(error, self._part.final) from error

    def _begin(self) -> None:
        """Go on with what is there, if it is a part of the same file; else begin anew."""
        kept = self._part.record()
        same = kept is not None and (kept.sha256, kept.size) == (self._record.sha256, self._record.size)
        if not same or self._part.size() > self._record.size:
            self._part.discard()
        self._require_room(self._record.size - self._part.size())
        write_record(self._part.path, self._record)

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        """Open the part, hash what it holds, and stand at its end."""
        descriptor = os.open(self._part.path, os.O_RDWR | os.O_CREAT | _BINARY, 0o666)
        try:
            size = os.fstat(descriptor).st_size
            digest = new_digest()
            if size:
                self._meter.enter(Phase.CHECKING)
                with open(descriptor, "rb", buffering=0, closefd=False) as file:
                    self._have = feed(digest, file, size, self._checked)
            self._digest = HashingAside(digest)
            try:
                yield descriptor
            finally:
                self._digest.close()
        finally:
            os.close(descriptor)

    def _checked(self, done: int) -> None:
        self._stop.check()
        self._meter.at(done)

    def _attempt(self, descriptor: int) -> None:
        """Fetch the rest in one connection. Raises Transient where it ends before the file does."""
        before = self._have
        headers = {"Range": f"bytes={before}-"} if before else {}
        network = self._transfer._source.network
        with network.purpose("download"):
            url = self._transfer._source.url(self._facts)
            with self._transfer._connector.get(url, headers, self._stop) as reply:
                came = 0
                try:
                    self._accept(reply, descriptor)
                    self._meter.enter(Phase.FETCHING)
                    while self._have < self._record.size:
                        data = self._read(reply)
                        self._write(descriptor, data)
                        came += len(data)
                except Transient as fault:
                    if came:
                        raise _Moved(fault.error, fault.wait) from None
                    raise
                finally:
                    network.record(reply.origin, came, str(reply.status))

    def _accept(self, reply: Reply, descriptor: int) -> None:
        """Look at an answer before its body is believed."""
        size, have = self._record.size, self._have
        if reply.status == 416:
            # There is nothing after what we have: then the part is none of this file.
            self._restart(descriptor)
            raise Transient(HubError("hub.refused", status=416, name=readable_name(self._part.final)))
        if reply.status not in (200, 206):
            has_token = self._transfer._source.authorization(reply.origin) is not None
            error = refusal(
                reply.status, reply.headers, self._record.repo, self._record.file, has_token=has_token
            )
            if is_transient(reply.status):
                raise Transient(error, retry_after(reply.headers))
            raise error
        if reply.headers.get("content-type", "").lower().startswith("text/html"):
            raise HubError("download.page", host=reply.origin.host)
        if reply.status == 200:
            if have:  # it gives the whole file whatever was asked
                self._restart(descriptor)
            told = reply.headers.get("content-length")
            if told is not None and told != str(size):
                raise self._wrong("download.wrong_size")
        elif reply.headers.get("content-range") != f"bytes {have}-{size - 1}/{size}":
            raise self._wrong("download.wrong_size")

    def _read(self, reply: Reply) -> bytes:
        now = time.monotonic()
        self._stop.check()
        if now - self._looked > _PAUSE_EVERY:
            self._looked = now
            if self._part.pause_asked():
                raise Paused
            self._transfer._source.network.require()  # the switch holds at once
        left = self._record.size - self._have
        data = reply.read(min(CHUNK, left))
        self._stop.check()  # a connection that we hung up ends like one that broke
        if not data:
            raise Transient(HubError("hub.broke_off", host=reply.origin.host))
        return data

    def _write(self, descriptor: int, data: bytes) -> None:
        self._transfer._limit.take(len(data), self._stop)
        write_all(descriptor, data)
        self._digest.update(data)
        self._have += len(data)
        self._meter.at(self._have)
        if self._have - self._room_looked >= _LOOK_EVERY:
            self._room_looked = self._have
            self._require_room(self._record.size - self._have, midway=True)

    def _restart(self, descriptor: int) -> None:
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        self._digest.close()
        self._digest = HashingAside(new_digest())
        self._have = self._room_looked = 0

    def _require_room(self, needed: int, *, midway: bool = False) -> None:
        missing = needed - shutil.disk_usage(self._part.final.parent).free
        if missing > 0:
            name = readable_name(self._part.final)
            if midway:
                raise DownloadError("download.disk_full", name=name)
            raise DownloadError("download.no_space", name=name, needed=-(-missing // 1_000_000))

    def _verify(self) -> None:
        if self._digest.hexdigest() != self._record.sha256:
            raise self._wrong("download.wrong_content")
        try:
            read_header(self._part.path)
        except ModelError as error:
            self._part.discard()
            raise DownloadError("download.no_model", name=readable_name(self._part.final)) from error

    def _wrong(self, key: str) -> PenwrightError:
        """Return the error for a file that is known to be wrong; what came of it is deleted."""
        self._part.discard()
        return DownloadError(key, name=readable_name(self._part.final))

    def _install(self) -> None:
        now = time.time()
        write_record(self._part.final, replace(self._record, since=now, checked=now))
        self._part.path.replace(self._part.final)
        self._part.discard()
        if hasattr(os, "O_DIRECTORY"):
            with contextlib.suppress(OSError):
                folder = os.open(self._part.final.parent, os.O_RDONLY | os.O_DIRECTORY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
