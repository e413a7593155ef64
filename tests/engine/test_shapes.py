"""Models of random weights load, keep the memory of their kind, and answer with letters."""

from collections.abc import Callable, Iterator
from pathlib import Path

import llama_cpp as binding
import pytest

from penwright.engine.messages import Load, Request
from penwright.engine.worker.llama.context import Context
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.session import Session

TEXT = "The door was open, and he looked out into the garden"
KINDS = ["llama", "fim", "recurrent", "hybrid", "sliding"]


@pytest.fixture
def load(library: Library, shape: Callable[..., Path]) -> Iterator[Callable[..., Model]]:
    loaded: list[Model] = []

    def open_(name: str, **how: str) -> Model:
        loaded.append(Model(library, shape(name, **how)))
        return loaded[-1]

    yield open_
    for model in loaded:
        model.close()


@pytest.mark.parametrize("name", KINDS)
def test_it_loads_and_answers_with_letters(
    name: str, load: Callable[..., Model], library: Library, shape: Callable[..., Path], starter: Path
) -> None:
    model, own = load(name), Model(library, starter)
    assert model.begin(TEXT) == own.begin(TEXT), "it is tokenised as the starter does"
    own.close()
    session = Session(library, Load(str(shape(name)), n_threads=1))
    done = session.complete(Request(1, TEXT, max_tokens=12), lambda _text: None)
    session.close()
    assert done.stop == "limit"
    assert done.tokens == 12
    assert done.text.replace(" ", "").isalpha()
    assert len(set(done.best.logprobs)) > 6, "it does not write one token over and over"
    assert all(-9 < logprob < 0 for logprob in done.best.logprobs)


@pytest.mark.parametrize(
    ("name", "recurrent", "hybrid", "window", "rewinds"),
    [
        ("llama", False, False, 0, True),
        ("fim", False, False, 0, True),
        ("recurrent", True, False, 0, False),
        ("hybrid", False, True, 0, False),
        ("sliding", False, False, 64, True),
    ],
)
def test_it_has_the_memory_of_its_kind(
    name: str, recurrent: bool, hybrid: bool, window: int, rewinds: bool, load: Callable[..., Model]
) -> None:
    model = load(name)
    assert binding.llama_model_is_recurrent(model.handle) is recurrent
    assert binding.llama_model_is_hybrid(model.handle) is hybrid
    assert binding.llama_model_n_swa(model.handle) == window
    context = Context(model, 512, 1)
    tokens = model.begin(TEXT)
    context.evaluate(tokens, 0, 0)
    assert context.rewinds is rewinds
    assert context.remove(0, len(tokens) - 3) is rewinds
    assert context.length(0) == (len(tokens) - 3 if rewinds else len(tokens))
    context.close()


def test_tokens_for_infilling(load: Callable[..., Model]) -> None:
    for name, there in (("fim", True), ("llama", False)):
        vocabulary = binding.llama_model_get_vocab(load(name).handle)
        marks = [getattr(binding, f"llama_vocab_fim_{part}")(vocabulary) for part in ("pre", "suf", "mid")]
        assert (min(marks) >= 0) is there
        assert len(set(marks)) == (3 if there else 1)


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0"])
def test_quantized_ones(kind: str, load: Callable[..., Model]) -> None:
    model = load("llama", kind=kind)
    assert kind in model.description
    assert model.size < load("llama").size / (3 if kind == "Q8_0" else 6)
    context = Context(model, 128, 1)
    context.evaluate(model.begin(TEXT), 0, 0)
    logits = context.logits()
    assert 1.5 < logits[logits != 0].std() < 4
    context.close()


def test_the_same_seed_makes_the_same_file(shape: Callable[..., Path], tmp_path: Path, starter: Path) -> None:
    from shapes import make

    kept, again = shape("fim"), make("fim", tmp_path, starter)
    assert kept.name == again.name
    assert kept.read_bytes() == again.read_bytes()
    other = make("fim", tmp_path, starter, seed=2)
    assert other.read_bytes() != again.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {again.name, other.name}


def test_vocabularies_of_many_kinds(vocabularies: dict[str, Path], library: Library) -> None:
    kinds = set()
    for path in vocabularies.values():
        params = binding.llama_model_default_params()
        params.vocab_only = True
        model = binding.llama_model_load_from_file(str(path).encode(), params)
        kinds.add(binding.llama_vocab_type(binding.llama_model_get_vocab(model)))
        binding.llama_model_free(model)
    assert {1, 2, 3} <= kinds, "SPM, BPE and WPM"
