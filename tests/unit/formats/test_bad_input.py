"""What is broken, hostile or not what its name says: one sentence, nothing fetched, nothing changed."""

import io
import random
import socket
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import DocumentError
from penwright.base.paths import resources
from penwright.cli.main import main
from penwright.formats.docx_out import write_docx
from penwright.formats.importing import import_file
from penwright.formats.losses import Losses
from penwright.formats.markdown_in import read_markdown
from penwright.formats.model import Picture, walk
from penwright.formats.odt_out import write_odt
from penwright.formats.pictures import Pictures

CATALOGUE = Catalogue(resources() / "i18n")
WRITERS = {".docx": write_docx, ".odt": write_odt}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
MAIN = {".docx": "word/document.xml", ".odt": "content.xml"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody look for another machine."""

    def refuse(*_given, **_named):
        raise AssertionError("something asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(params=WRITERS)
def suffix(request) -> str:
    return request.param


@pytest.fixture
def good(suffix, rich, pictures) -> bytes:
    return WRITERS[suffix](rich, pictures, Losses())


def refused(path: Path, data: bytes) -> str:
    """Return the sentence for a file that holds this."""
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        import_file(path)
    assert path.read_bytes() == data
    return CATALOGUE.sentence(caught.value)


def changed(data: bytes, parts: dict[str, bytes | None]) -> bytes:
    """Return an archive with some parts replaced, added, or with None taken out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return stream.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def test_a_bomb_is_not_unpacked(suffix, good, tmp_path):
    bomb = changed(good, {MAIN[suffix]: b"<a>" + b" " * 110_000_000 + b"</a>"})
    assert len(bomb) < 2_000_000
    begun = time.monotonic()
    tracemalloc.start()
    sentence = refused(tmp_path / f"bomb{suffix}", bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "hundreds of megabytes" in sentence
    assert peak < 250_000_000
    assert time.monotonic() - begun < 30


def test_sizes_that_the_archive_lies_about_do_not_help(suffix, good, tmp_path):
    bomb = bytearray(changed(good, {MAIN[suffix]: b"<a>" + b" " * 105_000_000 + b"</a>"}))
    real = struct.pack("<I", 105_000_007)
    while (at := bomb.find(real)) >= 0:
        bomb[at : at + 4] = struct.pack("<I", 1000)
    assert refused(tmp_path / f"liar{suffix}", bytes(bomb))


def test_many_parts_are_refused(suffix, good, tmp_path):
    assert "hundreds" in refused(tmp_path / f"a{suffix}", changed(good, {f"x/{n}": b"" for n in range(6000)}))


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
    ],
)
def test_entities_are_refused(suffix, good, tmp_path, declared):
    content = part(good, MAIN[suffix])
    head, _, rest = content.partition(b"?>")
    sentence = refused(tmp_path / f"a{suffix}", changed(good, {MAIN[suffix]: head + b"?>" + declared + rest}))
    assert "could harm" in sentence


def test_depth_is_refused(suffix, good, tmp_path):
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert "could harm" in refused(tmp_path / f"a{suffix}", changed(good, {MAIN[suffix]: deep}))


