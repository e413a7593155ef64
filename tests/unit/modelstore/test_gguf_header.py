"""A GGUF header is read without believing it."""

import os
import random
import shutil
import struct
import time
import tracemalloc
from pathlib import Path

import gguf
import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError
from penwright.base.paths import bundled_model, resources
from penwright.modelstore.ggml_types import FILE_TYPES, TENSOR_TYPES
from penwright.modelstore.gguf_header import GgufHeader, read_header


def text(value: str | bytes) -> bytes:
    coded = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<Q", len(coded)) + coded


def string(key: str, value: str | bytes) -> bytes:
    return text(key) + struct.pack("<I", 8) + text(value)


def uint32(key: str, value: int) -> bytes:
    return text(key) + struct.pack("<II", 4, value)


def array(key: str, kind: int, count: int, body: bytes = b"") -> bytes:
    return text(key) + struct.pack("<IIQ", 9, kind, count) + body


def tensor(name: str, shape: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    return (
        text(name)
        + struct.pack("<I", len(shape))
        + struct.pack(f"<{len(shape)}Q", *shape)
        + struct.pack("<IQ", kind, offset)
    )


ARCHITECTURE = string("general.architecture", "llama")


def model(
    values: tuple[bytes, ...] = (ARCHITECTURE,),
    tensors: tuple[bytes, ...] = (),
    data: int = 0,
    version: int = 3,
    counts: tuple[int, int] | None = None,
    alignment: int = 32,
) -> bytes:
    tensor_count, value_count = counts or (len(tensors), len(values))
    head = b"GGUF" + struct.pack("<IQQ", version, tensor_count, value_count)
    head += b"".join(values) + b"".join(tensors)
    return head + b"\0" * (-len(head) % alignment) + b"\0" * data


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def read(path: Path, data: bytes) -> GgufHeader:
    path.write_bytes(data)
    return read_header(path)


def refused(path: Path, data: bytes | None = None) -> str:
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        read_header(path)
    assert Catalogue(resources() / "i18n").sentence(caught.value)
    return caught.value.key


def test_the_starter():
    assert read_header(bundled_model()) == GgufHeader(
        version=3,
        architecture="llama",
        name="starter",
        parameters=7_212_288,
        context_length=256,
        quantization="Q8_0",
        tokenizer="llama",
        licence=None,
        tensor_count=56,
        size_bytes=bundled_model().stat().st_size,
        chat_template=False,
        split_count=1,
        blocks=6,
        cache_width=6 * 2 * 256,
        embedding=256,
        heads=4,
        vocabulary=8192,
    )


def test_the_width_of_the_cache(path):
    def header(heads_kv: int | list[int], **lengths: int) -> GgufHeader:
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_block_count(4)
        writer.add_embedding_length(64)
        writer.add_head_count(8)
        writer.add_head_count_kv(heads_kv)
        if lengths:
            writer.add_key_length(lengths["key"])
            writer.add_value_length(lengths["value"])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.close()
        return read_header(path)

    assert header(2).cache_width == 4 * 2 * (8 + 8)
    assert header(2, key=32, value=16).cache_width == 4 * 2 * (32 + 16)
    assert header([0, 2, 0, 1]).cache_width == 3 * (8 + 8)
    found = header(2)
    assert (found.blocks, found.embedding, found.heads, found.vocabulary) == (4, 64, 8, 0)


def test_a_file_of_the_packages_writer(path):
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_name("A Name\n\x1b[31m 名")
    writer.add_license("apache-2.0")
    writer.add_context_length(32_768)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["a", "b" * 300, "日"])
    writer.add_token_scores([0.0, 1.0, 2.0])
    writer.add_chat_template("{{ messages }}" * 10_000)
    writer.add_custom_alignment(128)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    header = read_header(path)
    assert (header.architecture, header.name, header.licence) == ("qwen3", "A Name[31m 名", "apache-2.0")
    assert (header.context_length, header.quantization, header.tokenizer) == (32_768, "Q4_K_M", "gpt2")
    assert (header.chat_template, header.tensor_count, header.parameters) == (True, 0, 0)


