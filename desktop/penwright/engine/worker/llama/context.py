"""A KV cache with several sequences, and the evaluation of tokens into them."""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Sequence

import llama_cpp as binding
import numpy as np
import numpy.typing as npt

from penwright.base.errors import EngineError
from penwright.engine.worker.llama.model import Model

Logits = npt.NDArray[np.float32]

# How many tokens are evaluated at once. A processor looks at the abort flag at each node of the graph, and is
# no quicker with more of them (a model of a billion parameters, one thread: 8, 16, 32, 64 and 128 at once all
# gave 27 to 31 tokens a second). A GPU is, and the flag is looked at between its batches.
CPU_BATCH = 32
GPU_BATCH = 128


class Aborted(Exception):  # noqa: N818 - it is no error: the answer is no longer wanted
    """An evaluation was stopped by `Context.abort()`."""


class Context:
    """A KV cache whose cells all sequences share, and the evaluation of tokens into them.

    Because the cells are shared (`kv_unified`), copying a sequence copies no data. `abort()` and `resume()`
    may be called from any thread, everything else from one at a time.

    cells: how many tokens the cache holds in all. rewinds: whether the end of a sequence can be removed;
    recurrent and hybrid models keep a state that can't go back.
    """

    def __init__(
        self, model: Model, cells: int, n_threads: int, sequences: int = 1, batch: int = CPU_BATCH
    ) -> None:
        """Make a context that evaluates `batch` tokens at once. Raises EngineError for want of memory."""
        params = binding.llama_context_default_params()
        params.n_ctx = cells
        params.n_batch = params.n_ubatch = min(batch, cells)
        params.n_seq_max = sequences
        params.kv_unified = True
        params.swa_full = True  # a sliding window that forgets could not go back to what it has left
        params.n_threads = params.n_threads_batch = n_threads
        # Without flash attention the logits do not depend on how the prompt was split between calls.
        params.flash_attn_type = 0
        self._handle = binding.llama_init_from_model(model.handle, params)
        if not self._handle:
            raise EngineError("engine.no_context", tokens=cells)
        self.cells = int(binding.llama_n_ctx(self._handle))
        self.n_batch = int(binding.llama_n_batch(self._handle))
        self.rewinds = not model.keeps_state
        self._n_vocab = model.n_vocab
        self._memory = binding.llama_get_memory(self._handle)
        self._batch = binding.llama_batch_init(self.n_batch, 0, 1)
        self._logits: Logits = np.empty(0, np.float32)  # a view of llama.cpp's own
        self._logits_place = 0
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
    def aborted(self) -> bool:
        """Whether evaluations end with Aborted now."""
        return self._stop[0] != b"\x00"

    def set_threads(self, n_threads: int) -> None:
        """Evaluate with so many threads from now on, 1 or more."""
        binding.llama_set_n_threads(self._handle, n_threads, n_threads)

    def length(self, sequence: int) -> int:
        """Return how many tokens a sequence holds."""
        return int(binding.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def remove(self, sequence: int, start: int = 0) -> bool:
        """Remove a sequence's tokens from `start` on; False, and nothing done, where it can't go back."""
        return bool(binding.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def copy(self, source: int, target: int, start: int, stop: int) -> None:
        """Let `target` have the tokens of `source` from `start` to before `stop`; no data is copied."""
        binding.llama_memory_seq_cp(self._memory, source, target, start, stop)

    def evaluate(
        self,
        tokens: Sequence[int],
        sequence: int,
        start: int,
        *,
        logits: bool = True,
        every: bool = False,
    ) -> None:
        """Evaluate tokens into a sequence at position `start`; with `logits` the last one's can be read.

        every: those of each token can be read; for no more tokens than `n_batch`.

        Raises Aborted after `abort()`: the micro-batches that were finished stay in the cache. Raises
        EngineError when no cells are left or llama.cpp fails.
        """
        batch = self._batch
        for first in range(0, len(tokens), self.n_batch):
            if self._stop[0] != b"\x00":  # a GPU polls no callback
                raise Aborted
            part = tokens[first : first + self.n_batch]
            for place, token in enumerate(part):
                batch.token[place] = token
                batch.pos[place] = start + first + place
                batch.n_seq_id[place] = 1
                batch.seq_id[place][0] = sequence
                batch.logits[place] = every
            batch.logits[len(part) - 1] = every or (logits and first + len(part) == len(tokens))
            batch.n_tokens = len(part)
            code = binding.llama_decode(self._handle, batch)
            if code == 2:
                raise Aborted
            if code != 0:
                raise EngineError("engine.evaluation_failed", code=code)

    def logits(self, place: int = -1) -> Logits:
        """Return the logits after the last evaluated token, shape (n_vocab,); valid until the next one.

        place: of which token, where every one's can be read.

        Raises EngineError when nothing was evaluated, or what came out is no number: a damaged file can
        hold weights that are none.
        """
        row = binding.llama_get_logits_ith(self._handle, place)
        if not row:
            raise EngineError("engine.evaluation_failed", code=0)
        address = ctypes.addressof(row.contents)
        if address != self._logits_place:  # making a view takes a tenth of a small model's token
            self._logits_place = address
            self._logits = np.ctypeslib.as_array(row, shape=(self._n_vocab,))
        if not math.isfinite(self._logits.max()):  # the greatest of numbers is none if one of them is none
            raise EngineError("engine.no_numbers")
        return self._logits

    def state_size(self, sequence: int) -> int:
        """Return how many bytes `save()` would return for a sequence."""
        return int(binding.llama_state_seq_get_size(self._handle, sequence))

    def save(self, sequence: int) -> bytearray:
        """Return a sequence's state; no logits are in it."""
        size = self.state_size(sequence)
        state = bytearray(size)
        place = (ctypes.c_uint8 * size).from_buffer(state)
        written = binding.llama_state_seq_get_data(self._handle, place, size, sequence)
        del place  # it holds the bytes fast
        return state[:written] if written < size else state

    def restore(self, sequence: int, state: bytearray) -> bool:
        """Put a state saved by this context into an empty sequence; False when there is no room for it."""
        place = (ctypes.c_uint8 * len(state)).from_buffer(state)
        return bool(binding.llama_state_seq_set_data(self._handle, place, len(state), sequence))

    def close(self) -> None:
        """Free the context."""
        if self._handle:
            binding.llama_batch_free(self._batch)
            binding.llama_free(self._handle)
            self._handle = None
