"""Word documents in: mammoth makes HTML of them by their styles, and that is read like any other HTML."""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

from penwright.base.errors import DocumentError
from penwright.formats.archive import Archive
from penwright.formats.html_in import read_html
from penwright.formats.losses import Losses
from penwright.formats.marks import regrouped
from penwright.formats.model import About, Document, change_document
from penwright.formats.tables import with_sides

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "word/document.xml"
_CORE = "docProps/core.xml"
_NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
}
# Names that Word, LibreOffice, pandoc and this program give their styles.
_STYLES = "\n".join(
    (
        "p[style-name='Title'] => p.title:fresh",
        "p[style-name='Author'] => p.author:fresh",
        "p[style-name='Date'] => p.date:fresh",
        "p[style-name='Quote'] => blockquote > p:fresh",
        "p[style-name='Intense Quote'] => blockquote > p:fresh",
        "p[style-name='Quotations'] => blockquote > p:fresh",
        "p[style-name='Block Text'] => blockquote > p:fresh",
        "p[style-name='Source Code'] => pre:separator('\\n')",
        "p[style-name='Preformatted Text'] => pre:separator('\\n')",
        "p[style-name='HTML Preformatted'] => pre:separator('\\n')",
        "p[style-name='Scene Break'] => p:fresh",
        "r[style-name='Verbatim Char'] => code",
        "r[style-name='Source Text'] => code",
        "r[style-name='HTML Code'] => code",
        "r[style-name='Emphasis'] => em",
        "r[style-name='Subtle Emphasis'] => em",
        "r[style-name='Intense Emphasis'] => em",
        "r[style-name='Strong'] => strong",
        "r[style-name='Strong Emphasis'] => strong",
        "r[style-name='Struck'] => s",
        "b => strong",
        "i => em",
        "strike => s",
        "comment-reference =>",
    )
)


def read_docx(data: bytes, name: str, losses: Losses) -> Document:
    """Return the document; its pictures are "data:" addresses. Raises DocumentError for what is none."""
    archive = Archive.of(data, name)
    if _MAIN not in archive.parts and not any(part.startswith("word/") for part in archive.parts):
        raise DocumentError("formats.not_docx", name=name)
    archive.check_xml(name)
    import mammoth  # noqa: PLC0415 - for this format alone

    try:
        # Packed anew from what was looked at, so that nothing else is read.
        result = mammoth.convert_to_html(
            io.BytesIO(_packed(archive)),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(_source),
            external_file_access=False,
        )
    except Exception as error:  # a broken document may fail it anywhere
        raise DocumentError("formats.damaged", name=name) from error
    told = " ".join(str(message.message) for message in result.messages)
    losses.add("picture_outside", told.count("external file access is disabled"))
    document = read_html(result.value)
    document = change_document(document, regrouped)
    document = with_sides(document, _sides(archive))
    main = archive.parts.get(_MAIN, b"")
    losses.add("change", main.count(b"<w:ins ") + main.count(b"<w:del "))
    losses.add("comment", b"".join(_comments(archive)).count(b"<w:comment "))
    return replace(document, about=_about(archive, document.about))


def _sides(archive: Archive) -> list[tuple[str, ...]]:
    """Return how the columns of each table are aligned, by its first row; mammoth passes over it."""
    root = ET.fromstring(archive.parts.get(_MAIN, b"<none/>"))  # noqa: S314 - Archive.check_xml refused entities
    tables = list(root.iter(f"{_WORD}tbl"))
    inner = {below for table in tables for below in table.iter(f"{_WORD}tbl") if below is not table}
    return [
        tuple(_side(cell) for cell in table.findall(f"./{_WORD}tr[1]/{_WORD}tc"))
        for table in tables
        if table not in inner
    ]


def _side(cell: ET.Element) -> str:
    found = cell.find(f"./{_WORD}p/{_WORD}pPr/{_WORD}jc")
    given = found.get(f"{_WORD}val", "") if found is not None else ""
    return {"start": "left", "end": "right"}.get(given, given if given in {"left", "center", "right"} else "")


def _comments(archive: Archive) -> list[bytes]:
    return [content for part, content in archive.parts.items() if part == "word/comments.xml"]


def _packed(archive: Archive) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as file:
        for part, content in archive.parts.items():
            file.writestr(part, content)
    return stream.getvalue()


def _source(image: object) -> dict[str, str]:
    with image.open() as stream:  # type: ignore[attr-defined] # mammoth has no types
        data = stream.read()
    kind = image.content_type or "application/octet-stream"  # type: ignore[attr-defined]
    return {"src": f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"}


def _about(archive: Archive, seen: About) -> About:
    """Return what the document's properties say of it; its title only where a title stands in its text."""
    core = archive.parts.get(_CORE)
    if core is None:
        return seen
    root = ET.fromstring(core)  # noqa: S314 - Archive.check_xml has refused entities
    author = (root.findtext("dc:creator", "", _NAMES) or "").strip()
    language = (root.findtext("dc:language", "", _NAMES) or "").strip()
    return replace(
        seen,
        author=seen.author or ("" if author == "python-docx" else author),
        language=seen.language or language,
    )
