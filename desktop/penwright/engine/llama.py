"""llama.cpp through its low-level bindings: one model, one context. The only import of llama_cpp.

Facts that this stands on are told in CONTRIBUTING.md under "What llama.cpp does".
"""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import llama_cpp as binding
import numpy as np
import numpy.typing as npt

from penwright.base.errors import EngineError, ModelError
from penwright.engine.messages import Device

BINDING = f"llama-cpp-python {binding.__version__}"
_LOG_ERROR = 4  # ggml_log_level
_LOG_CONT = 5
_SPM, _UGM = 1, 4  # llama_vocab_type
_NOT_TEXT = 1 << 3 | 1 << 4  # LLAMA_TOKEN_ATTR_CONTROL, _USER_DEFINED


class Library:
    """llama.cpp itself, set up once in a process: backends loaded, its log kept instead of printed."""

    def __init__(self) -> None:
        self._errors: deque[str] = deque(maxlen=20)
        # A collected callback corrupts later calls, so the object lives as long as the library.
        self._log = binding.llama_log_callback(self._keep)
        binding.llama_log_set(self._log, ctypes.c_void_p(0))
        # Dynamic backends are looked for in the current folder too, where anyone may have put one:
        # ours are loaded first, from our own folder.
        libraries = Path(binding.__file__).parent / "lib"
        self._ggml = _open_library(libraries, "ggml")
        load = getattr(self._ggml, "ggml_backend_load_all_from_path", None)
        if load is not None:
            load.argtypes, load.restype = [ctypes.c_char_p], None
            load(str(libraries).encode())
        binding.llama_backend_init()

    def _keep(self, level: int, text: bytes, _data: object) -> None:
        if level in (_LOG_ERROR, _LOG_CONT) and text.strip():
            self._errors.append(text.decode("utf-8", "replace").strip())

    def drain_errors(self) -> str:
        """Return what llama.cpp logged as errors since the last call."""
        said = "; ".join(self._errors)
        self._errors.clear()
        return said

    def system_info(self) -> str:
        """Return llama.cpp's own line about the processor features it was built with and uses."""
        return str(binding.llama_print_system_info().decode("utf-8", "replace")).strip(" |")

    def devices(self) -> tuple[Device, ...]:
        """Return the devices that ggml sees; the processor is one of them."""
        base = _open_library(Path(binding.__file__).parent / "lib", "ggml-base")
        count = self._ggml.ggml_backend_dev_count
        get = self._ggml.ggml_backend_dev_get
        count.restype, get.restype, get.argtypes = ctypes.c_size_t, ctypes.c_void_p, [ctypes.c_size_t]
        found = []
        for index in range(count()):
            device = ctypes.c_void_p(get(index))
            words = []
            for what in ("ggml_backend_dev_name", "ggml_backend_dev_description"):
                function = getattr(base, what)
                function.restype, function.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
                words.append((function(device) or b"").decode("utf-8", "replace"))
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            memory = base.ggml_backend_dev_memory
            memory.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
            memory(device, ctypes.byref(free), ctypes.byref(total))
            found.append(Device(words[0], words[1], total.value, free.value))
        return tuple(found)


def _open_library(folder: Path, name: str) -> ctypes.CDLL:
    pattern = {"win32": f"{name}.dll", "darwin": f"lib{name}.dylib"}.get(sys.platform, f"lib{name}.so")
    return ctypes.CDLL(str(folder / pattern))


class Model:
    """A loaded model and its vocabulary."""

    def __init__(self, library: Library, path: Path, gpu_layers: int = 0) -> None:
        """Load `path`. Raises ModelError when llama.cpp refuses it."""
        params = binding.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        library.drain_errors()
        self._handle = binding.llama_model_load_from_file(str(path).encode(), params)
        if not self._handle:
            why = library.drain_errors()
            if "unknown model architecture" in why:
                kind = (why.split("unknown model architecture:")[1].split("'")[1:2] or ["?"])[0]
                raise ModelError("engine.unknown_architecture", path=str(path), architecture=kind)
            raise ModelError("engine.refused", path=str(path), why=why[-300:] or "no reason given")
        self._vocab = binding.llama_model_get_vocab(self._handle)
        if not binding.llama_model_has_decoder(self._handle) or not self.n_vocab:
            raise ModelError("engine.cannot_write", path=str(path))
        prefix = self._meta("tokenizer.ggml.add_space_prefix")
        self._space_prefix = binding.llama_vocab_type(self._vocab) in (_SPM, _UGM) and prefix != "false"

    @property
    def handle(self) -> object:
        """llama.cpp's own pointer."""
        return self._handle

    @property
    def description(self) -> str:
        """llama.cpp's words for the model: architecture, size class, quantization."""
        buffer = ctypes.create_string_buffer(256)
        binding.llama_model_desc(self._handle, buffer, 256)
        return buffer.value.decode("utf-8", "replace")

    @property
    def n_vocab(self) -> int:
        """How many tokens the vocabulary has."""
        return int(binding.llama_vocab_n_tokens(self._vocab))

    @property
    def n_ctx_train(self) -> int:
        """The context that the model was trained with, in tokens."""
        return int(binding.llama_model_n_ctx_train(self._handle))

    @property
    def parameters(self) -> int:
        """How many weights the model has."""
        return int(binding.llama_model_n_params(self._handle))

    @property
    def size(self) -> int:
        """The size of all tensors, in bytes."""
        return int(binding.llama_model_size(self._handle))

    def _meta(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(64)
        length = binding.llama_model_meta_val_str(self._handle, key.encode(), buffer, 64)
        return buffer.value.decode("utf-8", "replace") if length >= 0 else ""

    def begin(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a prompt that begins with `text`; there is always one at least.

        The writer's text is data: letters that look like a special token stay letters.
        """
        raw = text.encode("utf-8", "replace")
        size = len(raw) + 8
        buffer = (binding.llama_token * size)()
        count = binding.llama_tokenize(self._vocab, raw, len(raw), buffer, size, True, False)
        if count < 0:
            buffer = (binding.llama_token * -count)()
            count = binding.llama_tokenize(self._vocab, raw, len(raw), buffer, -count, True, False)
        return tuple(buffer[: max(0, count)]) or (self._start(),)

    def _start(self) -> int:
        """Return what stands for the beginning of a text: many vocabularies use their end of text for it."""
        for token in (binding.llama_vocab_bos(self._vocab), binding.llama_vocab_eos(self._vocab)):
            if token >= 0:
                return int(token)
        return 0

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token writes; none for a control token, whatever its length else."""
        size = 32
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = binding.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            if length >= 0:
                return buffer.raw[:length]
            size = -length

    def ends(self, token: int) -> bool:
        """Whether a token ends the generation."""
        return bool(binding.llama_vocab_is_eog(self._vocab, token))

    def spaced_after(self, tokens: Sequence[int]) -> bool:
        """Whether the vocabulary writes a space that is not in the text before what follows `tokens`.

        SentencePiece vocabularies put one at the beginning of each fragment; llama.cpp starts a fragment
        at the beginning of the text and after each token that is not plain text.
        """
        if not self._space_prefix:
            return False
        return not tokens or bool(binding.llama_vocab_get_attr(self._vocab, tokens[-1]) & _NOT_TEXT)

    def close(self) -> None:
        """Free the model; its contexts have to be closed before."""
        if self._handle:
            binding.llama_model_free(self._handle)
            self._handle = None


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
