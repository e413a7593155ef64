"""From a corpus to the starter's GGUF by one command.

    python3 packaging/starter_model/build.py --corpus DIR --minutes N [--device cuda|cpu]

It wants the packages of requirements.txt beside it. What is stopped goes on when the same command is given again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from starter_model import gguf_files, shards
from starter_model.batches import Batches
from starter_model.corpus import CorpusError, documents
from starter_model.model import Llama, Shape
from starter_model.training import HeldOut, Plan, Training
from starter_model.vocabulary import Vocabulary, train

_HELD_ROWS, _HELD_LENGTH = 48, 512


@dataclass(frozen=True)
class Size:
    """The sizes and the pace that suit a machine."""

    width: int
    layers: int
    hidden: int
    tokens: int  # of a step
    piece: int  # of what is evaluated at once
    muon_rate: float
    adam_rate: float


# 24.9 million parameters with 8,192 pieces: 26 MB as Q8_0. The other is what two cores can train in some hours.
SIZES = {
    "gpu": Size(512, 6, 1536, 131072, 65536, 0.02, 4e-3),
    "cpu": Size(256, 6, 768, 4096, 2048, 0.02, 4e-3),
}
# Long rows cost more, and what is near is learnt first.
LENGTHS = ((0.0, 512), (0.5, 1024), (0.75, 2048))


def parser() -> argparse.ArgumentParser:
    """Return the command's options."""
    told = argparse.ArgumentParser(description="Train the starter model and write it as a GGUF.")
    told.add_argument("--corpus", type=Path, required=True, help="folder with *.txt.xz")
    told.add_argument("--minutes", type=float, required=True, help="of training")
    told.add_argument("--steps", type=int, default=0, help="instead of minutes: the same on every machine")
    told.add_argument("--device", choices=("cuda", "cpu"), default="cuda" if torch.cuda.is_available() else "cpu")
    told.add_argument("--size", choices=tuple(SIZES), help="sizes; default: gpu on cuda, cpu else")
    told.add_argument("--work", type=Path, default=Path("build/starter"), help="shards, checkpoints, the curve")
    told.add_argument("--out", type=Path, help="the GGUF; default: in the work folder")
    told.add_argument("--from", dest="begin", type=Path, help="a GGUF whose weights to go on from")
    told.add_argument("--tokenizer", type=Path, help="a SentencePiece model; else one is trained")
    told.add_argument("--vocabulary", type=int, default=8192, help="pieces, where one is trained")
    told.add_argument("--modern", type=float, default=0.5, help="share of what is seen that is modern prose")
    told.add_argument("--part", type=float, default=1.0, help="of the books, for a short training")
    told.add_argument("--fim", type=float, default=0.2, help="share of documents with their middle last")
    told.add_argument("--rate", type=float, default=1.0, help="times the usual rate; less with --from")
    told.add_argument("--decay-from", type=float, default=0.55, help="share of the time at the full rate")
    told.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of the processor")
    told.add_argument("--seed", type=int, default=1)
    return told


def main() -> int:
    """Run the command; return its exit code."""
    options = parser().parse_args()
    try:
        return build(options)
    except (CorpusError, ValueError, OSError) as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 2


def build(options: argparse.Namespace) -> int:
    """Make everything that is not there yet. Raises CorpusError, ValueError, OSError."""
    torch.manual_seed(options.seed)
    if options.device == "cuda":
        options.threads = 1  # the processor only hands out the work
    torch.set_float32_matmul_precision("high")
    device = torch.device(options.device)
    vocabulary = Vocabulary(_tokenizer(options))
    folder = options.work / "shards"
    sources = shards.make(options.corpus, vocabulary, folder, options.seed, options.part)
    size = SIZES[options.size or ("gpu" if options.device == "cuda" else "cpu")]
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
    )
    seen = [shards.Shard.of(folder, source, "train") for source in sources]
    held = [shards.Shard.of(folder, source, "held") for source in sources]
    batches = Batches(seen, _shares(sources, options.modern), vocabulary, options.seed, options.fim)
    held_out = HeldOut(held, vocabulary.bos, _HELD_LENGTH, _HELD_ROWS, options.seed)
    training = Training(model, batches, held_out, plan, options.work, options.threads)
    _write_plan(options.work, plan, model.shape)
    print(f"{model.shape.parameters / 1e6:.1f} million parameters, {device}, from step {training.step}", flush=True)
    training.run(measured_every=3 * plan.minutes)
    target = options.out or options.work / "penwright-starter-en.gguf"
    gguf_files.write(model, vocabulary, target, "Penwright starter", "Completes words and phrases in English.")
    print(f"{target}: {target.stat().st_size:,} bytes after {training.seen:,} tokens")
    return 0


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
        model = gguf_files.read(options.begin, context)
        if model.shape.vocabulary != vocabulary.size:
            raise ValueError(f"{options.begin} has another vocabulary; name its own with --tokenizer.")
        return model
    shape = Shape(vocabulary.size, size.width, size.layers, size.width // 64, size.hidden, context)
    return Llama(shape)


def _shares(sources: list[str], modern: float) -> list[float]:
    """Return each source's share: of modern prose what was asked for, the others share the rest."""
    if shards.MODERN not in sources or len(sources) == 1:
        return [1.0] * len(sources)
    return [modern if source == shards.MODERN else (1 - modern) / (len(sources) - 1) for source in sources]


def _write_plan(work: Path, plan: Plan, shape: Shape) -> None:
    told = {"plan": asdict(plan), "shape": asdict(replace(shape))}
    (work / "plan.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
