"""Healing in every kind of vocabulary: the letters typed come first, and nothing is corrupted after them."""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llama_cpp as binding
import numpy as np
import pytest

from mutants.parts import Parts, Value, take_apart
from penwright.base.catalogue import Catalogue
from penwright.core import segment
from penwright.engine.api import Phase
from penwright.engine.messages import Done, Load
from penwright.engine.worker.healing import stem_start
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.vocabulary import Vocabulary
from penwright.engine.worker.picking import Picker
from penwright.engine.worker.tokens import TokenTable
from penwright.engine.worker.writing import Writing
from penwright.modelstore.letters import letters_of

FAMILIES = (
    "llama-spm",
    "llama-bpe",
    "qwen2",
    "gemma-4",
    "deepseek-coder",
    "gpt-2",
    "bert-bge",
    "nomic-bert-moe",
)
# Much like one of those above.
MORE = (
    *("phi-3", "baichuan", "qwen35", "command-r", "falcon", "deepseek-llm"),
    *("gpt-neox", "mpt", "refact", "starcoder", "aquila"),
)
MADE = ("starter", "starter without bytes", "unigram", "rwkv")
SPACED = (
    "llama-spm",
    "phi-3",
    "baichuan",
    "starter",
    "starter without bytes",
)  # a space before each fragment
ONE_SPACE = ("unigram", "bert-bge", "nomic-bert-moe")  # white space is not told apart
WITHOUT_BYTES = ("starter without bytes", "unigram", "bert-bge", "nomic-bert-moe")

ENGLISH = "She closed the door — quietly — and looked out of the window. “Where?” he said, don't"
LINES = "The first line.\nThe second line\n\n    indented,  two spaces\tand a tab "
CHINESE = "今天天气很好，我们一起去公园散步。中华人民共和国国务院总理"
JAPANESE = "今日はとても天気が良かったので、友達とコーヒーを飲みながら「はい」と"
KOREAN = "오늘은 날씨가 아주 좋아서 공원을 산책했습니다. 안녕하세요"
ARABIC = "كان الجو جميلاً جداً اليوم، فذهبنا إلى الحديقة"
MARKS = unicodedata.normalize("NFD", "Où est le café à côté de l'hôtel? Việt Nam năm ngoái") + " क्षेत्र में"
EMOJI = "family 👩‍👩‍👧‍👦 and 👍🏽, flags 🇩🇪🇫🇷🇯🇵 ❤️‍🔥 so 😀😀"
MIXED = "用Python写的程序 v2.0 は3つのテスト😀を실행합니다"
TEXTS = (ENGLISH, LINES, CHINESE, JAPANESE, KOREAN, ARABIC, MARKS, EMOJI, MIXED, " begins with a space", "")


