"""What would end llama.cpp's process is seen before llama.cpp sees it."""

import random
import struct
import time
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError
from penwright.base.paths import bundled_model, resources
from penwright.modelstore.vetting import _starts, read_strings, vet


def model(path: Path, tokens: list[bytes] | None = None, **changes: object) -> Path:
    """Write a header with a vocabulary, and an embedding to fit it."""
    tokens = [b"<unk>", b"<s>", b"</s>", b"a", "\u2581".encode()] if tokens is None else tokens
    writer = gguf.GGUFWriter(path, "llama")
    kind = changes.pop("tokenizer", "llama")
    if kind is not None:
        writer.add_tokenizer_model(str(kind))
    if tokens:
        writer.add_token_list(tokens)
    for key, value in changes.pop("uint32", {}).items():
        writer.add_uint32(key, value)
    for key, value in changes.pop("bool", {}).items():
        writer.add_bool(key, value)
    for key, value in changes.pop("float32", {}).items():
        writer.add_float32(key, value)
    for key, value in changes.pop("string", {}).items():
        writer.add_string(key, value)
    for name, shape, kind in changes.pop("tensors", []):
        writer.add_tensor_info(name, shape, np.dtype(kind), int(np.prod(shape)) * np.dtype(kind).itemsize)
    rows = changes.pop("rows", len(tokens))
    writer.add_tensor_info("token_embd.weight", (rows, 32), np.dtype(np.float32), rows * 128)
    assert not changes
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("ab") as file:
        file.write(bytes(rows * 128 + 8_192))
    return path


