"""Opening and saving real files: what was not edited stays, and no failure costs the old file."""

import codecs
import errno
import fcntl
import io
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penwright.base.catalogue import Catalogue
from penwright.base.errors import DocumentError
from penwright.base.paths import resources
from penwright.storage.documents import LIMIT_BYTES, Documents, TextFile
from penwright.storage.encodings import encode
from penwright.storage.guess import LEGACY

HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR)
fcntl.lockf(descriptor, fcntl.LOCK_EX)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def documents() -> Documents:
    return Documents()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "text.txt"


def refused(call, *arguments, **options) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        call(*arguments, **options)
    # Whatever is raised can be said.
    assert Catalogue(resources() / "i18n").sentence(caught.value)
    return caught.value


def note_keys(file: TextFile) -> list[str]:
    catalogue = Catalogue(resources() / "i18n")
    assert all(catalogue.say(key, **values) for key, values in file.notes)
    return [key for key, _ in file.notes]


@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\u2029\ufdd0\ufdd1"), max_size=80
    ),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", *LEGACY]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
@settings(deadline=None, max_examples=500)
def test_open_and_save_give_the_same_bytes(tmp_path_factory, text, encoding, newline, bom):
    path = tmp_path_factory.getbasetemp() / "round-trip"
    bom = bom or encoding.startswith(("utf-16", "utf-32"))
    text = text.encode(encoding, "ignore").decode(encoding)  # what this encoding can hold
    data = encode(text.replace("\n", newline), encoding, bom=bom)
    path.write_bytes(data)
    documents = Documents()
    try:
        opened = documents.open(path)
    except DocumentError as error:
        assert encoding in LEGACY and error.key in {"document.not_text", "document.damaged"}
        return
    assert "\r" not in opened.text
    if "document.mixed_newlines" in note_keys(opened):
        assert encoding in LEGACY  # guessed as an encoding where a byte of it is a line break
        return
    saved = documents.save(path, opened.text, opened)
    assert path.read_bytes() == data
    assert replace(documents.open(path), notes=()) == saved


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("春天来了,院子里的桃花开得正好。母亲坐在窗边。\n", "gb18030", "GB18030"),
        ("吾輩は猫である。名前はまだ無い。\nどこで生れたか\n", "shift_jis", "Shift-JIS"),
        ("Über die Brücke gingen müde Männer, die schöne Straße hinauf.\n", "latin_1", "Windows-1252"),
    ],
)
def test_another_encoding_is_said_and_kept(text, encoding, said, path, documents):
    path.write_bytes(text.encode(encoding))
    opened = documents.open(path)
    assert opened.text == text and opened.notes == (("document.guessed_encoding", {"encoding": said}),)
    saved = documents.save(path, text + text, opened)
    assert path.read_bytes() == (text + text).encode(encoding) and saved.notes == ()
    assert documents.save(path, text + "😀" * (encoding == "gb18030"), saved).encoding == opened.encoding


def test_a_mark_is_kept(path, documents):
    for encoding, mark in {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}.items():
        path.write_bytes(mark + "a\r\nb".encode(encoding))
        opened = documents.open(path)
        assert (opened.text, opened.bom, opened.newline, opened.notes) == ("a\nb", True, "\r\n", ())
        documents.save(path, "a\nb\n春", opened)
        assert path.read_bytes() == mark + "a\r\nb\r\n春".encode(encoding)


def test_mixed_newlines_are_said_before_anything_is_saved(path, documents):
    path.write_bytes(b"a\r\nb\nc\r\n")
    opened = documents.open(path)
    assert opened.notes == (("document.mixed_newlines", {"newline": "CR LF"}),)
    assert path.read_bytes() == b"a\r\nb\nc\r\n"
    saved = documents.save(path, opened.text, opened)
    assert path.read_bytes() == b"a\r\nb\r\nc\r\n" and saved.notes == ()


def test_paragraph_separators(path, documents):
    path.write_bytes("a\u2029b\u2029".encode())
    opened = documents.open(path)
    assert (opened.text, opened.notes) == ("a\nb\n", ())
    documents.save(path, opened.text, opened)
    assert path.read_bytes() == "a\u2029b\u2029".encode()
    path.write_bytes("a\u2029b\nc\n".encode())
    assert note_keys(documents.open(path)) == ["document.mixed_newlines"]
    path.write_bytes("a\ufdd0b".encode())
    assert refused(documents.open, path).key == "document.not_text"


