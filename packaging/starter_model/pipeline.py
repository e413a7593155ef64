"""What build.py does: vocabulary, shards, model, training, GGUF. What is there already is not made again."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from starter_model import curve, gguf_files, shards
from starter_model.batches import Batches
from starter_model.corpus import documents
from starter_model.model import Llama
from starter_model.shape import Shape
from starter_model.training import CURVE, HeldOut, Plan, Training
from starter_model.vocabulary import Vocabulary, train

NAME = "penwright-starter-en.gguf"
_HELD_ROWS, _HELD_LENGTH = 48, 512
_HEAD = 64  # figures of one attention head
# Long rows cost more, and what is near is learnt first.
LENGTHS = ((0.0, 512), (0.5, 1024), (0.75, 2048))


@dataclass(frozen=True)
class Size:
    """Sizes and pace that suit a machine. tokens: of a step; piece: of what is evaluated at once."""

    width: int
    layers: int
    tokens: int
    piece: int
    muon_rate: float
    adam_rate: float


# 24.6 million parameters with 8,192 pieces, 26 MB as Q8_0; and what two cores can train in some hours.
SIZES = {
    "gpu": Size(512, 6, 131072, 65536, 0.02, 4e-3),
    "cpu": Size(256, 6, 4096, 2048, 0.02, 4e-3),
}


def build(options: argparse.Namespace) -> Path:
    """Make everything that is not there yet; return the GGUF. Raises ValueError, OSError."""
    cuda = torch.cuda.is_available()
    if options.device == "cuda" and not cuda:
        raise ValueError("PyTorch finds no CUDA here; leave --device out, or install a build of it for CUDA.")
    device = torch.device(options.device or ("cuda" if cuda else "cpu"))
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    vocabulary = Vocabulary(_tokenizer(options))
    folder = options.work / "shards"
    sources = shards.make(options.corpus, vocabulary, folder, options.seed, options.part)
    size = SIZES[options.size or ("gpu" if device.type == "cuda" else "cpu")]
    model = _model(options, size, vocabulary).to(device)
    plan = Plan(
        minutes=options.minutes,
        steps=options.steps,
        tokens=size.tokens,
        piece=size.piece,
        lengths=LENGTHS,
        muon_rate=size.muon_rate * options.rate,
        adam_rate=size.adam_rate * options.rate,
        decay_from=options.decay_from,
        seed=options.seed,
        threads=1 if device.type == "cuda" else options.threads,  # beside a GPU it only hands out the work
    )
    seen = [shards.Shard.of(folder, source, "train") for source in sources]
    held = shards.held_out(folder, sources)
    batches = Batches(seen, shares(sources, options.modern), vocabulary, options.seed, options.fim)
    training = Training(
        model,
        batches,
        HeldOut(held, vocabulary.bos, _HELD_LENGTH, _HELD_ROWS, options.seed),
        plan,
        options.work,
    )
    told = {"plan": asdict(plan), "shape": asdict(model.shape)}
    (options.work / "plan.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    millions = model.shape.parameters / 1e6
    print(f"{millions:.1f} million parameters, {device}, from step {training.step}", flush=True)
    if not options.export:
        training.run(measured_every=3 * plan.minutes)
        curve.draw(options.work / CURVE, options.work / "curve.png")
    target: Path = options.out or options.work / NAME
    gguf_files.write(model.shape, model.weights(), vocabulary, target)
    # What quantize.py makes other forms of.
    whole = target.with_name(f"{target.stem}-f32.gguf")
    gguf_files.write(model.shape, model.weights(), vocabulary, whole, whole=True)
    print(f"{target}: {target.stat().st_size:,} bytes after {training.seen:,} tokens")
    return target


def _tokenizer(options: argparse.Namespace) -> Path:
    if options.tokenizer is not None:
        return Path(options.tokenizer)
    path: Path = options.work / f"tokenizer-{options.vocabulary}.model"
    if not path.exists():
        texts = (document.text for document in documents(options.corpus) if not document.held_out)
        lines = (line for text in texts for line in text.split("\n") if line)
        part = path.with_suffix(".part")
        train(lines, options.vocabulary, part, options.seed)
        part.replace(path)
    return path


def _model(options: argparse.Namespace, size: Size, vocabulary: Vocabulary) -> Llama:
    context = LENGTHS[-1][1]
    if options.begin is not None:
        model = Llama.of(*gguf_files.read(options.begin, context))
        if model.shape.vocabulary != vocabulary.size:
            raise ValueError(f"{options.begin} has another vocabulary; name its own with --tokenizer.")
        return model
    width, layers = options.width or size.width, options.layers or size.layers
    if width % 256 or layers < 1:
        raise ValueError("The width has to be a multiple of 256, and there has to be a layer.")
    return Llama(Shape(vocabulary.size, width, layers, width // _HEAD, 3 * width, context))


def shares(sources: list[str], modern: float) -> list[float]:
    """Return each source's share: of modern prose what was asked for, the others share the rest."""
    if shards.MODERN not in sources or len(sources) == 1:
        return [1.0] * len(sources)
    return [modern if source == shards.MODERN else (1 - modern) / (len(sources) - 1) for source in sources]
