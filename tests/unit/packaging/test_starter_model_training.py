"""The starter's training: the model is llama.cpp's, it learns, it goes on where it stopped. Needs PyTorch."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from starter_model import gguf_files
from starter_model.batches import Batches, ahead
from starter_model.reading import llama
from starter_model.shape import Shape
from starter_model.shards import Shard
from starter_model.vocabulary import Vocabulary

torch = pytest.importorskip(
    "torch",
    reason="PyTorch is in the training's own environment (packaging/starter_model/environment.py) only",
)

from starter_model.model import Llama  # noqa: E402 - only where PyTorch is
from starter_model.optimizer import orthogonal, rate  # noqa: E402 - only where PyTorch is
from starter_model.training import CHECKPOINT, CURVE, HeldOut, Plan, Training  # noqa: E402 - only where PyTorch is


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)  # its thread would outlive the test


def plan(steps: int) -> Plan:
    return Plan(1.0, steps, 256, 128, ((0.0, 32), (0.5, 64)), 0.02, 4e-3, 0.5, 1)


@pytest.fixture
def source(small_vocabulary: Vocabulary, english: str) -> Shard:
    parts = [small_vocabulary.encode(english[at : at + 4000]) for at in range(0, 24000, 4000)]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    return Shard("modern", np.concatenate(parts), starts)


def training(vocabulary: Vocabulary, source: Shard, folder: Path, steps: int) -> Training:
    torch.manual_seed(1)
    model = Llama(Shape(vocabulary.size, 256, 1, 4, 256, 64))
    held = HeldOut([source], vocabulary.bos, 32, 8, seed=1)
    return Training(model, Batches([source], [1.0], vocabulary, seed=1), held, plan(steps), folder)


def figures(folder: Path) -> list[dict[str, str]]:
    with (folder / CURVE).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_it_learns_and_says_so_in_its_curve(
    small_vocabulary: Vocabulary, source: Shard, tmp_path: Path
) -> None:
    training(small_vocabulary, source, tmp_path, 12).run(measured_every=0.0)
    losses = [float(row["held_modern"]) for row in figures(tmp_path)]
    assert losses[0] == pytest.approx(math.log(small_vocabulary.size), abs=0.3)
    assert losses[-1] < losses[0] - 0.5


def test_what_was_stopped_goes_on_where_it_was(
    small_vocabulary: Vocabulary, source: Shard, tmp_path: Path
) -> None:
    training(small_vocabulary, source, tmp_path / "whole", 6).run(measured_every=1e9)
    stopped = training(small_vocabulary, source, tmp_path / "parts", 6)
    with ahead(stopped._batches) as batches:
        for _ in range(3):
            stopped._one_step(batches)
    stopped._save()
    again = training(small_vocabulary, source, tmp_path / "parts", 6)
    assert again.step == 3
    again.run(measured_every=1e9)
    kept = [
        torch.load(tmp_path / name / CHECKPOINT, weights_only=True)["model"] for name in ("whole", "parts")
    ]
    for name, weight in kept[0].items():
        assert torch.allclose(weight, kept[1][name], atol=1e-5), name


def test_llama_cpp_says_the_same(small_vocabulary: Vocabulary, english: str, tmp_path: Path) -> None:
    from penwright.engine.worker.llama.context import Context
    from penwright.engine.worker.llama.model import Model

    torch.manual_seed(1)
    ours = Llama(Shape(small_vocabulary.size, 256, 2, 4, 512, 512))
    with torch.no_grad():
        for weight in ours.parameters():
            weight.normal_(1.0 if weight.ndim == 1 else 0.0, 0.05)
    gguf_files.write(ours.shape, ours.weights(), small_vocabulary, tmp_path / "m.gguf", whole=True)
    tokens = [small_vocabulary.bos, *small_vocabulary.encode(english[:1200]).tolist()][:300]
    with torch.no_grad():
        states = ours(torch.tensor([tokens]))[0, -1]
        expected = (ours.token_embd.weight @ states).numpy()
    model = Model(llama(), tmp_path / "m.gguf")
    context = Context(model, 512, 1)
    try:
        context.evaluate(tokens, 0, 0)
        found = np.array(context.logits())
    finally:
        context.close()
        model.close()
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_steps_are_nearly_orthogonal() -> None:
    torch.manual_seed(1)
    for size in ((64, 64), (96, 32), (32, 96)):
        values = torch.linalg.svdvals(orthogonal(torch.randn(size)))
        assert float(values.min()) > 0.3 and float(values.max()) < 1.4


def test_the_rate_warms_up_is_stable_and_falls_to_nothing() -> None:
    assert rate(0.0) < 0.1
    assert rate(0.3) == rate(0.55) == 1.0
    assert rate(0.775) == pytest.approx(0.5)
    assert rate(1.0) == 0.0
