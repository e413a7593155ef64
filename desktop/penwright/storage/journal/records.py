"""A journal's records as bytes: framed, numbered and checksummed, so that damage is seen and stays local.

A record is a head (mark, number, kind, length, checksum of these) and a payload with a checksum of its own.
The mark can't occur within a text (F0 50 is no UTF-8), so after a damaged place the next record is found
again.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from penwright.storage.documents import TextFile

_MARK = b"\xf0PWJ"
_HEAD = struct.Struct("<4sIBI")
_CHECK = struct.Struct("<I")
_EDIT = struct.Struct("<III")
_LONGEST = 1 << 30  # bytes of a payload; a head that says more is damaged


class Kind(IntEnum):
    """What a record is about."""

    ABOUT = 1  # which document this is
    WHOLE = 2  # the whole text, whatever was known before
    AGAIN = 3  # the whole text once more, as the records before give it
    EDIT = 4


@dataclass(frozen=True)
class About:
    """Which document a journal belongs to, and how its file is to be written.

    path: absolute, or None for a text that has no file yet. size, mtime_ns: of the file when it was last read
    or written, or -1 where there was none.
    """

    path: str | None = None
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "\n"
    size: int = -1
    mtime_ns: int = -1


def about_file(file: TextFile | None) -> About:
    """Return what a journal says of the document in `file`."""
    if file is None:
        return About()
    now = file.stamp
    return About(
        path=str(file.path.absolute()),
        encoding=file.encoding,
        bom=file.bom,
        newline=file.newline,
        size=now.size if now else -1,
        mtime_ns=now.mtime_ns if now else -1,
    )


@dataclass(frozen=True)
class Edit:
    """One change: `removed` letters at `position` gave way to `inserted`, and `length` letters are there now.

    Counted in UTF-16 units, as Qt counts.
    """

    position: int
    removed: int
    inserted: str
    length: int


@dataclass(frozen=True)
class Record:
    """A record that was read. sound: whether its payload is as it was written; its head always is."""

    number: int
    kind: Kind
    payload: bytes
    sound: bool = True


def frame(number: int, kind: Kind, payload: bytes) -> bytes:
    """Return the bytes of one record."""
    head = _HEAD.pack(_MARK, number, kind, len(payload))
    return b"".join((head, _CHECK.pack(zlib.crc32(head)), payload, _CHECK.pack(zlib.crc32(payload, number))))


def records(data: bytes) -> Iterator[Record]:
    """Read every record whose head is whole; what lies between them is passed over."""
    offset = data.find(_MARK)
    while offset >= 0:
        start = offset + _HEAD.size + _CHECK.size
        record = _record_at(data, offset, start)
        if record is not None:
            yield record
        after = (
            start + len(record.payload) + _CHECK.size if record is not None and record.sound else offset + 1
        )
        offset = data.find(_MARK, after)


def _record_at(data: bytes, offset: int, start: int) -> Record | None:
    if start > len(data):
        return None
    head = data[offset : offset + _HEAD.size]
    _mark, number, kind, length = _HEAD.unpack(head)
    if _CHECK.unpack_from(data, offset + _HEAD.size)[0] != zlib.crc32(head) or length > _LONGEST:
        return None
    if kind not in Kind._value2member_map_:
        return None  # of a later version
    end = start + length
    if end + _CHECK.size > len(data):
        return Record(number, Kind(kind), b"", sound=False)
    payload = data[start:end]
    sound = _CHECK.unpack_from(data, end)[0] == zlib.crc32(payload, number)
    return Record(number, Kind(kind), payload, sound)


def pack_text(text: str) -> bytes:
    """Return a text as a payload; half a character, as an interrupted paste can leave it, is kept."""
    return text.encode("utf-8", "surrogatepass")


def unpack_text(payload: bytes) -> str:
    """Return the text in a payload. Raises ValueError."""
    return payload.decode("utf-8", "surrogatepass")


def pack_edit(edit: Edit) -> bytes:
    """Return an edit as a payload."""
    return _EDIT.pack(edit.position, edit.removed, edit.length) + pack_text(edit.inserted)


def unpack_edit(payload: bytes) -> Edit:
    """Return the edit in a payload. Raises ValueError."""
    if len(payload) < _EDIT.size:
        raise ValueError("too short")
    position, removed, length = _EDIT.unpack_from(payload)
    return Edit(position, removed, unpack_text(payload[_EDIT.size :]), length)


def pack_about(about: About) -> bytes:
    """Return what a journal is about as a payload."""
    return json.dumps(asdict(about)).encode("ascii")


def unpack_about(payload: bytes) -> About:
    """Return what a journal is about; what this version doesn't know is left out. Raises ValueError."""
    loaded: Any = json.loads(payload)
    if not isinstance(loaded, dict):
        raise ValueError("no object")  # noqa: TRY004 - the file is wrong, not the caller
    known = asdict(About())
    return About(**{name: loaded.get(name, default) for name, default in known.items()})