class Family:
    """A vocabulary loaded without weights."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        params = binding.llama_model_default_params()
        params.vocab_only = True
        self.handle = binding.llama_model_load_from_file(str(path).encode(), params)
        assert self.handle, name
        self.letters = None
        if name in SPACED:
            self.letters = letters_of(set(take_apart(path).get(b"tokenizer.ggml.tokens").elements))
        self.vocabulary = Vocabulary(self.handle, self.letters)
        self.pieces = self.vocabulary.pieces()
        self.table = TokenTable(self.pieces)


def without_bytes(parts: Parts) -> None:
    kinds = parts.get(b"tokenizer.ggml.token_type").elements
    tokens = parts.get(b"tokenizer.ggml.tokens").elements
    for number, kind in enumerate(kinds):
        if kind == 6:
            tokens[number], kinds[number] = b"[no byte %d]" % number, 5


def unigram(parts: Parts) -> None:
    without_bytes(parts)
    parts.get(b"tokenizer.ggml.model").elements = [b"t5"]
    for name in (b"add_space_prefix", b"remove_extra_whitespaces"):
        parts.values = [pair for pair in parts.values if not pair[0].endswith(name)]
        parts.values.append((b"tokenizer.ggml." + name, Value(7, [1])))


def rwkv(parts: Parts) -> None:
    words = [
        token.replace("▁".encode(), b" ").replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
        for token in parts.get(b"tokenizer.ggml.tokens").elements[259:]
    ]
    octets = [b"\\x%02x" % byte for byte in range(256)]
    words = [b"<s>", *octets, *(word for word in words if len(word) > 1 and word not in octets)]
    parts.get(b"tokenizer.ggml.model").elements = [b"rwkv"]
    parts.get(b"tokenizer.ggml.tokens").elements = words
    parts.get(b"tokenizer.ggml.token_type").elements = [3] + [1] * (len(words) - 1)
    parts.get(b"tokenizer.ggml.scores").elements = [0.0] * len(words)
    for name, value in parts.values:
        if name.endswith(b"_token_id"):
            value.elements = [0]


RECIPES: dict[str, Callable[[Parts], None]] = {
    "starter without bytes": without_bytes,
    "unigram": unigram,
    "rwkv": rwkv,
}


@pytest.fixture(
    scope="module", params=[*MADE, *FAMILIES, *(pytest.param(name, marks=pytest.mark.soak) for name in MORE)]
)
def family(
    request: pytest.FixtureRequest,
    library: Library,
    starter: Path,
    vocabularies: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Family]:
    name = request.param
    path = vocabularies[name] if name in (*FAMILIES, *MORE) else starter
    if name in RECIPES:
        parts = take_apart(starter)
        RECIPES[name](parts)
        parts.tensors, parts.data = [], bytearray()
        path = tmp_path_factory.mktemp("made") / "vocabulary.gguf"
        path.write_bytes(parts.packed())
    found = Family(name, path)
    yield found
    binding.llama_model_free(found.handle)


def known(family: Family, text: str) -> bool:
    """Whether the vocabulary can write all of a text, bit by bit at least."""
    if family.name not in WITHOUT_BYTES:
        return True
    if family.name == "starter without bytes":
        return family.letters is not None and all(map(family.letters.has, text))
    unknown = binding.llama_vocab_get_attr
    silent = [
        token for token in family.vocabulary.plain(text) if unknown(family.vocabulary._vocab, token) & 1
    ]
    spelt = b"".join(family.pieces[token] for token in family.vocabulary.plain(text))
    return not silent and "".join(spelt.decode("utf-8", "replace").split()) == "".join(text.split())


def settled(family: Family, written: bytes) -> bytes:
    """Return what a prompt and a stem write, without the spaces that are the vocabulary's own."""
    if family.name in ONE_SPACE:
        return b" ".join(written.split())
    if family.name in SPACED:  # where the text has a space of its own at such a place, one is enough for both
        return re.sub(rb"(^|\n) +", rb"\1", written)
    return written


def test_prompt_and_stem_are_the_text_at_every_caret(family: Family) -> None:
    tried = 0
    for text in TEXTS:
        for caret in range(len(text) + 1):
            before = text[:caret]
            if not known(family, before):
                break
            at = stem_start(before, family.table)
            tokens = family.vocabulary.begin(before[:at])
            stem = family.vocabulary.spelt(before[at:], before[:at], tokens[-1:])
            written = b"".join(family.pieces[token] for token in tokens) + stem
            assert settled(family, written) == settled(family, before.encode()), (before, at)
            tried += 1
    assert tried > 40


