"""What other programs see in our files, where they are installed: pandoc counts, LibreOffice hands back."""

import json
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import pytest

from penwright.formats.epub_out import write_epub
from penwright.formats.exporting import Exporter
from penwright.formats.importing import import_file
from penwright.formats.kinds import Kind
from penwright.formats.losses import Losses
from penwright.formats.model import count

PANDOC, OFFICE = shutil.which("pandoc"), shutil.which("soffice")
SEEN = {
    "headings": "Header",
    "emphasis": "Emph",
    "strong": "Strong",
    "links": "Link",
    "images": "Image",
    "tables": "Table",
    "footnotes": "Note",
}


def no_pdf(*_given) -> bytes:
    raise AssertionError("not asked for")


def written(rich, pictures, folder: Path, kind: Kind) -> Path:
    file = folder / f"out{kind.suffix}"
    file.write_bytes(Exporter(no_pdf).export(rich, kind, pictures).data)
    return file


def seen_by_pandoc(file: Path) -> Counter[str]:
    done = subprocess.run(["pandoc", str(file), "-t", "json"], capture_output=True, timeout=60, check=True)
    found: Counter[str] = Counter()

    def look(node: object) -> None:
        if isinstance(node, dict):
            found[str(node.get("t"))] += 1
            if node.get("t") == "BulletList":
                found["items"] += len(node["c"])
            elif node.get("t") == "OrderedList":
                found["items"] += len(node["c"][1])
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                look(each)

    look(json.loads(done.stdout)["blocks"])
    return found


@pytest.mark.skipif(PANDOC is None, reason="pandoc is not installed")
@pytest.mark.parametrize("kind", [Kind.DOCX, Kind.ODT, Kind.MARKDOWN])
def test_pandoc_counts_the_same_elements(rich, counts, pictures, folder, kind):
    seen = seen_by_pandoc(written(rich, pictures, folder, kind))
    assert seen["items"] == counts["list items"]
    for ours, theirs in SEEN.items():
        if (kind, ours) != (Kind.ODT, "emphasis"):  # pandoc takes right-aligned cells for such
            assert seen[theirs] == counts[ours], ours


@pytest.mark.skipif(PANDOC is None, reason="pandoc is not installed")
def test_pandoc_reads_the_book(rich, counts, pictures, folder):
    seen = seen_by_pandoc(written(rich, pictures, folder, Kind.EPUB))
    for ours in ("headings", "emphasis", "strong", "images", "tables"):
        assert seen[SEEN[ours]] == counts[ours], ours


def test_the_book_is_well_formed_and_its_links_lead_somewhere(rich, pictures):
    import io

    with zipfile.ZipFile(io.BytesIO(write_epub(rich, pictures, Losses()))) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert book.read("mimetype") == b"application/epub+zip"
        pages = {
            name: ET.fromstring(book.read(name)) for name in book.namelist() if name.endswith(("html", "opf"))
        }
        listed = {
            item.get("href") for item in pages["book/book.opf"].iter("{http://www.idpf.org/2007/opf}item")
        }
        lying = {name.removeprefix("book/") for name in book.namelist() if name.startswith("book/")}
        assert listed == lying - {"book.opf"}
        ids = {
            (name.removeprefix("book/"), element.get("id"))
            for name, page in pages.items()
            for element in page.iter()
        }
        for name, page in pages.items():
            for link in page.iter("{http://www.w3.org/1999/xhtml}a"):
                file, _, place = (link.get("href") or "").partition("#")
                if ":" not in file:
                    assert (file or name.removeprefix("book/"), place) in ids, link.get("href")
        contents = [
            link.text for link in pages["book/contents.xhtml"].iter("{http://www.w3.org/1999/xhtml}a")
        ]
        assert contents == ["Chapter One", "Lists", "A table", "第二章"]
        assert "book/chapter-2.xhtml" in book.namelist()


def test_python_docx_sees_headings_tables_and_links(rich, counts, pictures, folder):
    document = docx.Document(str(written(rich, pictures, folder, Kind.DOCX)))
    headings = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings == ["Chapter One", "Lists", "A table", "第二章"]
    assert len(document.tables) == counts["tables"]
    assert document.tables[0].cell(2, 2).text == "城南旧事"
    assert len(document.inline_shapes) == counts["images"]
    assert document.core_properties.title == "The Lamp in the Hall: 厅里的灯"


@pytest.mark.soak
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    ("kind", "to"), [(Kind.DOCX, "odt"), (Kind.ODT, "docx"), (Kind.DOCX, "docx"), (Kind.ODT, "odt")]
)
def test_libreoffice_hands_back_the_same_elements(rich, counts, pictures, folder, tmp_path, kind, to):
    file = written(rich, pictures, folder, kind)
    out = tmp_path / "back"
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", "--headless", home, "--convert-to", to, "--outdir", str(out), str(file)]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    seen = count(import_file(out / f"out.{to}").document)
    assert {**seen, "paragraphs": 0} == {**counts, "paragraphs": 0}