def test_broken_archives(suffix, good, tmp_path):
    path = tmp_path / f"a{suffix}"
    archive = b"PK\x05\x06" + bytes(18)  # with nothing in it
    assert "damaged" in refused(path, good[: len(good) // 2])
    assert "damaged" in refused(path, good[:-30])
    assert "not what its name says" in refused(path, b"")
    assert "not what its name says" in refused(path, PNG)
    assert "not what its name says" in refused(path, b"Only words.")
    assert "damaged" in refused(path, changed(good, {MAIN[suffix]: b"<no xml"}))
    assert "not what its name says" in refused(path, changed(archive, {"a.txt": b"words"}))
    assert "before 2007" in refused(path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "password" in refused(
        path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    )


def test_one_for_the_other(rich, pictures, tmp_path):
    assert "no text in the OpenDocument format" in refused(
        tmp_path / "a.odt", write_docx(rich, pictures, Losses())
    )
    assert "no Word document" in refused(tmp_path / "a.docx", write_odt(rich, pictures, Losses()))
    assert "not a plain text" in refused(tmp_path / "a.html", PNG + b"\0" * 50)
    assert "not a plain text" in refused(tmp_path / "a.txt", write_odt(rich, pictures, Losses()))


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:9/a.png", "//example.org/a.png", "../../secret.png", "file:///etc/a.png"]
)
def test_what_lies_outside_of_an_odt_is_never_fetched(good, rich, pictures, tmp_path, place):
    (tmp_path / "secret.png").write_bytes(PNG)
    odt = write_odt(rich, pictures, Losses())
    content = part(odt, "content.xml")
    at = content.index(b'xlink:href="Pictures/')
    end = content.index(b'"', at + 12)
    outside = content[:at] + b'xlink:href="' + place.encode() + content[end:]
    path = tmp_path / "a" / "b" / "c.odt"
    path.parent.mkdir(parents=True)
    path.write_bytes(changed(odt, {"content.xml": outside}))
    imported = import_file(path)
    assert not [piece for piece in walk(imported.document.blocks) if isinstance(piece, Picture)]
    assert ("formats.lost.picture_outside", {"count": 1}) in imported.notes


def test_what_lies_outside_of_a_docx_is_never_fetched(rich, pictures, tmp_path):
    data = write_docx(rich, pictures, Losses())
    relations = part(data, "word/_rels/document.xml.rels").decode()
    import re

    outside = re.sub(
        r'(<Relationship [^>]*?)Target="media/[^"]*"',
        r'\1Target="http://127.0.0.1:9/a.png" TargetMode="External"',
        relations,
    )
    assert outside != relations
    document = part(data, "word/document.xml").replace(b"r:embed=", b"r:link=")
    path = tmp_path / "a.docx"
    path.write_bytes(
        changed(data, {"word/_rels/document.xml.rels": outside.encode(), "word/document.xml": document})
    )
    try:
        imported = import_file(path)
    except DocumentError:
        return
    assert not [piece for piece in walk(imported.document.blocks) if isinstance(piece, Picture)]


def test_markdown_names_no_file_on_a_network(tmp_path):
    pictures = Pictures(tmp_path)
    for name in (
        "http://127.0.0.1:9/a.png",
        "//host/share/a.png",
        "\\\\host\\share\\a.png",
        "file://host/a.png",
    ):
        assert pictures.find(name) is None


def test_pages_of_the_web_bring_nothing_that_runs(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(
        '<script>alert(1)</script><p onclick="x()">a<a href="javascript:x()">b</a>'
        '<img src="javascript:x()" alt="c"><iframe src="http://x"></iframe></p><style>p{}</style>',
        "utf-8",
    )
    from penwright.formats.markdown_out import write_markdown

    assert write_markdown(import_file(path).document) == "abc\n"


def test_mutated_documents_are_read_or_refused(suffix, good, tmp_path):
    """Bytes changed at random, in the archive and in its XML: a document or a sentence, nothing else."""
    draw = random.Random(7)
    content = part(good, MAIN[suffix])
    path = tmp_path / f"a{suffix}"
    for turn in range(40):
        if turn % 2:
            data = bytearray(good)
            for _ in range(draw.randint(1, 20)):
                data[draw.randrange(len(data))] = draw.randrange(256)
            path.write_bytes(bytes(data))
        else:
            pieces = content.split(b">")
            for _ in range(draw.randint(1, 4)):
                where = draw.randrange(len(pieces))
                pieces[where : where + draw.randint(0, 2)] = [pieces[draw.randrange(len(pieces))]]
            path.write_bytes(changed(good, {MAIN[suffix]: b">".join(pieces)}))
        try:
            import_file(path)
        except DocumentError as error:
            assert CATALOGUE.sentence(error)


def huge_png() -> bytes:
    """Return a picture that says it is 30,000 pixels wide and high: 2.7 GB unpacked, 3 MB in the file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_huge_picture_is_said_and_the_words_stay(qapp, tmp_path, capsys):
    (tmp_path / "huge.png").write_bytes(huge_png())
    (tmp_path / "cut.png").write_bytes(PNG[:40])
    source = tmp_path / "a.md"
    source.write_text("![a wall](huge.png) ![a cut](cut.png)\n", "utf-8")
    assert main(["export", str(source), str(tmp_path / "a.pdf")]) == 0
    said = capsys.readouterr().err
    assert "too large" in said
    assert "can't be read" in said
    for kind in ("docx", "odt", "epub", "html", "txt", "md"):
        assert main(["export", str(source), str(tmp_path / f"b.{kind}")]) == 0, kind


def test_the_command_line_says_one_sentence(suffix, good, tmp_path, capsys):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(good[: len(good) // 2])
    assert main(["export", str(path), str(tmp_path / "b.md")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert not (tmp_path / "b.md").exists()
    assert path.read_bytes() == good[: len(good) // 2]


def test_nothing_is_written_where_nothing_can_be(tmp_path, capsys):
    source = tmp_path / "a.md"
    source.write_text("a", "utf-8")
    (tmp_path / "out").mkdir()
    assert main(["export", str(source), str(tmp_path / "out"), "--to", "txt", "--replace"]) == 2
    assert "is a folder" in capsys.readouterr().err
    assert read_markdown("a").blocks