def fitting(family: Family, required: bytes) -> list[int]:
    """Return the tokens that fit, by a search of all."""
    return [
        token
        for token, piece in enumerate(family.pieces)
        if piece and (piece.startswith(required) or required.startswith(piece))
    ]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_greedy_way_is_that_of_a_search_and_nothing_is_cut(family: Family, seed: int) -> None:
    chance = random.Random(f"{family.name} {seed}")
    text = chance.choice([text for text in TEXTS if len(text) > 20])
    before = text[: chance.randrange(10, len(text))]
    at = stem_start(before, family.table)
    stem = family.vocabulary.spelt(before[at:], before[:at], family.vocabulary.begin(before[:at])[-1:])
    scores = np.random.default_rng(seed)
    picker = Picker(len(family.pieces), np.empty(0, np.int64))
    writing = Writing(stem, b"", before, None)
    written = b""
    while writing.required:
        logits = scores.normal(size=len(family.pieces)).astype(np.float32) * 4
        searched = fitting(family, writing.required)
        allowed = family.table.allowed(writing.required)
        assert sorted(allowed.tolist()) == searched
        if not searched:
            assert family.name in WITHOUT_BYTES  # what it can't write is withheld
            return
        pick = picker.best(logits, allowed)
        token = pick.token
        assert token == max(searched, key=logits.__getitem__)
        written += family.pieces[token]
        if writing.add(family.pieces[token], pick) == "end":
            # A token can go on with half a letter that nothing can begin: no text any more, so withheld.
            assert not writing.text
            return
    assert written.startswith(stem) or stem.startswith(written)
    for _ in range(12):
        pick = picker.best(scores.normal(size=len(family.pieces)).astype(np.float32))
        piece = family.pieces[pick.token]
        stop = writing.add(piece, pick) if piece else "end"
        if stop == "end":
            break
        written += piece
        if stop:
            break
    # What came after the letters typed, as far as it is whole letters, and nothing else.
    after = written[len(stem) :].decode("utf-8", "ignore") if len(written) >= len(stem) else ""
    assert "\ufffd" not in writing.text or "\ufffd" in after
    assert after.startswith(writing.text.rstrip("\n")) or writing.text == ""


def test_whatever_is_chosen_the_letters_typed_come_out(family: Family) -> None:
    """Where every byte has a token, no choice leads to a place from which the stem can't be finished."""
    if family.name in WITHOUT_BYTES:
        return  # withheld, which the test before this one shows
    chance = random.Random(7)
    for text in TEXTS:
        required = text[:30].encode()
        while required:
            allowed = family.table.allowed(required)
            assert len(allowed), required
            token = int(chance.choice(allowed))
            required = required[len(family.pieces[token]) :]


def test_strange_texts_are_tokenised(family: Family) -> None:
    for text in (
        *TEXTS,
        "\0",
        "\ud83d half",
        "\ufeff\u202e",
        "\x1b[31m",
        "字" * 300,
        "<s></s><unk>",
        "\u2581",
    ):
        assert min(family.vocabulary.begin(text)) >= 0


@pytest.mark.parametrize("text", [CHINESE, JAPANESE])
def test_no_token_that_goes_over_the_caret_is_missed(family: Family, text: str) -> None:
    """In text without spaces the stem begins where the token begins that the model would have written."""
    tokens = family.vocabulary.plain(text)
    written = b"".join(family.pieces[token] for token in tokens)
    if not written.strip().startswith(text.encode()):
        return  # letters are unknown
    ends, at = set(), 0
    for token in tokens:
        at += len(family.pieces[token])
        ends.add(at)
    lead = len(written) - len(text.encode())
    for caret in range(1, len(text)):
        place = lead + len(text[:caret].encode())
        begun = max((end for end in ends if end < place), default=0)
        if place in ends or not segment.is_ideographic(text[caret - 1]):
            continue
        stem = lead + len(text[: stem_start(text[:caret], family.table)].encode())
        assert stem <= max(begun, lead), text[:caret]


def test_a_model_without_bytes_writes_on_and_lives(
    talk: Callable[..., Any], starter: Path, tmp_path: Path
) -> None:
    parts = take_apart(starter)
    without_bytes(parts)
    path = tmp_path / "bare.gguf"
    path.write_bytes(parts.packed())
    made = talk()
    made.client.load(Load(str(path), n_threads=1))
    made.ready()
    for number, before in enumerate(("It was a dark 😀 night, and the", "So 今天", "So 今天 the old"), 1):
        made.ask(number, before)
        done = made.end_of(number)
        assert isinstance(done, Done)
        # What it can't write it can't go on from either; unknown letters further back are left out.
        assert bool(done.text) == (number != 2)
    assert Phase.RESTARTING not in made.phases()


def test_models_that_do_not_go_on_from_a_caret(
    talk: Callable[..., Any], starter: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    parts = take_apart(starter)
    parts.values.append((b"llama.attention.causal", Value(7, [0])))
    path = tmp_path / "encoder.gguf"
    path.write_bytes(parts.packed())
    made = talk()
    made.client.load(Load(str(path), n_threads=1))
    refused = made.end_of(0)
    assert refused.key == "model.cannot_write"
    assert catalogue.say(refused.key, **refused.values)