def test_the_tables_are_those_of_the_package():
    known = {number.value: (number.name, *sizes) for number, sizes in gguf.constants.GGML_QUANT_SIZES.items()}
    shared = known.keys() & TENSOR_TYPES.keys()
    assert len(shared) >= 30
    assert {key: tuple(TENSOR_TYPES[key]) for key in shared} == {key: known[key] for key in shared}
    names = {
        entry.value: entry.name.removeprefix("ALL_").removeprefix("MOSTLY_").removesuffix("_MOE")
        for entry in gguf.LlamaFileType
    }
    assert {key: FILE_TYPES[key] for key in FILE_TYPES.keys() & names.keys()} == {
        key: names[key] for key in FILE_TYPES.keys() & names.keys()
    }


def test_what_is_no_model(tmp_path, path):
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "gone") == "model.missing"
    assert refused(tmp_path) == "model.is_folder"
    assert refused(tmp_path / "pipe") == "model.not_readable"
    assert refused(Path("/dev/zero")) == "model.not_readable"
    assert refused(tmp_path / "a\0b") == "model.not_readable"
    assert refused(path, b"") == "model.empty"
    assert refused(path, b"GG") == "model.not_gguf"
    assert refused(path, b"PK\3\4" + b"\0" * 100) == "model.not_gguf"
    assert refused(path / "inside") == "model.missing"


@pytest.mark.parametrize(
    ("version", "said"),
    [(0, "0"), (1, "1"), (4, "4"), (0x03000000, "3, big-endian"), (0xFFFFFFFF, "4294967295")],
)
def test_other_versions(version, said, path):
    path.write_bytes(model(version=version))
    with pytest.raises(ModelError) as caught:
        read_header(path)
    assert (caught.value.key, caught.value.values["version"]) == ("model.version", said)


def test_version_two(path):
    assert read(path, model(version=2)).version == 2


def test_every_cut_of_a_header_is_truncated(path):
    values = (ARCHITECTURE, array("t", 8, 2, text("ab") + text("c")), array("n", 4, 3, b"\0" * 12))
    whole = model(values, (tensor("a", (4, 2)), tensor("b", (32,), 8, 32)), data=66)
    assert read(path, whole).parameters == 40
    for length in range(4, len(whole)):
        assert refused(path, whole[:length]) == "model.truncated", length


