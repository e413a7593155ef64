"""What is installed, verified, removed and brought in; nothing half is ever there."""

import errno
import hashlib
import shutil
from collections import namedtuple
from pathlib import Path

import gguf
import pytest

from penwright.base.errors import DownloadError, ModelError
from penwright.base.paths import bundled_model
from penwright.modelstore import installed
from penwright.modelstore.installed import Installation, Place
from penwright.modelstore.records import Record, read_record, record_path, write_record

DIGEST = hashlib.sha256(bundled_model().read_bytes()).hexdigest()
SIZE = bundled_model().stat().st_size


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


def put(home: Path, name: str) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(bundled_model(), path)
    path.chmod(0o644)
    write_record(path, Record("o/n", path.name, "a" * 40, DIGEST, SIZE, 1.0, 2.0, "MIT", "http://hub"))
    return path


def projector(path: Path) -> Path:
    writer = gguf.GGUFWriter(path, "clip")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def test_nothing_there(home):
    assert Installation(home, [home / "shared"]).models() == ()
    assert not home.exists()


def test_what_came_from_the_hub(home):
    path = put(home, "o/n/a.gguf")
    projector(path.with_name("mmproj-F16.gguf"))
    path.with_name("b.gguf.part").write_bytes(b"GGUF")
    path.with_name("broken.gguf").write_bytes(b"no model")
    (model,) = Installation(home).models()
    assert (model.id, model.path, model.place, model.size) == ("o/n/a.gguf", path, Place.OWN, SIZE)
    assert model.record is not None and model.record.licence == "MIT"
    for wanted in ("o/n/a.gguf", "a.gguf", str(path)):
        assert Installation(home).find(wanted) == model
    with pytest.raises(ModelError) as caught:
        Installation(home).find("b.gguf")
    assert caught.value.key == "models.not_installed"


def test_a_split_model_is_there_when_all_of_it_is(home):
    for number in (1, 2, 3):
        put(home, f"o/n/a-0000{number}-of-00003.gguf")
    (model,) = Installation(home).models()
    assert len(model.files) == 3 and model.size == 3 * SIZE
    steps: list[int] = []
    assert Installation(home).verify(model, steps.append) == DIGEST
    assert steps == sorted(steps) and steps[-1] == 3 * SIZE
    model.files[1].unlink()
    assert Installation(home).models() == ()


def test_verify_and_what_changed(home):
    path = put(home, "o/n/a.gguf")
    models = Installation(home)
    assert models.verify(models.find("a.gguf")) == DIGEST
    record = read_record(path)
    assert record is not None and record.checked > 1_000_000_000
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(DownloadError) as caught:
        models.verify(models.find("a.gguf"))
    assert caught.value.key == "models.changed"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"repo": "../x", "file": "a.gguf", "revision": "", "sha256": "", "size": 1}',
        b'{"size": "1"}',
        b"x" * 50_000,
    ],
)
def test_a_broken_record_is_none(content, home):
    path = put(home, "o/n/a.gguf")
    record_path(path).write_bytes(content)
    assert read_record(path) is None
    (model,) = Installation(home).models()
    assert model.record is None
    assert Installation(home).verify(model) == DIGEST


def test_remove(home):
    path = put(home, "o/n/a.gguf")
    other = put(home, "o/n/b.gguf")
    pictures = projector(path.with_name("mmproj-F16.gguf"))
    models = Installation(home)
    assert models.remove(models.find("a.gguf")) == SIZE
    assert other.exists() and pictures.exists() and not path.exists() and not record_path(path).exists()
    assert models.remove(models.find("b.gguf")) > SIZE
    assert not (home / "o").exists() and home.exists()


def test_shared_folders_are_only_read(home, tmp_path):
    shared = tmp_path / "shared"
    path = put(shared, "deep/er/a.gguf")
    record_path(path).unlink()
    models = Installation(home, [shared, tmp_path / "gone"])
    (model,) = models.models()
    assert model.place is Place.SHARED and model.id == str(path)
    assert models.verify(model) == DIGEST
    with pytest.raises(DownloadError) as caught:
        models.remove(model)
    assert caught.value.key == "models.read_only"
    assert [each.name for each in path.parent.iterdir()] == ["a.gguf"] and not home.exists()


def test_brought_in_as_a_copy(home, tmp_path):
    path = tmp_path / "mine.gguf"
    shutil.copy(bundled_model(), path)
    models = Installation(home)
    model = models.bring_in(path, copy=True)
    assert model.path == home / "imported" / "mine.gguf" and model.place is Place.OWN
    assert model.record is not None and model.record.sha256 == DIGEST
    with pytest.raises(DownloadError) as caught:
        models.bring_in(path, copy=True)
    assert caught.value.key == "models.there_already" and model.path.exists()
    models.remove(model)
    assert path.exists() and models.models() == ()


def test_used_where_it_lies(home, tmp_path):
    path = tmp_path / "mine.gguf"
    shutil.copy(bundled_model(), path)
    models = Installation(home)
    model = models.bring_in(path, copy=False)
    assert model.path == path and model.place is Place.IN_PLACE
    assert models.verify(model) == DIGEST
    assert models.remove(model) == 0
    assert path.exists() and models.models() == ()


@pytest.mark.parametrize("copy", [True, False])
def test_what_is_no_model_is_not_brought_in(copy, home, tmp_path, broken_models):
    models = Installation(home)
    for kind, path in broken_models.items():
        if kind == "unknown architecture":
            continue  # a newer engine may know it
        with pytest.raises(ModelError):
            models.bring_in(path, copy=copy)
    with pytest.raises(ModelError) as caught:
        models.bring_in(projector(tmp_path / "p.gguf"), copy=copy)
    assert caught.value.key == "models.projector"
    assert not home.exists()


def test_a_disk_too_small_and_a_fault_while_copying(home, tmp_path, monkeypatch):
    path = tmp_path / "mine.gguf"
    shutil.copy(bundled_model(), path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(installed.shutil, "disk_usage", lambda _: usage(9, 9, 100))
    with pytest.raises(DownloadError) as caught:
        Installation(home).bring_in(path, copy=True)
    assert (caught.value.key, caught.value.values["needed"]) == ("download.no_space", 8)
    monkeypatch.undo()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(installed, "_copy", full)
    with pytest.raises(DownloadError) as caught:
        Installation(home).bring_in(path, copy=True)
    assert caught.value.key == "files.writing.disk_full"
    assert list((home / "imported").iterdir()) == []
