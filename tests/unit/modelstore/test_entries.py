"""The catalogue is checked when it is read, and each entry in it holds what is known of it and no more."""

import re

import pytest

from penwright.base.errors import ModelError
from penwright.base.paths import resources
from penwright.modelstore.entries import Entry, find_entry, read_entries
from penwright.modelstore.fit import DEFAULT_CONTEXT, Machine, Verdict, judge_variant

CATALOGUE = resources() / "catalogue.toml"
ENTRIES = read_entries(CATALOGUE)
GIGA = 1_000_000_000

GOOD = """
[[model]]
id = "a"
title = "A"
about = "A model."
repo = "o/n"
parameters = "1B"
roles = ["inline"]
[[model.variant]]
quantization = "Q4_K_M"
files = ["a-Q4_K_M.gguf"]
size_hint = 5
"""


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_each_entry(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z0-9.-]+", entry.id)
    assert entry.about.endswith(".") and len(entry.about) < 120 and "!" not in entry.about
    assert all(10_000_000 < variant.size_hint < 200 * GIGA for variant in entry.variants)
    assert [variant.size_hint for variant in entry.variants] == sorted(
        (variant.size_hint for variant in entry.variants), reverse=True
    ), "the best variant stands first"
    assert entry.licence_url is None or entry.licence_url.startswith("https://")
    # A model fits the machine that it is said to be for, and not one with a quarter of that.
    for memory, gpu in ((entry.memory_gb, 0), (16, entry.gpu_gb)):
        if memory and gpu is not None:
            roomy = Machine(memory * GIGA, memory * GIGA, gpu * GIGA, 10**12)
            small = Machine(memory * GIGA // 4, memory * GIGA // 4, gpu * GIGA // 4, 10**12)
            fits = judge_variant(entry, entry.variants[0], roomy, DEFAULT_CONTEXT)
            assert fits.verdict is Verdict.FITS, fits
            if gpu == 0:
                assert judge_variant(entry, entry.variants[0], small).verdict is Verdict.TOO_LARGE


def test_no_entry_pins_what_changes() -> None:
    text = CATALOGUE.read_text("utf-8")
    assert "sha256 =" not in text and "revision =" not in text and not re.search(r"[0-9a-f]{40}", text)


def test_found_by_id() -> None:
    assert find_entry(ENTRIES, "QWEN3.5-4B") is not None
    assert find_entry(ENTRIES, "nothing") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("size_hint = 5", "size_hint = 5\nsha256 = 'x'"), "unknown field sha256"),
        (('title = "A"', 'title = "A"\nrevision = "main"'), "unknown field revision"),
        (('title = "A"\n', ""), "lacks title"),
        (("size_hint = 5", "size_hint = -5"), "size_hint"),
        (("size_hint = 5", "size_hint = true"), "size_hint"),
        (("size_hint = 5", "size_hint = '5'"), "size_hint"),
        (('id = "a"', "id = 3"), "id"),
        (('roles = ["inline"]', 'roles = ["chat"]'), "role"),
        (('roles = ["inline"]', "roles = []"), "role"),
        (('roles = ["inline"]', 'roles = ["inline", "vision"]'), "mmproj"),
        (('"o/n"', '"o/../n"'), "bad_repo"),
        (('["a-Q4_K_M.gguf"]', '["../a-Q4_K_M.gguf"]'), "bad_file"),
        (('["a-Q4_K_M.gguf"]', '["/a-Q4_K_M.gguf"]'), "bad_file"),
        (('["a-Q4_K_M.gguf"]', '["a-Q8_0.gguf"]'), "doesn't say Q4_K_M"),
        (('["a-Q4_K_M.gguf"]', "[]"), "doesn't say"),
        (('title = "A"', 'title = "A"\nlicence = "MIT"'), "licence_url"),
        (('title = "A"', 'title = "A"\nthinking = "no"'), "thinking"),
        (("[[model]]", "[[models]]"), "unknown table models"),
        (("[[model.variant]]", "[[model.variants]]"), "no variant"),
        (('id = "a"', 'id = "a'), "line"),
    ],
)
def test_what_cannot_be_is_refused(change, said, tmp_path, catalogue) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(GOOD, "utf-8")
    assert [entry.id for entry in read_entries(path)] == ["a"]
    changed = GOOD.replace(*change)
    assert changed != GOOD
    path.write_text(changed, "utf-8")
    with pytest.raises(ModelError) as caught:
        read_entries(path)
    sentence = catalogue.sentence(caught.value)
    assert said in sentence and "catalogue.toml" in sentence


def test_an_id_twice_and_a_file_that_is_gone(tmp_path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(GOOD + GOOD, "utf-8")
    with pytest.raises(ModelError, match="twice"):
        read_entries(path)
    path.unlink()
    with pytest.raises(ModelError, match="No such file"):
        read_entries(path)
