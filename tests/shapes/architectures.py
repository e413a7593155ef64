"""Which tensors and header fields a model of each architecture has, as llama.cpp 0.5.0-dev reads them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import gguf
import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
# A matrix by its columns (what goes in) and rows (what comes out), or a vector or small matrix as it is.
Tensors = Iterator[tuple[str, tuple[int, int] | Vector]]


@dataclass(frozen=True)
class Shape:
    """The figures of a model.

    window: tokens that a sliding-window layer sees. fim: whether it has tokens for infilling.
    vocabulary: how many tokens, 0 for as many as the starter has.
    """

    architecture: str
    width: int = 64
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 128
    context: int = 2048
    vocabulary: int = 0
    rope_base: float = 10_000.0
    window: int = 0
    fim: bool = False

    @property
    def output_norm(self) -> str:
        """The name of the last norm's tensor."""
        return "token_embd_norm.weight" if self.architecture == "lfm2" else "output_norm.weight"

    def write(self, writer: gguf.GGUFWriter) -> None:
        """Put the figures into a model's header."""
        writer.add_context_length(self.context)
        writer.add_embedding_length(self.width)
        writer.add_block_count(self.layers)
        writer.add_layer_norm_rms_eps(1e-5)
        if self.architecture == "mamba":
            writer.add_feed_forward_length(0)
            writer.add_head_count(0)
            writer.add_ssm_conv_kernel(4)
            writer.add_ssm_inner_size(2 * self.width)
            writer.add_ssm_state_size(_STATE)
            writer.add_ssm_time_step_rank(self.width // 16)
            return
        writer.add_feed_forward_length(self.feed_forward)
        writer.add_head_count(self.heads)
        writer.add_rope_freq_base(self.rope_base)
        if self.architecture == "lfm2":
            writer.add_shortconv_l_cache(3)
            writer.add_head_count_kv([self.kv_heads * (layer % 2) for layer in range(self.layers)])
            return
        writer.add_head_count_kv(self.kv_heads)
        if self.architecture == "gemma2":
            writer.add_sliding_window(self.window)

    def tensors(self) -> Tensors:
        """Return every tensor but the embedding and the output's norm, which all have in common."""
        for layer in range(self.layers):
            for name, tensor in _LAYERS[self.architecture](self, layer):
                yield f"blk.{layer}.{name}", tensor


SHAPES = {
    "llama": Shape("llama"),
    "fim": Shape("llama", fim=True),
    "recurrent": Shape("mamba"),
    "hybrid": Shape("lfm2"),
    "sliding": Shape("gemma2", window=64),
    # Llama 3.2 1B but for the vocabulary, which has 128,256 tokens there.
    "llama-1b": Shape(
        "llama",
        width=2048,
        layers=16,
        heads=32,
        kv_heads=8,
        feed_forward=8192,
        context=8192,
        vocabulary=32_768,
        rope_base=500_000.0,
    ),
}

_STATE = 16


def _ones(length: int) -> Vector:
    return np.ones(length, np.float32)


def _attention(shape: Shape) -> Tensors:
    head = shape.width // shape.heads
    yield "attn_norm.weight", _ones(shape.width)
    yield "attn_q.weight", (shape.width, shape.width)
    yield "attn_k.weight", (shape.width, head * shape.kv_heads)
    yield "attn_v.weight", (shape.width, head * shape.kv_heads)
    yield "attn_output.weight", (shape.width, shape.width)


def _feed_forward(shape: Shape) -> Tensors:
    yield "ffn_norm.weight", _ones(shape.width)
    yield "ffn_gate.weight", (shape.width, shape.feed_forward)
    yield "ffn_up.weight", (shape.width, shape.feed_forward)
    yield "ffn_down.weight", (shape.feed_forward, shape.width)


def _llama(shape: Shape, _layer: int) -> Tensors:
    yield from _attention(shape)
    yield from _feed_forward(shape)


def _gemma2(shape: Shape, _layer: int) -> Tensors:
    yield from _attention(shape)
    yield "post_attention_norm.weight", _ones(shape.width)
    yield from _feed_forward(shape)
    yield "post_ffw_norm.weight", _ones(shape.width)


def _lfm2(shape: Shape, layer: int) -> Tensors:
    """Every other layer is a short convolution, which keeps a state; the rest are attention."""
    if layer % 2:
        yield from _attention(shape)
        yield "attn_q_norm.weight", _ones(shape.width // shape.heads)
        yield "attn_k_norm.weight", _ones(shape.width // shape.heads)
    else:
        yield "attn_norm.weight", _ones(shape.width)
        yield "shortconv.conv.weight", np.full((shape.width, 3), 0.5, np.float32)
        yield "shortconv.in_proj.weight", (shape.width, 3 * shape.width)
        yield "shortconv.out_proj.weight", (shape.width, shape.width)
    yield from _feed_forward(shape)


def _mamba(shape: Shape, _layer: int) -> Tensors:
    inner, rank = 2 * shape.width, shape.width // 16
    yield "attn_norm.weight", _ones(shape.width)
    yield "ssm_in.weight", (shape.width, 2 * inner)
    yield "ssm_conv1d.weight", np.full((inner, 4), 0.5, np.float32)
    yield "ssm_conv1d.bias", np.zeros(inner, np.float32)
    yield "ssm_x.weight", (inner, rank + 2 * _STATE)
    yield "ssm_dt.weight", (rank, inner)
    # Decays as a new Mamba has them: rates 1 to 16, steps about 0.01 (softplus of -4.6).
    yield "ssm_dt.bias", np.full(inner, -4.6, np.float32)
    yield "ssm_a", -np.tile(np.arange(1, _STATE + 1, dtype=np.float32), (inner, 1))
    yield "ssm_d", _ones(inner)
    yield "ssm_out.weight", (inner, shape.width)


_LAYERS: dict[str, Callable[[Shape, int], Tensors]] = {
    "llama": _llama,
    "gemma2": _gemma2,
    "lfm2": _lfm2,
    "mamba": _mamba,
}
