"""From a corpus to the starter's GGUF by one command.

    python3 packaging/starter_model/build.py --corpus DIR --minutes N [--device cuda|cpu]

Where this Python lacks PyTorch, the command makes an environment of its own (`environment.py`) and goes on in
it. What is stopped goes on when the same command is given again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from starter_model import environment

SIZES = ("gpu", "cpu")


def positive(told: str) -> float:
    """Return a number above 0. Raises ArgumentTypeError."""
    try:
        number = float(told)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"'{told}' is no number above 0")
    return number


def share(told: str) -> float:
    """Return a number from 0 to 1. Raises ArgumentTypeError."""
    number = float(told) if told.replace(".", "", 1).isdigit() else -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"'{told}' is no share: name a number from 0 to 1")
    return number


def parser() -> argparse.ArgumentParser:
    """Return the command's options."""
    told = argparse.ArgumentParser(description="Train the starter model and write it as a GGUF.")
    told.add_argument("--corpus", type=Path, required=True, help="folder with *.txt.xz")
    told.add_argument("--minutes", type=positive, required=True, help="of training")
    told.add_argument("--steps", type=int, default=0, help="instead of minutes: the same on every machine")
    told.add_argument("--device", choices=("cuda", "cpu"), help="default: cuda where there is one")
    told.add_argument("--size", choices=SIZES, help="sizes and pace; default: gpu on cuda, else cpu")
    told.add_argument("--width", type=int, help="instead of the size's: a multiple of 256")
    told.add_argument("--layers", type=int, help="instead of the size's")
    told.add_argument(
        "--work", type=Path, default=Path("build/starter"), help="shards, checkpoints, the curve"
    )
    told.add_argument("--out", type=Path, help="the GGUF; default: in the work folder")
    told.add_argument("--from", dest="begin", type=Path, help="a GGUF whose weights to go on from")
    told.add_argument("--tokenizer", type=Path, help="a SentencePiece model; else one is trained")
    told.add_argument("--vocabulary", type=int, default=8192, help="pieces, where one is trained")
    told.add_argument("--modern", type=share, default=0.5, help="share of what is seen that is modern prose")
    told.add_argument("--part", type=share, default=1.0, help="of the books, for a short training")
    told.add_argument("--fim", type=share, default=0.2, help="share of documents with their middle last")
    told.add_argument("--rate", type=positive, default=1.0, help="times the usual rate; less with --from")
    told.add_argument("--decay-from", type=share, default=0.55, help="share of the time at the full rate")
    told.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of the processor")
    told.add_argument("--export", action="store_true", help="no training: write what the last checkpoint has")
    told.add_argument("--seed", type=int, default=1)
    return told


def main() -> int:
    """Run the command; return its exit code."""
    options = parser().parse_args()
    try:
        environment.ensure(Path(__file__).resolve(), sys.argv[1:])
        # What needs the training's packages is loaded only now that they are here.
        from starter_model.pipeline import build  # noqa: PLC0415

        build(options)
    except (ValueError, OSError, subprocess.CalledProcessError) as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
