"""A rich document, and pictures that are made here."""

import struct
import zlib
from pathlib import Path

import pytest

from penwright.formats.markdown_in import read_markdown
from penwright.formats.model import Document
from penwright.formats.pictures import Pictures

RICH = Path(__file__).with_name("rich.md").read_text("utf-8")
COUNTS = {
    "headings": 4,
    "paragraphs": 20,
    "emphasis": 6,
    "strong": 4,
    "list items": 10,
    "links": 3,
    "images": 1,
    "tables": 1,
    "footnotes": 2,
    "quotes": 2,
    "code blocks": 1,
    "rules": 1,
}


def png(width: int = 3, height: int = 2) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80\x30\x20" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder in which the rich document's picture lies."""
    (tmp_path / "dot.png").write_bytes(png())
    return tmp_path


@pytest.fixture
def pictures(folder: Path) -> Pictures:
    return Pictures(folder)


@pytest.fixture
def rich() -> Document:
    return read_markdown(RICH)


@pytest.fixture
def counts() -> dict[str, int]:
    """Return how many of each element the rich document holds, counted by eye."""
    return dict(COUNTS)
