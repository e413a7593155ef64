"""The chosen model, or the starter, and what a person calls it."""

import shutil

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError
from penwright.base.paths import bundled_model, resources
from penwright.modelstore.library import choose


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(resources() / "i18n")


@pytest.mark.parametrize("setting", [None, ""])
def test_nothing_chosen_is_the_starter(setting, catalogue):
    chosen = choose(setting, bundled_model())
    assert chosen.path == bundled_model() and chosen.starter
    assert chosen.title(catalogue) == "Penwright starter (small, English)"


def test_the_starter_chosen_by_its_path(tmp_path):
    (tmp_path / "link.gguf").symlink_to(bundled_model())
    assert choose(str(bundled_model()), bundled_model()).starter
    assert choose(str(tmp_path / "link.gguf"), bundled_model()).starter


def test_another_model(tmp_path, catalogue, monkeypatch):
    shutil.copy(bundled_model(), tmp_path / "mine.gguf")
    chosen = choose(str(tmp_path / "mine.gguf"), bundled_model())
    assert not chosen.starter and chosen.title(catalogue) == "starter"
    assert choose(str(tmp_path / "mine.gguf"), tmp_path / "gone").path == tmp_path / "mine.gguf"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert choose("~/mine.gguf", bundled_model()).path == tmp_path / "mine.gguf"


def test_a_model_without_a_name_is_called_by_its_file(tmp_path, catalogue):
    data = bundled_model().read_bytes().replace(b"starter", b"\n\n\n\n\n\n\n", 1)
    (tmp_path / "mine.gguf").write_bytes(data)
    assert choose(str(tmp_path / "mine.gguf"), bundled_model()).title(catalogue) == "mine"


def test_a_chosen_model_that_is_gone_is_never_replaced_silently(tmp_path):
    with pytest.raises(ModelError) as caught:
        choose(str(tmp_path / "gone.gguf"), bundled_model())
    assert caught.value.key == "model.missing"
    with pytest.raises(ModelError) as caught:
        choose("~nobody-of-that-name/x.gguf", bundled_model())
    assert caught.value.key == "model.missing"


def test_a_starter_that_is_gone(tmp_path, catalogue):
    with pytest.raises(ModelError) as caught:
        choose(None, tmp_path / "gone.gguf")
    assert caught.value.key == "model.starter_missing" and catalogue.sentence(caught.value)
