"""The figures of finished models on a text that they never saw, beside an n-gram model of the same corpus.

    .venv/bin/python packaging/starter_model/measure.py --text FILE --shards FOLDER MODEL.gguf ...

It runs in Penwright's own environment, through the llama.cpp that Penwright has. What a writer sees of it,
such as keystrokes saved, is measured by `penwright evaluate`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from penwright.base.errors import PenwrightError
from starter_model import memorised
from starter_model.ngram import NGrams
from starter_model.reading import Reading, reading
from starter_model.shards import Shard

# Where tokens stand in what the model sees: the last is the end of a context of 2,048.
PLACES = ((0, 16), (16, 64), (64, 256), (256, 512), (512, 1024), (1024, 2048))
_CONTEXT = 2048
_EDGES = (1, 2)  # of a text, as the vocabulary has them
_BEGINNINGS, _BEGUN, _WRITTEN = 100, 50, 100  # texts, tokens shown, tokens written


def parser() -> argparse.ArgumentParser:
    """Return the command's options."""
    told = argparse.ArgumentParser(description="Measure models on a text that they never saw.")
    told.add_argument("models", type=Path, nargs="*", metavar="MODEL", help="GGUF files")
    told.add_argument("--text", type=Path, required=True, help="never trained on, a blank line between pages")
    told.add_argument("--shards", type=Path, help="of the training: for n-grams, and what is known by heart")
    told.add_argument("--order", type=int, default=4, help="of the n-grams")
    told.add_argument("--context", type=int, default=_CONTEXT, help="tokens seen at most")
    told.add_argument("--seed", type=int, default=1)
    return told


def on_text(model: Reading, texts: list[str], context: int) -> dict[str, float]:
    """Return bits a byte and perplexity of a model, and its perplexity by place."""
    nats: list[np.ndarray] = []
    for text in texts:
        tokens = model.tokens(text).tolist()
        nats += [model.surprise(tokens[at : at + context - 1]) for at in range(0, len(tokens), context - 1)]
    found = _figures(nats, texts)
    for first, end in PLACES:
        there = [each[first:end] for each in nats if len(each) > first]
        if there:
            found[f"perplexity_{first}_{end}"] = math.exp(float(np.concatenate(there).mean()))
    return found


def _figures(nats: list[np.ndarray], texts: list[str]) -> dict[str, float]:
    whole = np.concatenate(nats)
    letters = sum(len(text.encode("utf-8")) for text in texts)
    return {
        "bits_per_byte": float(whole.sum() / math.log(2) / letters),
        "perplexity": math.exp(float(whole.mean())),
        "tokens": len(whole),
    }


def by_heart(model: Reading, shards: list[Shard], seed: int) -> dict[str, float]:
    """Return in what share of texts that it writes on from its corpus there are runs of that corpus."""
    chance = random.Random(seed)
    written = []
    for _ in range(_BEGINNINGS):
        shard = chance.choice(shards)
        at = chance.randrange(len(shard.tokens) - _BEGUN)
        written.append(model.write_on(shard.tokens[at : at + _BEGUN].tolist(), _WRITTEN))
    found = memorised.runs(written, (np.asarray(shard.tokens) for shard in shards))
    return {f"runs_of_{length}": share for length, share in found.items()}


def measure(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Return the figures of each model, and of n-grams where shards are named. Raises OSError, ValueError."""
    whole: str = options.text.read_text(encoding="utf-8")
    texts = [text for text in re.split(r"\n\0?\n", whole) if text.strip()]
    if not texts:
        raise ValueError(f"{options.text} has no text.")
    shards: list[Shard] = []
    if options.shards is not None:
        names = json.loads((options.shards / "made.json").read_text(encoding="utf-8"))["sources"]
        shards = [Shard.of(options.shards, name, "train") for name in names]
    results: dict[str, dict[str, float]] = {}
    for path in options.models:
        with reading(path, options.context) as model:
            results[path.stem] = {"bytes": path.stat().st_size, "load_s": model.load_s}
            results[path.stem] |= on_text(model, texts, options.context)
            if shards:
                results[path.stem] |= by_heart(model, shards, options.seed)
            name = f"{options.order}-grams"
            if shards and name not in results:
                documents = [document for shard in shards for document in shard]
                grams = NGrams(documents, model.vocabulary, options.order, _EDGES)
                # That a text ends is counted for neither.
                results[name] = _figures([grams.surprise(model.tokens(text))[:-1] for text in texts], texts)
    return results


def main() -> int:
    """Run the command; return its exit code."""
    try:
        for name, figures in measure(parser().parse_args()).items():
            print(name)
            for what, value in figures.items():
                print(f"  {what:24} {value:,.{0 if value == round(value) else 4}f}")
    except (OSError, ValueError, PenwrightError) as error:
        print(f"measure.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
