"""What a GGUF file says of itself, read without loading it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penwright.base.files import readable_name
from penwright.modelstore.ggml_types import FILE_TYPE_GUESSED, FILE_TYPES
from penwright.modelstore.gguf_reading import Broken, opened, walk

_CHAT_TEMPLATE = "tokenizer.chat_template"


@dataclass(frozen=True)
class GgufHeader:
    """What is known of a model before it is loaded; None for what its file doesn't say.

    version: of the GGUF layout. parameters: weights in this file. context_length: tokens it was trained
    for. quantization: as in "Q4_K_M". licence: an SPDX name mostly. size_bytes: of the file.
    split_count: files that the model is spread over, of which this is one.
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
        )
