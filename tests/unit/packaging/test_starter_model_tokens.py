"""The starter's tokens: the training sees what llama.cpp will see, on disk, in a GGUF and in a batch."""

import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest

from penwright.engine.worker.llama.model import Model
from starter_model import gguf_files, quantize, shards
from starter_model.batches import Batches, ahead
from starter_model.corpus import CorpusError
from starter_model.reading import llama
from starter_model.shape import Shape, Weights
from starter_model.vocabulary import Vocabulary

HARD = [
    "One line.",
    "Two\nlines",
    "\nbegins with one",
    "ends with one\n",
    "\n\n\n",
    "two  spaces, and a  line\n  set in",
    " begins with a space",
    "naïve café — “so”, 中文 and 🙂\n🙂",
    "a\tb",
    "# Heading\n\n- one\n- two\n\n1. three",
    "<|fim_middle|> and </s> stay letters",
    "don't I'll we've o'clock 1984 3.14",
    "",
]


def small(vocabulary: Vocabulary) -> tuple[Shape, Weights]:
    shape = Shape(vocabulary.size, 256, 1, 4, 512, 2048)
    sizes = {
        "token_embd": (vocabulary.size, 256),
        **{f"blk.0.attn_{each}": (256, 256) for each in ("q", "k", "v", "output")},
        **{f"blk.0.ffn_{each}": (512, 256) for each in ("gate", "up")},
        "blk.0.ffn_down": (256, 512),
        **dict.fromkeys(("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"), (256,)),
    }
    chance = np.random.default_rng(1)
    return shape, {
        f"{name}.weight": chance.normal(0, 0.02, size).astype(np.float32) for name, size in sizes.items()
    }


