"""Weights out of a GGUF and into one, in numbers of 8 bits or 32."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from starter_model.shape import Shape, Weights
from starter_model.vocabulary import NEWLINE, Vocabulary


def read(path: Path, context: int) -> tuple[Shape, Weights]:
    """Return the sizes, with `context` tokens from now on, and the weights of a GGUF of Llama's architecture.

    Raises OSError, ValueError for a file of another architecture.
    """
    reader = gguf.GGUFReader(path)

    def told(key: str) -> object:
        field = reader.fields.get(key)
        if field is None:
            raise ValueError(f"{path} does not say its {key}, so it is no model of this kind.")
        return field.contents()

    if told("general.architecture") != "llama" or told("llama.attention.head_count") != told(
        "llama.attention.head_count_kv"
    ):
        raise ValueError(f"{path} is of another architecture than ours; name one made by this command.")
    shape = Shape(
        vocabulary=len(told("tokenizer.ggml.tokens")),  # type: ignore[arg-type]
        width=int(told("llama.embedding_length")),  # type: ignore[call-overload]
        layers=int(told("llama.block_count")),  # type: ignore[call-overload]
        heads=int(told("llama.attention.head_count")),  # type: ignore[call-overload]
        hidden=int(told("llama.feed_forward_length")),  # type: ignore[call-overload]
        context=context,
        rope_base=float(told("llama.rope.freq_base")),  # type: ignore[arg-type]
        epsilon=float(told("llama.attention.layer_norm_rms_epsilon")),  # type: ignore[arg-type]
    )
    return shape, {
        tensor.name: np.array(gguf.dequantize(tensor.data, tensor.tensor_type), np.float32)
        for tensor in reader.tensors
    }


def write(
    shape: Shape, weights: Weights, vocabulary: Vocabulary, target: Path, *, whole: bool = False
) -> None:
    """Write a model to `target`: matrices as Q8_0, or F32 where `whole`; norms as F32. Raises OSError."""
    kind = gguf.GGMLQuantizationType.F32 if whole else gguf.GGMLQuantizationType.Q8_0
    part = target.with_name(f".{target.name}.part")
    writer = gguf.GGUFWriter(part, "llama")
    writer.add_name("starter")  # the window has its own name for it
    writer.add_description("Completes words and short phrases in English.")
    writer.add_license("mit")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32 if whole else gguf.LlamaFileType.MOSTLY_Q8_0)
    _add_vocabulary(writer, vocabulary)
    for name, figures in weights.items():
        if figures.ndim == 1:
            writer.add_tensor(name, figures)
        else:
            writer.add_tensor(name, gguf.quantize(figures, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(target)


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    pieces, scores, kinds = zip(*vocabulary.pieces(), strict=True)
    writer.add_token_list([piece.encode("utf-8") for piece in pieces])
    writer.add_token_scores(list(np.array(scores, np.float32).tolist()))
    writer.add_token_types(
        [gguf.TokenType.USER_DEFINED if p == NEWLINE else k for p, k in zip(pieces, kinds, strict=True)]
    )
    writer.add_bos_token_id(vocabulary.bos)
    writer.add_eos_token_id(vocabulary.eos)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(True)
    keys = (gguf.Keys.Tokenizer.FIM_PRE_ID, gguf.Keys.Tokenizer.FIM_SUF_ID, gguf.Keys.Tokenizer.FIM_MID_ID)
    for key, token in zip(keys, vocabulary.fim, strict=True):
        if token is not None:
            writer.add_uint32(key, token)
