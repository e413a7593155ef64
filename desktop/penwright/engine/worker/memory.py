"""Whether a model fits into this machine's memory: looked at before it is loaded.

A model that does not fit would be killed by the system, or make the whole machine crawl.
"""

from __future__ import annotations

import glob
import re
from pathlib import Path

import psutil

from penwright.base.errors import ModelError
from penwright.engine.placement import Shape
from penwright.modelstore.gguf_header import GgufHeader

_MEBI = 1024 * 1024
_PART = re.compile(r"-\d{5}-of-(\d{5})\.gguf$")
_HALF = 2  # bytes of a number in the KV cache (f16)
_SINGLE = 4  # bytes of a number while it is worked on (f32)
_LIVE_ROWS = 8  # rows as wide as a token's vector that one layer's evaluation keeps


def shape_of(path: Path, header: GgufHeader, cells: int, batch: int) -> Shape:
    """Return what the model at `path` takes with `cells` tokens of context, `batch` evaluated at a time."""
    row = header.vocabulary + _LIVE_ROWS * header.embedding + header.heads * cells
    return Shape(
        layers=header.blocks + 1,
        weights=_weights(path, header),
        cache=header.cache_width * cells * _HALF,
        scratch=batch * row * _SINGLE,
    )


def _weights(path: Path, header: GgufHeader) -> int:
    """Return the size of a model's files, all parts of a split one counted in."""
    found = _PART.search(path.name)
    if header.split_count < 2 or found is None:
        return header.size_bytes
    parts = path.parent.glob(f"{glob.escape(path.name[: found.start()])}-*-of-{found[1]}.gguf")
    return max(header.size_bytes, sum(part.stat().st_size for part in parts))


def available() -> int:
    """Return how many bytes can be taken without making the system swap."""
    return int(psutil.virtual_memory().available)


def short(path: Path, needed: int, room: int) -> ModelError:
    """Return what a person is told of a model that doesn't fit. Sizes in bytes."""
    return ModelError(
        "engine.no_memory",
        path=str(path),
        needed_mb=-(-needed // _MEBI),
        free_mb=max(0, room) // _MEBI,
    )
