"""A GGUF file taken apart so that any part of it can be made wrong, and put together again."""

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


@dataclass
class Value:
    """A key's value. kind: its type, of each element for an array. The elements may be of another type than
    they say; `count` is what the file says, None for the true one."""

    kind: int
    elements: list[Any]
    is_array: bool = False
    count: int | None = None

    def packed(self) -> bytes:
        head = struct.pack("<I", self.kind)
        if self.is_array:
            count = len(self.elements) if self.count is None else self.count
            head = struct.pack("<IIQ", ARRAY, self.kind & 0xFFFFFFFF, count)
        if not self.elements or isinstance(self.elements[0], bytes):
            return head + b"".join(map(text, self.elements))
        layout = SCALARS[self.kind]
        return head + struct.pack(f"<{len(self.elements)}{layout}", *self.elements)


@dataclass
class Tensor:
    """A tensor's info."""

    name: bytes
    shape: list[int]
    kind: int
    offset: int

    def packed(self) -> bytes:
        dimensions = len(self.shape)
        shape = struct.pack(f"<{dimensions}Q", *self.shape)
        return (
            text(self.name)
            + struct.pack("<I", dimensions)
            + shape
            + struct.pack("<IQ", self.kind, self.offset)
        )


@dataclass
class Parts:
    """A file's parts. counts: what it says of the number of tensors and of values, None for the true ones."""

    version: int
    values: list[tuple[bytes, Value]]
    tensors: list[Tensor]
    data: bytearray
    alignment: int = 32
    counts: tuple[int, int] | None = field(default=None)

    def get(self, key: bytes) -> Value:
        return next(value for name, value in self.values if name == key)

    def packed(self) -> bytes:
        tensors, values = self.counts or (len(self.tensors), len(self.values))
        head = b"GGUF" + struct.pack("<IQQ", self.version, tensors, values)
        head += b"".join(text(key) + value.packed() for key, value in self.values)
        head += b"".join(tensor.packed() for tensor in self.tensors)
        return head + bytes(-len(head) % self.alignment) + self.data


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str, count: int = 1) -> list[Any]:
        found = struct.unpack_from(f"<{count}{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{count}{layout}")
        return list(found)

    def text(self) -> bytes:
        (length,) = self.take("Q")
        self.at += length
        return self.data[self.at - length : self.at]

    def value(self) -> Value:
        (kind,) = self.take("I")
        is_array, count = kind == ARRAY, 1
        if is_array:
            (kind,), (count,) = self.take("I"), self.take("Q")
        elements = [self.text() for _ in range(count)] if kind == STRING else self.take(SCALARS[kind], count)
        return Value(kind, elements, is_array)

    def tensor(self) -> Tensor:
        name = self.text()
        shape = self.take("Q", self.take("I")[0])
        return Tensor(name, shape, self.take("I")[0], self.take("Q")[0])


def take_apart(path: Path) -> Parts:
    """Return the parts of a sound file."""
    reader = _Reader(path.read_bytes())
    reader.at = 4
    (version,), (tensors, values) = reader.take("I"), reader.take("Q", 2)
    found = [(reader.text(), reader.value()) for _ in range(values)]
    infos = [reader.tensor() for _ in range(tensors)]
    start = -(-reader.at // 32) * 32
    return Parts(version, found, infos, bytearray(reader.data[start:]))
