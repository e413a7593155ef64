"""The least that can be done with the binding: evaluate a token, take the likeliest, again.

`penwright bench` measures the engine beside it. It is a process of its own, which reads JSON lines on its
input and answers each with one: {"load": path, "n_ctx": 0, "n_threads": 1}, then {"text": "...",
"tokens": 16} as often as wanted. It ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import llama_cpp as binding
import numpy as np

from penwright.base.errors import PenwrightError
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model

_BATCH = 512


class RawLoop:
    """A model and a context of one sequence, without flash attention, as the engine has it."""

    def __init__(self, path: Path, n_ctx: int, n_threads: int) -> None:
        """Load the model. Raises ModelError; MemoryError when there is not enough for the context."""
        self._model = Model(Library(), path)
        params = binding.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_threads = params.n_threads_batch = n_threads
        params.flash_attn_type = 0
        self._context = binding.llama_init_from_model(self._model.handle, params)
        if not self._context:
            raise MemoryError
        self._memory = binding.llama_get_memory(self._context)

    def _evaluate(self, tokens: Sequence[int]) -> None:
        buffer = (binding.llama_token * len(tokens))(*tokens)
        if binding.llama_decode(self._context, binding.llama_batch_get_one(buffer, len(tokens))) != 0:
            raise RuntimeError("llama.cpp could not evaluate the tokens")

    def run(self, text: str, tokens: int) -> float:
        """Evaluate the text, then choose and evaluate so many tokens; return the seconds that those took."""
        binding.llama_memory_clear(self._memory, False)
        prompt = self._model.begin(text)
        for first in range(0, len(prompt), _BATCH):
            self._evaluate(prompt[first : first + _BATCH])
        n_vocab = self._model.n_vocab
        token = (binding.llama_token * 1)()
        began = time.perf_counter()
        for _ in range(tokens):
            row = binding.llama_get_logits_ith(self._context, -1)
            token[0] = int(np.argmax(np.ctypeslib.as_array(row, shape=(n_vocab,))))
            if binding.llama_decode(self._context, binding.llama_batch_get_one(token, 1)) != 0:
                raise RuntimeError("llama.cpp could not evaluate a token")
        return time.perf_counter() - began

    def cache_size(self) -> float:
        """Return the KV cache's bytes for each token, seen in the size of a sequence's state."""
        sizes = []
        binding.llama_memory_clear(self._memory, False)
        for _ in range(2):
            self._evaluate(self._model.begin("a b c d e f g h"))
            length = binding.llama_memory_seq_pos_max(self._memory, 0) + 1
            sizes.append((length, binding.llama_state_seq_get_size(self._context, 0)))
        return float((sizes[1][1] - sizes[0][1]) / (sizes[1][0] - sizes[0][0]))


def main() -> None:
    """Answer lines until the input ends."""
    output = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what libraries print must not come between the answers
    loop: RawLoop | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if loop is None:
                loop = RawLoop(Path(asked["load"]), asked["n_ctx"], asked["n_threads"])
                answer: dict[str, object] = {"cache_bytes_a_token": loop.cache_size()}
            else:
                answer = {"seconds": loop.run(asked["text"], asked["tokens"])}
        except (PenwrightError, MemoryError, RuntimeError) as error:
            answer = {"error": str(error) or type(error).__name__}
        print(json.dumps(answer), file=output, flush=True)
