"""What a GGUF file says of itself, read without loading it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from penwright.base.files import readable_name
from penwright.modelstore.ggml_types import FILE_TYPE_GUESSED, FILE_TYPES
from penwright.modelstore.gguf_reading import SCALARS, Broken, Cursor, KeyValues, opened, walk

_CHAT_TEMPLATE = "tokenizer.chat_template"
_TOKENS = "tokenizer.ggml.tokens"
_WHOLE = frozenset({0, 1, 2, 3, 4, 5, 10, 11})  # scalars without a fraction
_MAX_LAYERS = 4_096  # that are believed to have a number of heads each


@dataclass(frozen=True)
class GgufHeader:
    """What is known of a model before it is loaded; None for what its file doesn't say.

    version: of the GGUF layout. parameters: weights in this file. context_length: tokens it was trained
    for. quantization: as in "Q4_K_M". licence: an SPDX name mostly. size_bytes: of the file.
    split_count: files that the model is spread over, of which this is one.
    blocks: repeating layers. cache_width: numbers that the KV cache keeps for one token, in all layers.
    embedding, heads: width of a token's vector, and attention heads. vocabulary: tokens. 0 for what the
    file doesn't say.
    """

    version: int
    architecture: str
    name: str | None
    parameters: int
    context_length: int | None
    quantization: str | None
    tokenizer: str | None
    licence: str | None
    tensor_count: int
    size_bytes: int
    chat_template: bool
    split_count: int
    blocks: int = 0
    cache_width: int = 0
    embedding: int = 0
    heads: int = 0
    vocabulary: int = 0


def read_header(path: Path) -> GgufHeader:
    """Return the header of the GGUF file at `path`; at most some megabytes of it are read.

    Raises ModelError: model.missing, model.is_folder, model.not_readable, model.empty, model.not_gguf,
    model.version, model.truncated (also where tensor data would run past the end), model.broken.
    """
    with opened(path) as cursor:
        found = walk(cursor, readable_name(path))
        values, tensors = found.values, found.tensors
        architecture = values.text("general.architecture")
        if not architecture:
            raise Broken
        file_type = values.integer("general.file_type", -1)
        quantization = FILE_TYPES.get(file_type & ~FILE_TYPE_GUESSED) if file_type >= 0 else None
        return GgufHeader(
            version=found.version,
            architecture=architecture,
            name=values.text("general.name"),
            parameters=tensors.elements.total(),
            context_length=max(0, values.integer(f"{architecture}.context_length", 0)) or None,
            quantization=quantization or tensors.commonest_type(),
            tokenizer=values.text("tokenizer.ggml.model"),
            licence=values.text("general.license"),
            tensor_count=found.tensor_count,
            size_bytes=cursor.size,
            chat_template=_CHAT_TEMPLATE in values.scalars or _CHAT_TEMPLATE in values.arrays,
            split_count=max(1, values.integer("split.count", 1)),
            blocks=_size(values, f"{architecture}.block_count"),
            cache_width=_cache_width(cursor, values, architecture),
            embedding=_size(values, f"{architecture}.embedding_length"),
            heads=_size(values, f"{architecture}.attention.head_count"),
            vocabulary=values.arrays[_TOKENS].count if _TOKENS in values.arrays else 0,
        )


def _size(values: KeyValues, key: str) -> int:
    """Return a number that can't be below 0; 0 where the file doesn't say it."""
    return max(0, values.integer(key, 0))


def _cache_width(cursor: Cursor, values: KeyValues, architecture: str) -> int:
    """Return how many numbers the KV cache keeps for a token: a key and a value for each of its heads."""
    attention = f"{architecture}.attention."
    heads = _size(values, attention + "head_count")
    each = _size(values, f"{architecture}.embedding_length") // max(1, heads)
    key = _size(values, attention + "key_length") or each
    value = _size(values, attention + "value_length") or each
    layerwise = values.arrays.get(attention + "head_count_kv")
    if layerwise is not None and layerwise.kind in _WHOLE and layerwise.count <= _MAX_LAYERS:
        data = cursor.between(layerwise.start, layerwise.end)
        kept = sum(max(0, int(count)) for (count,) in struct.iter_unpack(SCALARS[layerwise.kind], data))
    else:
        each_layer = _size(values, attention + "head_count_kv") or heads
        kept = each_layer * _size(values, f"{architecture}.block_count")
    return kept * (key + value)