def test_qt_breaks_given_to_save_become_the_files_own(path, documents):
    saved = documents.save(path, "a\u2029b\r\nc\rd", None)
    assert path.read_bytes() == b"a\nb\nc\nd" and saved.text == "a\nb\nc\nd"


def test_new_files_are_utf8_with_line_feeds(path, documents):
    saved = documents.save(path, "日\n記\n", None)
    assert path.read_bytes() == "日\n記\n".encode()
    assert saved == documents.open(path)


def test_empty(path, documents):
    path.write_bytes(b"")
    opened = documents.open(path)
    assert opened.text == ""
    documents.save(path, "", opened)
    assert path.read_bytes() == b""


def test_what_cannot_be_opened(tmp_path, documents):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path, key in {
        tmp_path / "gone": "files.reading.missing",
        tmp_path: "files.reading.is_folder",
        tmp_path / "pipe": "files.reading.special",
        Path("/dev/zero"): "files.reading.special",
        tmp_path / "loop": "files.reading.link_loop",
        tmp_path / "a\0b": "files.reading.name_not_allowed",
        tmp_path / ("n" * 300): "files.reading.name_too_long",
    }.items():
        assert refused(documents.open, path).key == key


def test_too_large(path, documents):
    with path.open("wb") as file:
        file.truncate(33_000_000)
    error = refused(documents.open, path)
    assert (error.key, error.values) == (
        "document.too_large",
        {"name": "text.txt", "size": "33.0", "limit": "32"},
    )
    path.write_bytes(b"x" * (LIMIT_BYTES + 1))
    assert refused(documents.open, path).values["size"] == "32.1"
    path.write_bytes(b"x" * LIMIT_BYTES)
    assert len(documents.open(path).text) == LIMIT_BYTES


def test_saving_more_than_can_be_opened_is_done_and_said(path):
    documents = Documents(limit=10)
    assert note_keys(documents.save(path, "x" * 11, None)) == ["document.too_large_to_reopen"]
    assert path.read_bytes() == b"x" * 11
    assert note_keys(documents.save(path, "x" * 10, None)) == []


@pytest.mark.parametrize("data", [b"a\0b", bytes(range(1, 256)) * 20])
def test_no_text(data, path, documents):
    path.write_bytes(data)
    assert refused(documents.open, path).key == "document.not_text"


def test_damaged(path, documents):
    path.write_bytes("春天来了\n院子里的桃花".encode()[:-1])
    error = refused(documents.open, path)
    assert (error.key, error.values) == (
        "document.damaged",
        {"name": "text.txt", "encoding": "UTF-8", "line": 2},
    )


def test_a_character_that_the_encoding_lacks(path, documents):
    data = "Die schöne Straße über die Brücke\r\n".encode("cp1252")
    path.write_bytes(data)
    opened = documents.open(path)
    error = refused(documents.save, path, opened.text + "x\n日", opened)
    assert (error.key, error.values) == (
        "document.cannot_encode",
        {"name": "text.txt", "encoding": "Windows-1252", "character": "日", "line": 3},
    )
    assert path.read_bytes() == data
    documents.save(path, opened.text + "日", opened.in_utf8())
    assert path.read_bytes() == "Die schöne Straße über die Brücke\r\n日".encode()


@pytest.mark.parametrize("half", ["\ud83d", "\ude00"])
def test_half_a_character_is_never_written(half, path, documents):
    path.write_bytes(b"old")
    error = refused(documents.save, path, f"a\n{half}", documents.open(path))
    assert (error.key, error.values["character"], error.values["line"]) == (
        "document.half_character",
        f"U+{ord(half):04X}",
        2,
    )
    assert path.read_bytes() == b"old"


def test_changed_on_disk(path, documents):
    path.write_bytes(b"old")
    opened = documents.open(path)
    path.write_bytes(b"theirs")
    assert refused(documents.save, path, "mine", opened).key == "document.changed_on_disk"
    assert path.read_bytes() == b"theirs"
    saved = documents.save(path, "mine", opened, overwrite_changed=True)
    assert path.read_bytes() == b"mine"
    documents.save(path, "again", saved)
    assert path.read_bytes() == b"again"


