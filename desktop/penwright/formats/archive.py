"""Documents that are zip archives, opened so that none can fill the memory or hide entities in its XML."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from xml.parsers import expat

from penwright.base.errors import DocumentError

_MOST_PARTS = 5_000
_LIMIT_PART = 100_000_000  # bytes of one part once it is unpacked
_LIMIT_ALL = 400_000_000  # of all parts together
_LIMIT_XML = 60_000_000  # of one part that is read as XML
_RATIO = 200  # times as large as packed; prose reaches about 20
_RATIO_FROM = 1_000_000  # bytes: smaller parts may be packed as well as they like
_DEEPEST = 400  # elements in one another
_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the frame of old Office files, and of encrypted new ones
_FRAME_NAMES = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))


class _UnsafeError(Exception):
    """A part of an archive declares entities, or lies too deep."""


@dataclass(frozen=True)
class Archive:
    """The parts of an archive by their names, all unpacked and within bounds."""

    parts: Mapping[str, bytes]

    @classmethod
    def of(cls, data: bytes, name: str) -> Archive:
        """Return what the archive in `data` holds.

        name: what sentences call the file. Raises DocumentError.
        """
        if data.startswith(_ENCRYPTED):
            locked = any(mark in data for mark in _FRAME_NAMES)
            raise DocumentError("formats.encrypted" if locked else "formats.old_word", name=name)
        if not data.startswith(b"PK"):
            raise DocumentError("formats.not_archive", name=name)
        try:
            with zipfile.ZipFile(BytesIO(data)) as file:
                return cls(MappingProxyType(_unpacked(file, name)))
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
            EOFError,
            ValueError,
        ) as error:
            raise DocumentError("formats.damaged", name=name) from error
        except Exception as error:
            # zlib, lzma and bz2 have errors of their own
            if isinstance(error, DocumentError):
                raise
            raise DocumentError("formats.damaged", name=name) from error

    def check_xml(self, name: str) -> None:
        """Raise DocumentError where a part of XML declares entities, nests too deep or is no XML.

        Looked at before any other reader: entities can stand for gigabytes, or for files of this machine.
        """
        for part, content in self.parts.items():
            if part.lower().endswith((".xml", ".rels")):
                if len(content) > _LIMIT_XML:
                    raise DocumentError("formats.too_large", name=name)
                try:
                    _check(content)
                except _UnsafeError as error:
                    raise DocumentError("formats.unsafe", name=name) from error
                except expat.ExpatError as error:
                    raise DocumentError("formats.damaged", name=name) from error


def _unpacked(file: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    entries = file.infolist()
    if len(entries) > _MOST_PARTS:
        raise DocumentError("formats.too_large", name=name)
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.flag_bits & 1:
            raise DocumentError("formats.encrypted", name=name)
        # What the archive says of sizes may be untrue; the reading is bounded by itself.
        bound = min(_LIMIT_PART, max(_RATIO_FROM, entry.compress_size * _RATIO), _LIMIT_ALL - total)
        with file.open(entry) as part:
            content = part.read(bound + 1)
        if len(content) > bound:
            raise DocumentError("formats.too_large", name=name)
        total += len(content)
        parts[entry.filename] = content
    return parts


def _check(content: bytes) -> None:
    depth = 0

    def refuse(*_of: object) -> None:
        raise _UnsafeError

    def start(_tag: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _UnsafeError

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(content, True)
