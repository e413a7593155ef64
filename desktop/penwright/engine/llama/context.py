"""A KV cache, and the evaluation of tokens into it."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence

import llama_cpp as binding
import numpy as np
import numpy.typing as npt

from penwright.base.errors import EngineError
from penwright.engine.llama.model import Model


class Aborted(Exception):  # noqa: N818 - it is no error: the answer is no longer wanted
    """An evaluation was stopped by `Context.abort()`."""


class Context:
    """A KV cache and the evaluation of tokens into it; sequence 0 only.

    `abort()` may be called from any thread, everything else from one.
    """

    def __init__(self, model: Model, n_ctx: int, n_threads: int, n_batch: int = 512) -> None:
        """Make a context. Raises EngineError when there is not enough memory."""
        params = binding.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_batch = params.n_ubatch = min(n_batch, n_ctx)
        params.n_threads = params.n_threads_batch = n_threads
        # Without flash attention the logits do not depend on how the prompt was split between calls.
        params.flash_attn_type = 0
        self._handle = binding.llama_init_from_model(model.handle, params)
        if not self._handle:
            raise EngineError("engine.no_context", tokens=n_ctx)
        self.n_ctx = int(binding.llama_n_ctx(self._handle))
        self.n_batch = min(n_batch, n_ctx)
        self._n_vocab = model.n_vocab
        self._memory = binding.llama_get_memory(self._handle)
        # The abort callback is polled at each node of the graph. As a C function over a byte that we set
        # (strlen of it is 0 or 1) it never waits for Python's lock.
        self._stop = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        self._poll = ctypes.cast(libc.strlen, binding.ggml_abort_callback)
        binding.llama_set_abort_callback(self._handle, self._poll, ctypes.cast(self._stop, ctypes.c_void_p))

    def abort(self) -> None:
        """Make the running evaluation, and those after it, end with Aborted."""
        self._stop[0] = b"\x01"

    def resume(self) -> None:
        """Let evaluations run again."""
        self._stop[0] = b"\x00"

    @property
    def length(self) -> int:
        """How many tokens the KV cache holds."""
        return int(binding.llama_memory_seq_pos_max(self._memory, 0)) + 1

    def rewind(self, length: int) -> int:
        """Drop everything after the first `length` tokens; return how many remain.

        A recurrent or hybrid model can't go back: then nothing remains.
        """
        if length < self.length and not binding.llama_memory_seq_rm(self._memory, 0, length, -1):
            binding.llama_memory_clear(self._memory, True)
        return self.length

    def evaluate(self, tokens: Sequence[int]) -> None:
        """Evaluate tokens after those in the cache; the last one's logits can then be read.

        Raises Aborted after `abort()`: what was finished stays in the cache. Raises EngineError when the
        context is full or llama.cpp fails.
        """
        for first in range(0, len(tokens), self.n_batch):
            part = tokens[first : first + self.n_batch]
            buffer = (binding.llama_token * len(part))(*part)
            code = binding.llama_decode(self._handle, binding.llama_batch_get_one(buffer, len(part)))
            if code == 2:
                raise Aborted
            if code != 0:
                raise EngineError("engine.evaluation_failed", code=code)

    def logits(self) -> npt.NDArray[np.float32]:
        """Return the logits after the last evaluated token, shape (n_vocab,); valid until the next one.

        Raises EngineError when nothing was evaluated.
        """
        row = binding.llama_get_logits_ith(self._handle, -1)
        if not row:
            raise EngineError("engine.evaluation_failed", code=0)
        return np.ctypeslib.as_array(row, shape=(self._n_vocab,))

    def close(self) -> None:
        """Free the context."""
        if self._handle:
            binding.llama_free(self._handle)
            self._handle = None