def refused(path: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        vet(path)
    assert Catalogue(resources() / "i18n").sentence(caught.value)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def test_sound_models(path):
    assert vet(bundled_model()).size == bundled_model().stat().st_size
    assert vet(bundled_model()).digest == vet(bundled_model()).digest
    assert vet(model(path)).digest != vet(bundled_model()).digest


def test_a_duplicate_token(path):
    error = refused(model(path, [b"<unk>", b"one", b"two", b"one"]))
    assert (error.key, error.values["token"]) == ("model.duplicate_token", "one")
    # llama.cpp reads C strings, which end with a zero.
    error = refused(model(path, [b"one\0a", b"one\0b"]))
    assert (error.key, error.values["token"]) == ("model.duplicate_token", "one")
    # Empty ones get a name of their own there, unless another one has it.
    vet(model(path, [b"", b"", "\u2581".encode()]))
    assert refused(model(path, [b"", b"[EMPTY_0]"])).key == "model.duplicate_token"
    assert refused(model(path, [b"\x1b[31m\xff", b"\x1b[31m\xff"])).values["token"] == "�[31m�"


def test_more_or_fewer_rows_than_tokens(path):
    error = refused(model(path, rows=9))
    assert (error.key, error.values["tokens"], error.values["rows"]) == ("model.vocabulary_size", 5, 9)


def test_no_vocabulary(path):
    for kind in (None, "none", "no_vocab", "test", ""):
        assert refused(model(path, tokenizer=kind)).key == "model.no_vocabulary", kind
    assert refused(model(path, [], rows=1)).key == "model.no_vocabulary"


def test_a_model_that_sees_what_follows_cannot_write(path):
    assert refused(model(path, bool={"llama.attention.causal": False})).key == "model.cannot_write"
    vet(model(path, bool={"llama.attention.causal": True}))


@pytest.mark.parametrize("name", ["bos_token_id", "eos_token_id", "eot_token_id"])
def test_special_tokens_out_of_range(path, name):
    error = refused(model(path, uint32={f"tokenizer.ggml.{name}": 5}))
    assert (error.key, error.values["field"]) == ("model.special_token", name)
    vet(model(path, uint32={f"tokenizer.ggml.{name}": 4, "tokenizer.ggml.padding_token_id": 99}))


@pytest.mark.parametrize(
    "figures",
    [
        {"block_count": 0},
        {"block_count": 513},
        {"block_count": 2, "nextn_predict_layers": 3},
        {"context_length": 0},
        {"expert_count": 1025},
        {"expert_count": 4},
        {"expert_count": 4, "expert_used_count": 5},
        {"expert_used_count": 2},
        {"expert_group_count": 2},
        {"expert_count": 4, "expert_used_count": 2, "expert_group_count": 3, "expert_group_used_count": 1},
        {"expert_count": 4, "expert_used_count": 2, "expert_group_count": 2, "expert_group_used_count": 2},
    ],
)
def test_figures_that_llama_stops_at(path, figures):
    assert (
        refused(model(path, uint32={f"llama.{key}": value for key, value in figures.items()})).key
        == "model.broken"
    )


def test_figures_that_models_have(path):
    experts = {
        "expert_count": 8,
        "expert_used_count": 2,
        "expert_group_count": 4,
        "expert_group_used_count": 2,
    }
    vet(model(path, uint32={f"llama.{key}": value for key, value in {"block_count": 512, **experts}.items()}))
    vet(model(path, string={"llama.rope.scaling.type": "yarn"}))
    vet(model(path, float32={"llama.attention.layer_norm_rms_epsilon": 0.0}))
    table = ("blk.0.ffn_gate_tid2eid", (4, 4), "int32")
    vet(model(path, tensors=[table, ("blk.0.attn_norm.weight", (32,), "float32")]))


@pytest.mark.parametrize("epsilon", [-1.0, float("nan"), float("inf")])
def test_an_epsilon_that_is_none(path, epsilon):
    figures = {"llama.attention.layer_norm_rms_epsilon": epsilon}
    assert refused(model(path, float32=figures)).key == "model.broken"


def test_an_unknown_rope_scaling(path):
    assert refused(model(path, string={"llama.rope.scaling.type": "su"})).key == "model.broken"


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", "float64"])
def test_weights_of_a_type_that_holds_none(path, kind):
    assert refused(model(path, tensors=[("blk.0.attn_q.weight", (32, 4), kind)])).key == "model.broken"


def test_files_that_are_no_model(path, tmp_path):
    assert refused(tmp_path / "gone").key == "model.missing"
    path.write_bytes(bundled_model().read_bytes()[:-1])
    assert refused(path).key == "model.truncated"


def split(folder: Path, *, number_kind: str = "uint16") -> Path:
    """Write a model of two parts and return the first."""
    first = model(folder / "m-00001-of-00002.gguf", uint32={"split.count": 2})
    writer = gguf.GGUFWriter(folder / "m-00002-of-00002.gguf", "llama")
    getattr(writer, f"add_{number_kind}")("split.no", 1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return first


def test_every_part_of_a_split_model_is_looked_at(tmp_path):
    first = split(tmp_path)
    vet(first)
    second = first.with_name("m-00002-of-00002.gguf")
    second.write_bytes(second.read_bytes()[:60])
    error = refused(first)
    assert (error.key, error.values["name"]) == ("model.truncated", second.name)
    second.unlink()
    assert refused(first).key == "model.missing"
    assert refused(split(tmp_path, number_kind="uint32")).key == "model.broken"


def strings(words: list[bytes]) -> bytes:
    return b"".join(struct.pack("<Q", len(word)) + word for word in words)


@given(st.lists(st.one_of(st.binary(max_size=12), st.text(max_size=8).map(str.encode)), min_size=1))
def test_strings_are_read_as_they_were_written(words):
    assert read_strings(strings(words), len(words)) == words


def test_long_strings_and_zeros():
    for words in (
        [b"x" * 300],
        [b"x" * 70_000, b"", b"y"],
        [b"\0"],
        [b"a\0", b"\0b"],
        [b"\0" * 20, b"x"],
        [b""] * 9,
    ):
        assert read_strings(strings(words), len(words)) == words
    words = [b" " * length for length in range(1, 600)]
    assert read_strings(strings(words), len(words)) == words
    assert _starts(strings(words), len(words)) is not None  # lengths of two bytes need no loop


def test_a_large_vocabulary_is_looked_at_quickly(path):
    chance = random.Random(4)
    tokens = [b"%d%s" % (number, chance.randbytes(3).hex().encode()) for number in range(152_000)]
    model(path, [*tokens, "\u2581".encode()])
    begun = time.process_time()
    vet(path)
    assert time.process_time() - begun < 0.5  # 0.1 on a quiet machine


def test_letters_of_a_vocabulary_without_bytes(path):
    words = [b"<unk>", b"<s>", b"</s>", "\u2581".encode(), b"a", b"ab", "é".encode(), b"<0x62>", b"\xf0\x9f"]
    letters = vet(model(path, words)).letters
    assert letters is not None
    assert [letter for letter in "abcé 今" if letters.has(letter)] == ["a", "b", "é", " "]
    assert letters.known("a b c é 今天") == "a b  é "
    assert vet(bundled_model()).letters is None
    assert vet(model(path, words, tokenizer="gpt2")).letters is None
    # Without a space no text at all could be tokenised.
    assert refused(model(path, [b"<unk>", b"a"])).key == "model.no_vocabulary"
