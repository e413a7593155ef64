"""The layout of a GGUF file, walked through without believing it.

It is that of the GGUF specification (ggml-org/ggml, docs/gguf.md): magic, version, counts, key-values,
tensor infos, padding, tensor data; little-endian. Only the header is read, in pieces; no figure in it is
believed before it has been held against the file's size and a bound.
"""

from __future__ import annotations

import errno
import math
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from penwright.base.errors import ModelError
from penwright.base.files import open_regular, readable_name
from penwright.modelstore.ggml_types import TENSOR_TYPES

SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
STRING, ARRAY = 8, 9
_VERSIONS = (2, 3)
_WANTED_STRINGS = frozenset(
    {"general.architecture", "general.name", "general.license", "tokenizer.ggml.model"}
)
_WANTED_ENDING = ".rope.scaling.type"
_LENGTH = struct.Struct("<Q")

# Bounds of what is believed. The largest headers known have some 60 key-values, 2,000 tensors, 260,000 pieces
# and 510,000 merges; ggml itself refuses more than 4 dimensions and names over 63 bytes.
_MAX_KEY_VALUES = 10_000
_MAX_TENSORS = 100_000
_MAX_KEY = 65_535  # bytes, as in the specification
_MAX_NAME = 1_024  # bytes
_MAX_STRING_VALUE = 65_536  # bytes of a string that is kept; others are passed over
_MAX_ELEMENTS = 4_000_000  # strings and arrays inside all arrays together, each of which is a step of a loop
_MAX_DEPTH = 4
_MAX_ALIGNMENT = 1 << 20
_MAX_HEADER = 1 << 28  # bytes; the largest known have some 20 MB
_PIECE = 1 << 18  # bytes read at a time


class _Truncated(Exception):  # noqa: N818 - never leaves this module
    """The file ends before its header does."""


class Broken(Exception):  # noqa: N818 - `opened` makes a ModelError of it
    """The header says what can't be."""


