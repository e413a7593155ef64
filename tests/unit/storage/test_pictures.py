"""Pictures beside a text."""

import os

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import DocumentError
from penwright.base.paths import resources
from penwright.storage import pictures
from penwright.storage.pictures import keep_beside


def test_names_go_on_and_nothing_is_written_over(tmp_path):
    text = tmp_path / "渡口.md"
    (tmp_path / "渡口-2.png").symlink_to(tmp_path / "elsewhere")
    paths = [keep_beside(text, bytes([number]), ".png") for number in range(3)]
    assert [path.name for path in paths] == ["渡口-1.png", "渡口-3.png", "渡口-4.png"]
    assert [path.read_bytes() for path in paths] == [b"\0", b"\1", b"\2"]
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("failing", ["write", "fsync"])
def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch, failing):
    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(DocumentError) as told:
        keep_beside(tmp_path / "a.md", b"x" * 100, ".png")
    assert told.value.key == "files.writing.disk_full"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_gone_and_one_that_is_full(tmp_path, monkeypatch):
    with pytest.raises(DocumentError) as told:
        keep_beside(tmp_path / "gone" / "a.md", b"x", ".png")
    assert Catalogue(resources() / "i18n").sentence(told.value)
    monkeypatch.setattr(pictures, "_MOST", 1)
    keep_beside(tmp_path / "a.md", b"x", ".png")
    with pytest.raises(DocumentError) as told:
        keep_beside(tmp_path / "a.md", b"x", ".png")
    assert Catalogue(resources() / "i18n").sentence(told.value)
