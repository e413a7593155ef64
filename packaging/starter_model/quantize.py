"""The whole-number forms of a model, to choose between: made by llama.cpp from the one with 32 bits.

    .venv/bin/python packaging/starter_model/quantize.py penwright-starter-en-f32.gguf Q6_K Q4_K_M

It runs in Penwright's own environment; the files lie beside the first.
"""

from __future__ import annotations

import argparse
import ctypes
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import llama_cpp as binding

from starter_model.reading import llama

KINDS = {
    "Q8_0": binding.LLAMA_FTYPE_MOSTLY_Q8_0,
    "Q6_K": binding.LLAMA_FTYPE_MOSTLY_Q6_K,
    "Q5_K_M": binding.LLAMA_FTYPE_MOSTLY_Q5_K_M,
    "Q4_K_M": binding.LLAMA_FTYPE_MOSTLY_Q4_K_M,
    "Q4_0": binding.LLAMA_FTYPE_MOSTLY_Q4_0,
}


def quantize(source: Path, target: Path, kind: str) -> None:
    """Write `source` in another form. Raises ValueError where llama.cpp can't."""
    llama()  # keeps what llama.cpp says, which is a line for each tensor
    params = binding.llama_model_quantize_default_params()
    params.ftype = KINDS[kind]
    params.nthread = 1
    part = target.with_name(f".{target.name}.part")
    code = binding.llama_model_quantize(str(source).encode(), str(part).encode(), ctypes.byref(params))
    if code != 0:
        part.unlink(missing_ok=True)
        raise ValueError(f"{source} can't be made into {kind}; name a whole GGUF with 32 bits.")
    part.replace(target)


def main() -> int:
    """Run the command; return its exit code."""
    told = argparse.ArgumentParser(description="Write a model in fewer bits.")
    told.add_argument("source", type=Path)
    told.add_argument("kinds", nargs="+", choices=tuple(KINDS), metavar="KIND", help=", ".join(KINDS))
    options = told.parse_args()
    stem = options.source.stem.removesuffix("-f32")
    for kind in options.kinds:
        target = options.source.with_name(f"{stem}-{kind}.gguf")
        try:
            quantize(options.source, target, kind)
        except (ValueError, OSError) as error:
            print(f"quantize.py: {error}", file=sys.stderr)
            return 2
        print(f"{target}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
