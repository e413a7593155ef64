"""Texts that others change, that hide something, or that are too much: said, and nothing is lost."""

import errno
import os
from pathlib import Path

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import DocumentError
from penwright.base.paths import resources
from penwright.storage.documents import Documents


@pytest.fixture
def documents() -> Documents:
    return Documents()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "text.txt"


def refused(call, *arguments) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        call(*arguments)
    assert Catalogue(resources() / "i18n").sentence(caught.value)
    return caught.value


def test_what_another_program_wrote_is_seen(path, documents):
    path.write_bytes(b"a\r\nb")
    opened = documents.open(path)
    assert documents.changed(opened) is None
    os.utime(path)
    assert documents.changed(opened) is None, "only touched"
    path.write_bytes(b"a\r\nc")
    theirs = documents.changed(opened)
    assert theirs is not None and theirs.text == "a\nc"
    assert documents.changed(theirs) is None
    path.write_bytes(b"\0")
    assert refused(documents.changed, opened).key == "document.not_text"
    path.unlink()
    assert documents.changed(opened) is None


def test_turning_marks_are_said_and_kept(path, documents):
    path.write_text("one\ntwo \u202e three\n", "utf-8")
    opened = documents.open(path)
    assert opened.notes == (("document.turning_marks", {"line": 2}),)
    assert documents.save(path, opened.text, opened).notes == ()
    assert "\u202e" in path.read_text("utf-8")


def test_a_line_of_a_hundred_megabytes_is_refused_as_it_is(path, documents):
    with path.open("wb") as file:
        file.truncate(100_000_000)
    error = refused(documents.open, path)
    assert (error.key, error.values["size"]) == ("document.too_large", "100.0")
    assert path.stat().st_size == 100_000_000


def test_a_save_clears_what_a_kill_left(path, documents):
    left = path.with_name(".penwright-0123456789abcdef.tmp")
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    documents.save(path, "x", None)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_save_goes_on_without_an_earlier_version(path):
    def keep(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    documents = Documents(keep_earlier=keep)
    saved = documents.save(path, "x", None)
    ((key, values),) = saved.notes
    assert "No space left" in Catalogue(resources() / "i18n").say(key, **values)
    assert path.read_bytes() == b"x"