def test_a_starter_whose_download_broke_off(path):
    shutil.copy(bundled_model(), path)
    path.chmod(0o644)
    size = path.stat().st_size
    for length in (size - 1, size // 2, 200_000, 100_000, 30, 5):
        os.truncate(path, length)
        assert refused(path) == "model.truncated"


def test_data_that_would_run_past_the_end(path):
    one = tensor("a", (256,), 12)  # one block of Q4_K: 144 bytes
    assert read(path, model(tensors=(one,), data=144)).quantization == "Q4_K"
    assert refused(path, model(tensors=(one,), data=143)) == "model.truncated"
    far = tensor("a", (2**63,), 0)
    assert refused(path, model(tensors=(far,), data=64)) == "model.truncated"
    assert refused(path, model(tensors=(tensor("a", (1,), 0, 2**63),), data=64)) == "model.truncated"
    # Of a type that is not known yet, the beginning at least.
    assert read(path, model(tensors=(tensor("a", (64,), 99),), data=0)).quantization is None
    assert refused(path, model(tensors=(tensor("a", (64,), 99, 32),), data=0)) == "model.truncated"


def test_alignment(path):
    wide = (ARCHITECTURE, uint32("general.alignment", 256))
    values = model(wide, (tensor("a", (64,)),), data=256, alignment=256)
    assert read(path, values).parameters == 64
    assert refused(path, values[:-1]) == "model.truncated"
    for wrong in (0, 3, 2**31):
        broken = model((ARCHITECTURE, uint32("general.alignment", wrong)), (tensor("a", (1,)),), data=999)
        assert refused(path, broken) == "model.broken"
    assert refused(path, model(tensors=(tensor("a", (1,), 0, 7),), data=99)) == "model.broken"


@pytest.mark.parametrize(
    "data",
    [
        model(counts=(2**60, 1)),
        model(counts=(0, 2**60)),
        model(values=()),
        model(values=(string("general.architecture", ""),)),
        model(values=(uint32("general.architecture", 1),)),
        model(values=(ARCHITECTURE, text("k") + struct.pack("<I", 77))),
        model(values=(ARCHITECTURE, array("k", 77, 1))),
        model(values=(string("general.architecture", "x" * 70_000),)),
        model(values=(string("k" * 70_000, "x"),)),
        model(tensors=(tensor("a", (1, 1, 1, 1, 1)),), data=99),
        model(tensors=(tensor("n" * 2_000, (1,)),), data=99),
        model(tensors=(tensor("a", (33,), 8),), data=99),
    ],
)
def test_what_cannot_be(data, path):
    assert refused(path, data) == "model.broken"


@pytest.mark.parametrize("kind", [0, 8, 9, 12])
@pytest.mark.parametrize("length", [2**31, 2**40, 2**63, 2**64 - 1])
def test_absurd_lengths_cost_nothing(kind, length, path):
    tracemalloc.start()
    begun = time.monotonic()
    try:
        assert (
            refused(path, model((ARCHITECTURE, array("k", kind, length, b"\0" * 100)))) == "model.truncated"
        )
        long = text("general.name") + struct.pack("<IQ", 8, length)
        assert refused(path, model((ARCHITECTURE, long))) == "model.truncated"
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
    assert time.monotonic() - begun < 1


def test_many_empty_strings_and_deep_arrays_end_soon(path):
    begun = time.monotonic()
    head = model((ARCHITECTURE, array("k", 8, 6_000_000)))
    path.write_bytes(head)
    os.truncate(path, 60_000_000)  # strings without a letter, all the way
    assert refused(path) == "model.broken"
    deep = struct.pack("<IQ", 9, 1) * 10_000
    assert refused(path, model((ARCHITECTURE, array("k", 9, 1, deep)))) == "model.broken"
    assert time.monotonic() - begun < 2


def test_a_large_vocabulary_is_passed_over_quickly(path):
    body = b"".join(text(f"piece{number}") for number in range(260_000))
    data = model((ARCHITECTURE, array("tokenizer.ggml.tokens", 8, 260_000, body)))
    begun = time.monotonic()
    assert read(path, data).architecture == "llama"
    assert time.monotonic() - begun < 3


def test_mutated_headers_are_read_or_refused(path):
    """A few hundred starters with wrong bytes: never another error, never long, never much memory."""
    chance = random.Random(20)
    shutil.copy(bundled_model(), path)
    path.chmod(0o644)
    head = path.read_bytes()[:197_000]
    # Half of the strikes go where the structure is: the front, and the tensor infos at the end.
    structure = [*range(0, 1_200), *range(190_000, 197_000)]
    outcomes: dict[str, int] = {}
    for _ in range(400):
        wrong = bytearray(head)
        for _ in range(chance.choice([1, 1, 2, 8, 64])):
            at = chance.choice(structure) if chance.random() < 0.5 else chance.randrange(len(wrong))
            wrong[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        with path.open("r+b") as file:
            file.write(wrong)
        begun = time.monotonic()
        try:
            read_header(path)
            key = "read"
        except ModelError as error:
            key = error.key
        assert time.monotonic() - begun < 2
        outcomes[key] = outcomes.get(key, 0) + 1
    assert {"read", "model.truncated", "model.broken"} <= outcomes.keys()


def test_noise_behind_a_good_start(path):
    chance = random.Random(7)
    for _ in range(200):
        noise = chance.randbytes(chance.randrange(3_000))
        data = b"GGUF" + struct.pack("<IQQ", 3, chance.randrange(50), chance.randrange(50)) + noise
        path.write_bytes(data)
        with pytest.raises(ModelError):
            read_header(path)
