"""Which formats there are, and the endings that files in them have."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from penwright.base.errors import DocumentError
from penwright.base.files import readable_name


class Kind(Enum):
    """A format. Its value is its ending, and its name's key in the catalogue, `formats.kind.VALUE`."""

    DOCX = "docx"
    ODT = "odt"
    EPUB = "epub"
    PDF = "pdf"
    HTML = "html"
    TEXT = "txt"
    MARKDOWN = "md"

    @property
    def suffix(self) -> str:
        """Return the end of a file's name."""
        return f".{self.value}"


READ = (Kind.MARKDOWN, Kind.DOCX, Kind.ODT, Kind.HTML, Kind.TEXT)
# What the editor can't show as it lies in the file, so that opening it means importing it.
IMPORTED = (Kind.DOCX, Kind.ODT)
_OTHER_SUFFIXES = {
    ".markdown": Kind.MARKDOWN,
    ".mdown": Kind.MARKDOWN,
    ".text": Kind.TEXT,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".docm": Kind.DOCX,
    ".dotx": Kind.DOCX,
    ".ott": Kind.ODT,
}


def kind_of(path: Path) -> Kind | None:
    """Return the format that a file's name says, or None."""
    suffix = path.suffix.lower()
    return next((kind for kind in Kind if kind.suffix == suffix), _OTHER_SUFFIXES.get(suffix))


def kind_to_read(path: Path) -> Kind:
    """Return the format to read a file as. Raises DocumentError where it is none that is read."""
    kind = kind_of(path)
    if kind not in READ:
        known = ", ".join(one.value for one in READ)
        raise DocumentError("formats.unknown_in", name=readable_name(path), known=known)
    return kind


def kind_to_write(path: Path, wanted: str | None = None) -> Kind:
    """Return the format to write: the wanted one, else as the file is named. Raises DocumentError."""
    kind = kind_of(Path(f"_.{wanted}")) if wanted else kind_of(path)
    if kind is None:
        known = ", ".join(one.value for one in Kind)
        name = wanted or readable_name(path)
        raise DocumentError("formats.unknown_out", name=name, known=known)
    return kind