class Cursor:
    """Reads forward through a file in pieces, and never past its end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.size = size
        self._piece = b""
        self._at = 0  # in the piece
        self._start = 0  # of the piece in the file

    @property
    def position(self) -> int:
        """Where in the file the next byte lies."""
        return self._start + self._at

    @property
    def left(self) -> int:
        """How many bytes of the file are left."""
        return self.size - self.position

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes; the caller has bounded them."""
        end = self._at + count
        if end > len(self._piece):
            if count > self.left:
                raise _Truncated
            self._refill(max(count, _PIECE))
            end = count
            if end > len(self._piece):  # the file has shrunk since
                raise _Truncated
        taken = self._piece[self._at : end]
        self._at = end
        return taken

    def skip(self, count: int) -> None:
        """Pass over `count` bytes."""
        if count > self.left:
            raise _Truncated
        self._at += count  # past the piece perhaps; the next refill seeks there

    def skip_strings(self, count: int) -> None:
        """Pass over `count` strings: a loop over lengths, as there may be half a million of them."""
        length_at = _LENGTH.unpack_from
        while count:
            if self._at + 8 > len(self._piece):
                if self.left < 8:
                    raise _Truncated
                self._refill(_PIECE)
            piece, at, last = self._piece, self._at, len(self._piece) - 8
            if at > last:  # the file has shrunk since
                raise _Truncated
            for _ in range(count):
                at += 8 + length_at(piece, at)[0]
                count -= 1
                if at > last:
                    break
            self._at = at
            if self.left < 0:
                raise _Truncated

    def between(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`, which were passed over before."""
        self._file.seek(start)
        found = self._file.read(end - start)
        self._start, self._at, self._piece = end, 0, b""
        if len(found) < end - start:
            raise _Truncated
        return found

    def _refill(self, count: int) -> None:
        self._start, self._at = self.position, 0
        if self._start > _MAX_HEADER:
            raise Broken
        self._file.seek(self._start)
        self._piece = self._file.read(count)

    def unpack(self, layout: str) -> int | float:
        """Return the next scalar."""
        value: int | float = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        return value

    def count(self) -> int:
        """Return the next unsigned 64-bit number."""
        return int.from_bytes(self.take(8), "little")

    def number(self) -> int:
        """Return the next unsigned 32-bit number."""
        return int.from_bytes(self.take(4), "little")

    def string(self, limit: int) -> str:
        """Return the next string, at most `limit` bytes, fit for a screen."""
        length = self.count()
        if length > self.left:
            raise _Truncated
        if length > limit:
            raise Broken
        text = self.take(length).decode("utf-8", "replace")
        return "".join(letter for letter in text if letter.isprintable()).strip()


@contextmanager
def opened(path: Path) -> Iterator[Cursor]:
    """Give a cursor at the beginning of the file at `path`.

    Raises ModelError: model.missing, model.is_folder, model.not_readable; model.truncated and model.broken
    for what the cursor and its readers find while it is open.
    """
    name = readable_name(path)
    try:
        descriptor, status = open_regular(path)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - from a descriptor
            yield Cursor(file, status.st_size)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            raise ModelError("model.missing", name=name) from error
        if error.errno == errno.EISDIR:
            raise ModelError("model.is_folder", name=name) from error
        reason = error.strerror or type(error).__name__
        raise ModelError("model.not_readable", name=name, reason=reason) from error
    except _Truncated as error:
        raise ModelError("model.truncated", name=name) from error
    except Broken as error:
        raise ModelError("model.broken", name=name) from error


@dataclass(frozen=True)
class Layout:
    """What was found between the magic and the tensor data."""

    version: int
    values: KeyValues
    tensors: Tensors
    tensor_count: int


def walk(cursor: Cursor, name: str) -> Layout:
    """Return a file's layout; name: of the file, for sentences.

    Raises ModelError: model.empty, model.not_gguf, model.version; _Truncated and Broken for `opened`.
    """
    if cursor.size == 0:
        raise ModelError("model.empty", name=name)
    if cursor.size < 4 or cursor.take(4) != b"GGUF":
        raise ModelError("model.not_gguf", name=name)
    version = cursor.number()
    if version not in _VERSIONS:
        raise ModelError("model.version", name=name, version=_version_name(version))
    tensor_count, value_count = cursor.count(), cursor.count()
    if tensor_count > _MAX_TENSORS or value_count > _MAX_KEY_VALUES:
        raise Broken
    values = KeyValues(cursor)
    for _ in range(value_count):
        values.read_one()
    tensors = Tensors(cursor)
    for _ in range(tensor_count):
        tensors.read_one()
    tensors.require_data(cursor.size, values.integer("general.alignment", 32))
    return Layout(version, values, tensors, tensor_count)


def _version_name(version: int) -> str:
    swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
    return f"{swapped}, big-endian" if version > 0xFFFF and swapped <= 0xFF else str(version)


@dataclass(frozen=True)
class Span:
    """Where a value lies: the type of its elements, how many, and its bytes from `start` to `end`."""

    kind: int
    count: int
    start: int
    end: int


class KeyValues:
    """The key-value pairs; keeps small scalars, the few strings that are asked for, and where each lies."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._kept: dict[str, str | int | float] = {}
        self._elements = 0
        self.scalars: dict[str, Span] = {}
        self.arrays: dict[str, Span] = {}

    def text(self, key: str) -> str | None:
        """Return a string that was kept and isn't empty."""
        value = self._kept.get(key)
        return value if isinstance(value, str) and value else None

    def integer(self, key: str, default: int) -> int:
        """Return a whole number, or `default` where there is none."""
        value = self._kept.get(key, default)
        return value if isinstance(value, int) else default

    def real(self, key: str, default: float) -> float:
        """Return a number, or `default` where there is none."""
        value = self._kept.get(key, default)
        return default if isinstance(value, str) else float(value)

    def read_one(self) -> None:
        """Read the next pair."""
        cursor = self._cursor
        key = cursor.string(_MAX_KEY)
        kind = cursor.number()
        start = cursor.position
        if kind in SCALARS:
            self._kept[key] = cursor.unpack(SCALARS[kind])
        elif kind == STRING and (key in _WANTED_STRINGS or key.endswith(_WANTED_ENDING)):
            self._kept[key] = cursor.string(_MAX_STRING_VALUE)
        elif kind == STRING:
            cursor.skip(cursor.count())
        elif kind == ARRAY:
            self.arrays[key] = self._pass_array(depth=1)
            return
        else:
            raise Broken
        self.scalars[key] = Span(kind, 1, start, cursor.position)

    def _pass_array(self, depth: int) -> Span:
        cursor = self._cursor
        kind, count = cursor.number(), cursor.count()
        start = cursor.position
        if kind in SCALARS:
            cursor.skip(count * struct.calcsize(SCALARS[kind]))
            return Span(kind, count, start, cursor.position)
        self._elements += count
        if kind not in {STRING, ARRAY} or depth > _MAX_DEPTH:
            raise Broken
        if count * 8 > cursor.left:
            raise _Truncated
        if self._elements > _MAX_ELEMENTS:
            raise Broken
        if kind == STRING:
            cursor.skip_strings(count)
        else:
            for _ in range(count):
                self._pass_array(depth + 1)
        return Span(kind, count, start, cursor.position)


class Tensors:
    """The tensor infos: how many weights of which type, and where their data lies."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.elements: Counter[int] = Counter()  # by tensor type
        self.infos: dict[str, tuple[tuple[int, ...], int]] = {}  # shape and type, by name
        self._spans: list[tuple[int, int]] = []  # offset and size in bytes, from the start of the data

    def commonest_type(self) -> str | None:
        """Return the name of the type that most weights are of."""
        common = self.elements.most_common(1)
        return TENSOR_TYPES[common[0][0]].name if common and common[0][0] in TENSOR_TYPES else None

    def read_one(self) -> None:
        """Read the next tensor's info."""
        cursor = self._cursor
        name = cursor.string(_MAX_NAME)
        dimensions = cursor.number()
        if dimensions > 4:
            raise Broken
        shape = tuple(cursor.count() for _ in range(dimensions))
        kind, offset = cursor.number(), cursor.count()
        self.infos[name] = (shape, kind)
        elements = math.prod(shape)
        self.elements[kind] += elements
        # Of a type that is newer than this table, at least its beginning has to lie in the file.
        size = 0
        if kind in TENSOR_TYPES:
            _name, block, block_bytes = TENSOR_TYPES[kind]
            if (shape[0] if shape else 1) % block:
                raise Broken
            size = elements // block * block_bytes
        self._spans.append((offset, size))

    def require_data(self, file_size: int, alignment: int) -> None:
        """Raise unless every tensor's data is aligned and lies inside the file."""
        if not 0 < alignment <= _MAX_ALIGNMENT or alignment & (alignment - 1):
            raise Broken
        start = -(-self._cursor.position // alignment) * alignment
        for offset, size in self._spans:
            if offset % alignment:
                raise Broken
            if start + offset + size > file_size:
                raise _Truncated
