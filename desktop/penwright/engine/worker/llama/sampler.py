"""Drawing the next token of a whole text, with llama.cpp's own chain of samplers."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import llama_cpp as binding
import numpy as np

from penwright.core.composition import Sampling
from penwright.engine.worker.llama.context import Logits

_LAST = 64  # tokens that the repeat penalty looks back on; what was written, never the prompt
_HARDLY = 0.01  # by how much logits of unquantized weights may move when they are evaluated in other company
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])  # llama_token_data


class Sampler:
    """Draws tokens for one text. What it drew is remembered by `accept()`, for the repeat penalty.

    greedy: it takes the likeliest token each time.
    """

    def __init__(self, n_vocab: int, sampling: Sampling) -> None:
        """Take how tokens are drawn; figures out of range, or that are none, are brought into it."""
        temperature = _within(sampling.temperature, 0.0, 5.0, 0.7)
        penalty = _within(sampling.repeat_penalty, 1.0, 2.0, 1.0)
        self.greedy = temperature == 0.0
        self._ids = np.arange(n_vocab, dtype=np.int32)
        self._room = np.zeros(n_vocab, _CANDIDATE)
        self._candidates: Any = binding.llama_token_data_array()
        self._chain = binding.llama_sampler_chain_init(binding.llama_sampler_chain_default_params())
        if penalty > 1.0:
            self._add(binding.llama_sampler_init_penalties(n_vocab, _LAST, penalty, 0.0, 0.0))
        if self.greedy:
            self._add(binding.llama_sampler_init_greedy())
            return
        if sampling.top_k > 0:
            self._add(binding.llama_sampler_init_top_k(min(sampling.top_k, n_vocab)))
        self._add(binding.llama_sampler_init_top_p(_within(sampling.top_p, 0.01, 1.0, 1.0), 1))
        self._add(binding.llama_sampler_init_min_p(_within(sampling.min_p, 0.0, 1.0, 0.0), 1))
        self._add(binding.llama_sampler_init_temp(temperature))
        # The greatest seed means a random one to llama.cpp.
        self._add(binding.llama_sampler_init_dist(sampling.seed % 0xFFFFFFFF))

    def _add(self, sampler: object) -> None:
        binding.llama_sampler_chain_add(self._chain, sampler)

    def draw(self, logits: Logits) -> int:
        """Return the next token; logits: shape (n_vocab,), none of them NaN."""
        room, array = self._room, self._candidates
        room["id"], room["logit"] = self._ids, logits
        array.data = room.ctypes.data_as(ctypes.POINTER(binding.llama_token_data))
        array.size, array.selected, array.sorted = len(room), -1, False
        binding.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(array.data[array.selected].id)

    @property
    def close_call(self) -> bool:
        """Whether the token drawn last was hardly likelier than another; for greedy drawing."""
        drawn = self._room["logit"]
        return int(np.count_nonzero(drawn > drawn.max() - _HARDLY)) > 1

    def accept(self, token: int) -> None:
        """Remember a token that was written."""
        binding.llama_sampler_accept(self._chain, token)

    def close(self) -> None:
        """Free the chain."""
        if self._chain:
            binding.llama_sampler_free(self._chain)
            self._chain = None


def _within(figure: float, low: float, high: float, none: float) -> float:
    return min(high, max(low, float(figure))) if math.isfinite(figure) else none
