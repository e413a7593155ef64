"""Where a made model lies, and when it is made."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np

from shapes.architectures import SHAPES
from shapes.vocabulary import FIM, vocabulary
from shapes.weights import Format, random_matrix

_LOGITS = 2.5  # the standard deviation of the logits: the likeliest of some thousand tokens gets about 1%
# The output is tied to the embedding, whose weights are this much too small beside what the layers add: else
# a token would foretell itself. The last norm makes up for it.
_SMALL = 0.1


def make(
    name: str,
    folder: Path,
    starter: Path,
    kind: str = "F32",
    seed: int = 1,
    *,
    template: str = "",
    special: Sequence[str] = (),
) -> Path:
    """Return the path of a shape in `folder`, writing the file where it is missing.

    kind: "F32", "Q8_0" or "Q4_0", for all matrices alike, the vocabulary's too. template: for conversations;
    special: the tokens that it writes. The file's name tells what it was made from, so that a changed recipe
    makes another file; half a file is never taken for a whole one.
    """
    path = folder / f"{name}-{kind}-{seed}-{_recipe(starter, template, *special)}.gguf"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{path.name}.{os.getpid()}.part"
    try:
        _write(part, name, starter, Format[kind], seed, template, special)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _recipe(starter: Path, *added: str) -> str:
    """Return a digest of these modules, of what is added, and of the starter, whose vocabulary is taken."""
    digest = hashlib.sha256(starter.read_bytes())
    digest.update(repr(added).encode() if any(added) else b"")
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()[:12]


def _write(
    path: Path, name: str, starter: Path, kind: Format, seed: int, template: str, special: Sequence[str]
) -> None:
    shape = SHAPES[name]
    words = vocabulary(starter, shape.vocabulary, special=(*(FIM.values() if shape.fim else ()), *special))
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, shape.architecture)
    writer.add_name(f"random {name}")
    writer.add_vocab_size(len(words.tokens))
    shape.write(writer)
    words.write(writer)
    if template:
        writer.add_chat_template(template)
    deviations = np.full(len(words.tokens), _SMALL * _LOGITS / shape.width**0.5, np.float32)
    deviations[words.silent] *= 0.01  # their logits are never the highest; zeros would end in zeros inside
    embedding, format_ = random_matrix(random, deviations, shape.width, kind)
    writer.add_tensor("token_embd.weight", embedding, raw_dtype=format_)
    writer.add_tensor(shape.output_norm, np.full(shape.width, 1 / _SMALL, np.float32))
    for tensor, what in shape.tensors():
        if isinstance(what, tuple):
            columns, rows = what
            deviations = np.full(rows, columns**-0.5, np.float32)
            matrix, format_ = random_matrix(random, deviations, columns, kind)
            writer.add_tensor(tensor, matrix, raw_dtype=format_)
        else:
            writer.add_tensor(tensor, what)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
