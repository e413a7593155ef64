"""Pictures of a document: found on this machine, recognised by their bytes, never fetched from anywhere."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from penwright.base.files import read_bounded

LIMIT_BYTES = 40_000_000  # of one picture
LIMIT_ALL = 400_000_000  # of all pictures of a document together
_DATA = re.compile(r"data:([\w./+-]*)((?:;[\w=.+-]+)*?)(;base64)?,(.*)\Z", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture's bytes. kind: "png", "jpeg", "gif", "webp", "bmp", "tiff" or "svg"."""

    data: bytes
    kind: str

    @property
    def media_type(self) -> str:
        """Return the type as the web names it."""
        return "image/svg+xml" if self.kind == "svg" else f"image/{self.kind}"

    @property
    def suffix(self) -> str:
        """Return the end of a file's name."""
        return {"jpeg": ".jpg", "tiff": ".tif"}.get(self.kind, f".{self.kind}")

    @property
    def name(self) -> str:
        """Return a file's name that no other picture has."""
        return hashlib.sha256(self.data).hexdigest()[:16] + self.suffix


def recognised(data: bytes) -> PictureFile | None:
    """Return the picture in `data`, or None where it is none of a known kind."""
    kinds = (
        ("png", data.startswith(b"\x89PNG\r\n\x1a\n")),
        ("jpeg", data.startswith(b"\xff\xd8\xff")),
        ("gif", data.startswith((b"GIF87a", b"GIF89a"))),
        ("webp", data.startswith(b"RIFF") and data[8:12] == b"WEBP"),
        ("bmp", data.startswith(b"BM")),
        ("tiff", data.startswith((b"II*\0", b"MM\0*"))),
        ("svg", b"<svg" in data[:1000] and b"\0" not in data[:1000]),
    )
    return next((PictureFile(data, kind) for kind, fits in kinds if fits), None)


@dataclass
class Pictures:
    """Finds the pictures that a document names. Not for several threads at once.

    folder: what their names start from; None where the document lies nowhere yet. held: pictures that came
    with the document, by the name they have in it.
    """

    folder: Path | None = None
    held: Mapping[str, PictureFile] = field(default_factory=dict)
    _found: dict[str, PictureFile | None] = field(default_factory=dict)
    _bytes: int = 0

    def find(self, target: str) -> PictureFile | None:
        """Return the picture, or None: not there, no picture, too large, or somewhere on a network."""
        if target in self.held:
            return self.held[target]
        if target not in self._found:
            found = self._look(target)
            self._bytes += len(found.data) if found else 0
            self._found[target] = found if self._bytes <= LIMIT_ALL else None
        return self._found[target]

    def _look(self, target: str) -> PictureFile | None:
        if target[:5].lower() == "data:":
            data = data_of(target)
            return recognised(data) if data is not None and len(data) <= LIMIT_BYTES else None
        path = self._path(target)
        if path is None:
            return None
        try:
            data, _stamp = read_bounded(path, LIMIT_BYTES)
        except OSError:
            return None
        return recognised(data) if len(data) <= LIMIT_BYTES else None

    def _path(self, target: str) -> Path | None:
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        # A name with a host is a place on a network, and looking there would tell that somebody looks.
        if parts.netloc or target.startswith(("//", "\\\\")):
            return None
        if parts.scheme and len(parts.scheme) > 1 and parts.scheme.lower() != "file":
            return None
        is_file = parts.scheme.lower() == "file"
        name = unquote(parts.path if is_file else target.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0])
        if "\0" in name or not name or name.startswith(("//", "\\\\")):
            return None
        if self.folder is None and not Path(name).is_absolute():
            return None
        return (self.folder or Path()) / name


def data_of(address: str) -> bytes | None:
    """Return the bytes that a "data:" address holds, or None where it is broken."""
    found = _DATA.match(address)
    if found is None:
        return None
    if not found[3]:
        return unquote_to_bytes(found[4])
    try:
        return base64.b64decode("".join(found[4].split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def address_of(picture: PictureFile) -> str:
    """Return a "data:" address that holds the picture."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