def test_replaced_by_an_equal_file_counts_as_changed(path, documents):
    path.write_bytes(b"old")
    opened = documents.open(path)
    other = path.with_name("other")
    other.write_bytes(b"new")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert refused(documents.save, path, "mine", opened).key == "document.changed_on_disk"


def test_a_file_that_went_away_is_written_again(path, documents):
    path.write_bytes(b"old")
    opened = documents.open(path)
    path.unlink()
    documents.save(path, "mine", opened)
    assert path.read_bytes() == b"mine"


def test_a_file_that_came_up_meanwhile(path, documents):
    path.write_bytes(b"theirs")
    assert refused(documents.save, path, "x", TextFile(path, "")).key == "document.changed_on_disk"


def test_save_under_another_name(path, tmp_path, documents):
    path.write_bytes(b"a\r\nb")
    opened = documents.open(path)
    path.write_bytes(b"theirs")
    saved = documents.save(tmp_path / "copy", opened.text, opened)
    assert (tmp_path / "copy").read_bytes() == b"a\r\nb" and saved.path == tmp_path / "copy"


def test_a_link_is_saved_through(tmp_path, path, documents):
    path.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(path)
    opened = documents.open(link)
    assert documents.save(link, "new", opened).path == link
    assert link.is_symlink() and path.read_bytes() == b"new"
    path.write_bytes(b"theirs")
    assert refused(documents.save, path, "mine", opened).key == "document.changed_on_disk"


def test_locked_by_another_process(path, documents):
    path.write_bytes(b"old")
    opened = documents.open(path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        assert refused(documents.save, path, "new", opened).key == "document.locked"
        process.communicate(b"", timeout=5)
    assert path.read_bytes() == b"old"
    documents.save(path, "new", opened)


def test_a_lock_note_is_named(path, documents):
    note = path.with_name(".~lock.text.txt#")
    note.write_text("")
    error = refused(documents.save, path, "new", None)
    assert (error.key, error.values["note"]) == ("document.locked_by_note", note.name)
    assert not path.exists()


def test_what_cannot_be_saved(tmp_path, documents):
    os.mkfifo(tmp_path / "pipe")
    for path, kind in {
        tmp_path: "is_folder",
        tmp_path / "pipe": "special",
        Path("/dev/null"): "special",
        tmp_path / "gone" / "a": "missing",
        tmp_path / "a\0b": "name_not_allowed",
        tmp_path / ("n" * 300): "name_too_long",
    }.items():
        assert refused(documents.save, path, "x", None).key == f"document.saving.{kind}"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EROFS, "read_only_disk"),
        (errno.EIO, "disk_fault"),
        (errno.EACCES, "folder_denied"),
        (errno.ENOLCK, "other"),
    ],
)
def test_faults_of_the_disk(code, kind, path, documents, monkeypatch):
    path.write_bytes(b"old")
    opened = documents.open(path)
    real = os.open

    def fail(name, flags, *rest):
        if flags & os.O_CREAT:
            raise OSError(code, os.strerror(code), name)
        return real(name, flags, *rest)

    monkeypatch.setattr(os, "open", fail)
    assert refused(documents.save, path, "new", opened).key == f"document.saving.{kind}"
    monkeypatch.undo()
    assert path.read_bytes() == b"old" and [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_reading_a_stream(documents):
    read = documents.read(io.BytesIO("日\r\n".encode()), "standard input")
    assert (read.text, read.newline, read.stamp) == ("日\n", "\r\n", None)
    assert refused(documents.read, io.BytesIO(b"\0"), "standard input").key == "document.not_text"
    assert refused(Documents(limit=3).read, io.BytesIO(b"four"), "x").key == "document.too_large"


def test_reading_a_pipe(documents):
    reader, writer = os.pipe()

    def write():
        with open(writer, "wb") as file:  # noqa: PTH123
            file.write(b"a" * 100_000)

    thread = threading.Thread(target=write)
    thread.start()
    with open(reader, "rb") as file:  # noqa: PTH123
        assert len(documents.read(file, "pipe").text) == 100_000
    thread.join()


def test_our_own_check_leaves_no_lock(path, documents):
    saved = documents.save(path, "x", None)
    documents.save(path, "y", saved)
    with path.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
