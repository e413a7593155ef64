"""Make a model of random weights: `python tests/bench/make_shape.py NAME [--format Q4_0] [--into FOLDER]`.

Run it in the checkout's own environment (.venv). It prints the file's path.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Make the model that was asked for."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "packaging")]
    from devtools.checkout import build_cache
    from penwright.base.paths import bundled_model
    from shapes import SHAPES, make

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SHAPES)
    parser.add_argument("--format", choices=("F32", "Q8_0", "Q4_0"), default="Q4_0")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=Path, default=build_cache(os.environ) / "shapes")
    options = parser.parse_args()
    print(make(options.name, options.into, bundled_model(), options.format, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