@pytest.fixture(scope="module")
def written(small_vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("gguf") / "small.gguf"
    gguf_files.write(*small(small_vocabulary), small_vocabulary, path)
    return path


@pytest.fixture(scope="module")
def model(written: Path) -> Iterator[Model]:
    loaded = Model(llama(), written)
    yield loaded
    loaded.close()


def test_llama_cpp_sees_the_tokens_that_were_trained_on(
    model: Model, small_vocabulary: Vocabulary, english: str
) -> None:
    chance = random.Random(1)
    starts = [chance.randrange(len(english) - 400) for _ in range(300)]
    fragments = [*HARD, *(english[start : start + chance.randrange(400)] for start in starts)]
    assert sum("\n" in fragment for fragment in fragments) > 100
    for fragment in fragments:
        assert small_vocabulary.encode(fragment).tolist() == list(model.plain(fragment)), fragment


def test_every_token_has_its_kind_and_the_middle_its_tokens(
    model: Model, small_vocabulary: Vocabulary, written: Path
) -> None:
    fields = gguf.GGUFReader(written).fields
    kinds = fields["tokenizer.ggml.token_type"].contents()
    assert kinds.count(gguf.TokenType.BYTE) == 256
    assert kinds[small_vocabulary.newline] == gguf.TokenType.USER_DEFINED
    for key, token in zip(("pre", "suf", "mid"), small_vocabulary.fim, strict=True):
        assert fields[f"tokenizer.ggml.fim_{key}_token_id"].contents() == token
        assert kinds[token] == gguf.TokenType.CONTROL
    assert fields["llama.context_length"].contents() == 2048
    assert model.n_vocab == small_vocabulary.size


@pytest.mark.parametrize(("whole", "most"), [(True, 0.0), (False, 0.57 / 127)])
def test_weights_come_out_of_a_gguf_as_they_went_in(
    small_vocabulary: Vocabulary, tmp_path: Path, whole: bool, most: float
) -> None:
    shape, weights = small(small_vocabulary)
    gguf_files.write(shape, weights, small_vocabulary, tmp_path / "m.gguf", whole=whole)
    read_shape, read = gguf_files.read(tmp_path / "m.gguf", shape.context)
    assert (read_shape.width, read_shape.layers, read_shape.vocabulary) == (256, 1, small_vocabulary.size)
    assert read.keys() == weights.keys()
    for name, figures in weights.items():
        # Q8_0 keeps 32 figures by their largest, in steps of a 127th of it; the step itself is a half float.
        largest = float(np.abs(figures).max())
        assert float(np.abs(read[name] - figures).max()) <= most * largest, name


def test_llama_cpp_makes_smaller_forms_of_it(
    small_vocabulary: Vocabulary,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shape, weights = small(small_vocabulary)
    whole = tmp_path / "m-f32.gguf"
    gguf_files.write(shape, weights, small_vocabulary, whole, whole=True)
    monkeypatch.setattr("sys.argv", ["quantize.py", str(whole), "Q8_0", "Q4_K_M"])
    assert quantize.main() == 0
    sizes = [(tmp_path / f"m-{kind}.gguf").stat().st_size for kind in ("Q4_K_M", "Q8_0")]
    assert sizes[0] < sizes[1] < whole.stat().st_size
    kinds = {tensor.tensor_type for tensor in gguf.GGUFReader(tmp_path / "m-Q8_0.gguf").tensors}
    assert kinds == {gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.F32}
    monkeypatch.setattr("sys.argv", ["quantize.py", str(tmp_path / "none.gguf"), "Q8_0"])
    assert quantize.main() == 2
    assert "can't be made into Q8_0" in capsys.readouterr().err


def test_a_gguf_of_another_kind_is_refused(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "other.gguf", "gpt2")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ValueError, match=r"other\.gguf"):
        gguf_files.read(tmp_path / "other.gguf", 2048)


def corpus(folder: Path, english: str) -> Path:
    folder.mkdir()
    texts = [f"Page {number}\n{english[number * 500 :][:900]}" for number in range(60)]
    for name, some in (("modern", texts[:30]), ("books", texts[30:])):
        with lzma.open(folder / f"{name}.txt.xz", "wt", encoding="utf-8") as out:
            out.write("\n\0\n".join(some) + "\n")
    return folder


def test_shards_hold_each_document_whole_and_are_made_once(
    small_vocabulary: Vocabulary, english: str, tmp_path: Path
) -> None:
    texts = corpus(tmp_path / "corpus", english)
    made = tmp_path / "shards"
    assert shards.make(texts, small_vocabulary, made, seed=1) == ["books", "modern"]
    shard = shards.Shard.of(made, "modern", "train")
    assert sum(len(document) for document in shard) == len(shard.tokens) == shard.starts[-1]
    stamp = (made / "modern-train.npy").stat().st_mtime_ns
    shards.make(texts, small_vocabulary, made, seed=1)
    assert (made / "modern-train.npy").stat().st_mtime_ns == stamp
    shards.make(texts, small_vocabulary, made, seed=2)
    assert json.loads((made / "made.json").read_text("utf-8"))["of"]["seed"] == 2
    assert sum(len(each.tokens) for each in shards.held_out(made, ["books", "modern"])) > 0


def test_a_corpus_with_nothing_in_it_is_refused(small_vocabulary: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "a.txt.xz").write_bytes(lzma.compress(b"\n\0\n"))
    with pytest.raises(CorpusError, match="too little text"):
        shards.make(tmp_path, small_vocabulary, tmp_path / "shards", seed=1)


@pytest.fixture
def source(small_vocabulary: Vocabulary, english: str) -> shards.Shard:
    parts = [small_vocabulary.encode(english[at : at + 3000]) for at in range(0, 12000, 3000)]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    return shards.Shard("modern", np.concatenate(parts), starts)


def test_a_batch_depends_on_seed_and_step_alone(source: shards.Shard, small_vocabulary: Vocabulary) -> None:
    one, other = (Batches([source], [1.0], small_vocabulary, seed=3) for _ in range(2))
    other.batch(1, 4, 100)
    first, again = one.batch(5, 4, 100), other.batch(5, 4, 100)
    assert first.tokens.tolist() == again.tokens.tolist()
    assert first.tokens.shape == (4, 101) and first.weights.shape == (4, 100)
    with ahead(one) as drawn:
        for step in (5, 6, 8):
            assert drawn.batch(step, 4, 100).tokens.tolist() == other.batch(step, 4, 100).tokens.tolist()
    assert one.batch(6, 4, 100).tokens.tolist() != first.tokens.tolist()


def test_rows_begin_documents_or_words_in_them(source: shards.Shard, small_vocabulary: Vocabulary) -> None:
    batch = Batches([source], [1.0], small_vocabulary, seed=1).batch(0, 200, 60)
    assert (batch.tokens[:, 0] == small_vocabulary.bos).all()
    beginnings = {int(source.tokens[at]) for at in source.starts[:-1]}
    seconds = batch.tokens[:, 1]
    assert all(small_vocabulary.begins_word[each] or int(each) in beginnings for each in seconds)
    assert len(set(seconds.tolist())) > 20
    assert (batch.weights == (batch.tokens[:, 1:] != small_vocabulary.bos)).all()


def test_a_row_is_filled_where_one_token_is_left(small_vocabulary: Vocabulary) -> None:
    tokens = np.array([9, 8, 7, 9, 8, 7], np.uint16)
    pages = shards.Shard("modern", tokens, np.array([0, 3, 6], np.int64))
    # A page and its beginning are 4 tokens; 9 are two pages and one token more.
    batch = Batches([pages], [1.0], small_vocabulary, seed=1).batch(0, 8, 8)
    assert (batch.tokens[:, -1] == small_vocabulary.bos).any()


def test_the_middle_comes_last_and_nothing_is_lost(
    source: shards.Shard, small_vocabulary: Vocabulary
) -> None:
    prefix, suffix, middle = small_vocabulary.fim
    rows = Batches([source], [1.0], small_vocabulary, seed=1, fim=1.0).batch(0, 20, 400)
    whole = source.tokens.tolist()
    seen = 0
    for row, weights in zip(rows.tokens.tolist(), rows.weights, strict=True):
        part = row[1 : row.index(small_vocabulary.bos, 1)] if small_vocabulary.bos in row[1:] else row[1:]
        if middle not in part or len(part) == len(row) - 1:
            continue
        seen += 1
        assert part[0] == prefix
        before, after = part[1 : part.index(suffix)], part[part.index(suffix) + 1 : part.index(middle)]
        between = part[part.index(middle) + 1 :]
        joined = before + between + after
        assert any(whole[at : at + len(joined)] == joined for at in range(len(whole) - len(joined) + 1))
        assert weights[0] == 0.0, "that a middle is asked for can't be foreseen"
    assert seen > 0
