"""The figures of a model's shape that llama.cpp takes on trust: some end its process, at once or later."""

from __future__ import annotations

import math

from penwright.modelstore.gguf_reading import Broken, KeyValues, Layout

_MOST_LAYERS, _MOST_EXPERTS = 512, 1024  # LLAMA_MAX_LAYERS, LLAMA_MAX_EXPERTS
_ROPE_SCALING = (None, "none", "linear", "yarn", "longrope")
_EPSILONS = ("layer_norm_rms_epsilon", "layer_norm_epsilon", "group_norm_epsilon")
_INTEGERS = frozenset({24, 25, 26, 27, 28})  # I8, I16, I32, I64, and F64: no weights are stored as these
_TABLES = ("tid2eid", "d2t")  # tensors that hold no weights but numbers of experts or tokens
_FLOATS = frozenset({0, 1, 30})  # F32, F16, BF16: what a vector may be stored as


def require_figures(found: Layout, architecture: str) -> None:
    """Raise Broken where a figure or a tensor's type is one that no model has and llama.cpp stops at."""
    values = found.values
    layers = values.integer(f"{architecture}.block_count", 1)
    if not 0 < layers <= _MOST_LAYERS or values.integer(f"{architecture}.context_length", 1) < 1:
        raise Broken
    if values.integer(f"{architecture}.nextn_predict_layers", 0) > layers:
        raise Broken
    if values.text(f"{architecture}.rope.scaling.type") not in _ROPE_SCALING:
        raise Broken
    for name in _EPSILONS:
        epsilon = values.real(f"{architecture}.attention.{name}", 0.0)
        if not (epsilon >= 0 and math.isfinite(epsilon)):
            raise Broken
    _require_experts(values, architecture)
    for name, (shape, kind) in found.tensors.infos.items():
        holds_weights = not any(table in name for table in _TABLES)
        if holds_weights and (kind in _INTEGERS or (len(shape) == 1 and kind not in _FLOATS)):
            raise Broken


def _require_experts(values: KeyValues, architecture: str) -> None:
    experts = values.integer(f"{architecture}.expert_count", 0)
    groups = values.integer(f"{architecture}.expert_group_count", 0)
    used_groups = values.integer(f"{architecture}.expert_group_used_count", 0)
    if not 0 <= experts <= _MOST_EXPERTS:
        raise Broken
    # A model may use another number of experts in each layer; such a list is not held against anything.
    one_number = f"{architecture}.expert_used_count" not in values.arrays
    used = values.integer(f"{architecture}.expert_used_count", 0)
    if experts == 0:
        if (one_number and used) or groups:
            raise Broken
        return
    if (one_number and not 0 < used <= experts) or not 0 <= groups < experts:
        raise Broken
    if groups > 1 and (experts % groups or not 0 < used_groups < groups):
        raise Broken
