"""What a GGUF file says of itself, read without loading it.

The layout is that of the GGUF specification (ggml-org/ggml, docs/gguf.md): magic, version, counts,
key-values, tensor infos, padding, tensor data; little-endian. Only the header is read, in pieces; no figure
in it is believed before it has been held against the file's size and a bound.
"""

from __future__ import annotations

import errno
import math
import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from penwright.base.errors import ModelError
from penwright.base.files import open_regular, readable_name
from penwright.modelstore.ggml_types import FILE_TYPE_GUESSED, FILE_TYPES, TENSOR_TYPES

_VERSIONS = (2, 3)
_SCALARS = {
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
_STRING, _ARRAY = 8, 9
_WANTED_STRINGS = frozenset(
    {"general.architecture", "general.name", "general.license", "tokenizer.ggml.model"}
)
_CHAT_TEMPLATE = "tokenizer.chat_template"

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


@dataclass(frozen=True)
class GgufHeader:
    """What is known of a model before it is loaded; None for what its file doesn't say.

    version: of the GGUF layout. parameters: weights in this file. context_length: tokens it was trained
    for. quantization: as in "Q4_K_M". licence: an SPDX name mostly. size_bytes: of the file.
    split_count: files that the model is spread over, of which this is one.
    """

    version: int
    architecture: str
    name: str | None
    parameters: int
    context_length: int | None
    quantization: str | None
    tokenizer: str | None
    licence: str | None
    tensor_count: int
    size_bytes: int
    chat_template: bool
    split_count: int


class _Truncated(Exception):  # noqa: N818 - never leaves this module
    """The file ends before its header does."""


class _Broken(Exception):  # noqa: N818 - never leaves this module
    """The header says what can't be."""


class _Cursor:
    """Reads forward through a file in pieces, and never past its end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._piece = b""
        self._at = 0  # in the piece
        self._start = 0  # of the piece in the file

    @property
    def position(self) -> int:
        return self._start + self._at

    @property
    def left(self) -> int:
        return self._size - self.position

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
        if count > self.left:
            raise _Truncated
        self._at += count  # past the piece perhaps; the next refill seeks there

    def _refill(self, count: int) -> None:
        self._start, self._at = self.position, 0
        if self._start > _MAX_HEADER:
            raise _Broken
        self._file.seek(self._start)
        self._piece = self._file.read(count)

    def unpack(self, layout: str) -> int | float:
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
            raise _Broken
        text = self.take(length).decode("utf-8", "replace")
        return "".join(letter for letter in text if letter.isprintable()).strip()


def read_header(path: Path) -> GgufHeader:
    """Return the header of the GGUF file at `path`; at most some megabytes of it are read.

    Raises ModelError: model.missing, model.is_folder, model.not_readable, model.empty, model.not_gguf,
    model.version, model.truncated (also where tensor data would run past the end), model.broken.
    """
    name = readable_name(path)
    try:
        descriptor, status = open_regular(path)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - from a descriptor
            return _read(_Cursor(file, status.st_size), status.st_size, name)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            raise ModelError("model.missing", name=name) from error
        if error.errno == errno.EISDIR:
            raise ModelError("model.is_folder", name=name) from error
        reason = error.strerror or type(error).__name__
        raise ModelError("model.not_readable", name=name, reason=reason) from error
    except _Truncated as error:
        raise ModelError("model.truncated", name=name) from error
    except _Broken as error:
        raise ModelError("model.broken", name=name) from error


def _read(cursor: _Cursor, size: int, name: str) -> GgufHeader:
    if size == 0:
        raise ModelError("model.empty", name=name)
    if size < 4 or cursor.take(4) != b"GGUF":
        raise ModelError("model.not_gguf", name=name)
    version = cursor.number()
    if version not in _VERSIONS:
        raise ModelError("model.version", name=name, version=_version_name(version))
    tensor_count, value_count = cursor.count(), cursor.count()
    if tensor_count > _MAX_TENSORS or value_count > _MAX_KEY_VALUES:
        raise _Broken
    values = _KeyValues(cursor)
    for _ in range(value_count):
        values.read_one()
    architecture = values.text("general.architecture")
    if not architecture:
        raise _Broken
    tensors = _Tensors(cursor)
    for _ in range(tensor_count):
        tensors.read_one()
    tensors.require_data(size, values.integer("general.alignment", 32))
    file_type = values.integer("general.file_type", -1)
    quantization = FILE_TYPES.get(file_type & ~FILE_TYPE_GUESSED) if file_type >= 0 else None
    return GgufHeader(
        version=version,
        architecture=architecture,
        name=values.text("general.name"),
        parameters=tensors.elements.total(),
        context_length=max(0, values.integer(f"{architecture}.context_length", 0)) or None,
        quantization=quantization or tensors.commonest_type(),
        tokenizer=values.text("tokenizer.ggml.model"),
        licence=values.text("general.license"),
        tensor_count=tensor_count,
        size_bytes=size,
        chat_template=values.has_chat_template,
        split_count=max(1, values.integer("split.count", 1)),
    )


def _version_name(version: int) -> str:
    swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
    return f"{swapped}, big-endian" if version > 0xFFFF and swapped <= 0xFF else str(version)


class _KeyValues:
    """The key-value pairs; keeps small scalars and the few strings that are asked for."""

    def __init__(self, cursor: _Cursor) -> None:
        self._cursor = cursor
        self._kept: dict[str, str | int | float] = {}
        self._elements = 0
        self.has_chat_template = False

    def text(self, key: str) -> str | None:
        value = self._kept.get(key)
        return value if isinstance(value, str) and value else None

    def integer(self, key: str, default: int) -> int:
        value = self._kept.get(key, default)
        return value if isinstance(value, int) else default

    def read_one(self) -> None:
        key = self._cursor.string(_MAX_KEY)
        kind = self._cursor.number()
        if kind in _SCALARS:
            self._kept[key] = self._cursor.unpack(_SCALARS[kind])
        elif kind == _STRING and key in _WANTED_STRINGS:
            self._kept[key] = self._cursor.string(_MAX_STRING_VALUE)
        elif kind == _STRING:
            self._cursor.skip(self._cursor.count())
        elif kind == _ARRAY:
            self._skip_array(depth=1)
        else:
            raise _Broken
        if key == _CHAT_TEMPLATE:
            self.has_chat_template = True

    def _skip_array(self, depth: int) -> None:
        cursor = self._cursor
        kind, count = cursor.number(), cursor.count()
        if kind in _SCALARS:
            cursor.skip(count * struct.calcsize(_SCALARS[kind]))
            return
        self._elements += count
        if kind not in {_STRING, _ARRAY} or depth > _MAX_DEPTH:
            raise _Broken
        if count * 8 > cursor.left:
            raise _Truncated
        if self._elements > _MAX_ELEMENTS:
            raise _Broken
        for _ in range(count):
            if kind == _STRING:
                cursor.skip(cursor.count())
            else:
                self._skip_array(depth + 1)


class _Tensors:
    """The tensor infos: how many weights of which type, and where their data lies."""

    def __init__(self, cursor: _Cursor) -> None:
        self._cursor = cursor
        self.elements: Counter[int] = Counter()  # by tensor type
        self._spans: list[tuple[int, int]] = []  # offset and size in bytes, from the start of the data

    def commonest_type(self) -> str | None:
        common = self.elements.most_common(1)
        return TENSOR_TYPES[common[0][0]].name if common and common[0][0] in TENSOR_TYPES else None

    def read_one(self) -> None:
        cursor = self._cursor
        cursor.string(_MAX_NAME)
        dimensions = cursor.number()
        if dimensions > 4:
            raise _Broken
        shape = [cursor.count() for _ in range(dimensions)]
        kind, offset = cursor.number(), cursor.count()
        elements = math.prod(shape)
        self.elements[kind] += elements
        # Of a type that is newer than this table, at least its beginning has to lie in the file.
        size = 0
        if kind in TENSOR_TYPES:
            _name, block, block_bytes = TENSOR_TYPES[kind]
            if (shape[0] if shape else 1) % block:
                raise _Broken
            size = elements // block * block_bytes
        self._spans.append((offset, size))

    def require_data(self, file_size: int, alignment: int) -> None:
        """Raise unless every tensor's data is aligned and lies inside the file."""
        if not 0 < alignment <= _MAX_ALIGNMENT or alignment & (alignment - 1):
            raise _Broken
        start = -(-self._cursor.position // alignment) * alignment
        for offset, size in self._spans:
            if offset % alignment:
                raise _Broken
            if start + offset + size > file_size:
                raise _Truncated
