"""A loaded model and its vocabulary."""

from __future__ import annotations

import ctypes
import hashlib
from pathlib import Path

import llama_cpp as binding

from penwright.base.errors import ModelError
from penwright.engine.worker.llama.library import BINDING, Library
from penwright.engine.worker.llama.vocabulary import Vocabulary
from penwright.modelstore.vetting import vet

_LONGEST_TEMPLATE = 1 << 18  # bytes; the longest known have some tens of thousands


class Model(Vocabulary):
    """A loaded model and its vocabulary."""

    def __init__(self, library: Library, path: Path, gpu_layers: int = 0) -> None:
        """Load `path`, with so many layers on a GPU, -1 for all.

        Raises ModelError when it can't be used, before or in llama.cpp.
        """
        vetted = vet(path)
        digest = hashlib.blake2b(vetted.digest, digest_size=16)
        digest.update(BINDING.encode())  # another llama.cpp may write other bytes for a token
        self.vocabulary = digest.hexdigest()
        params = binding.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        # Read, not mapped: what is done to the file later can't reach the process (a mapped file that is
        # cut short ends it), and the processor's own layout of the weights (Q4_0) is a copy, beside which a
        # mapped file stays in memory.
        params.load_mode = binding.LLAMA_LOAD_MODE_NONE
        no_device = (ctypes.c_void_p * 1)()
        if gpu_layers == 0:  # else a GPU would be used for large batches all the same
            params.devices = ctypes.cast(no_device, ctypes.c_void_p)
        library.drain_errors()
        library.offloaded = (0, 0)
        handle = binding.llama_model_load_from_file(str(path).encode(), params)
        if not handle:
            why = library.drain_errors()
            if "unknown model architecture" in why:
                kind = (why.split("unknown model architecture:")[1].split("'")[1:2] or ["?"])[0]
                raise ModelError("engine.unknown_architecture", path=str(path), architecture=kind)
            raise ModelError("engine.refused", path=str(path), why=why[-300:] or "no reason given")
        super().__init__(handle, vetted.letters)
        # One that reads the whole text first, or fills in everywhere at once, doesn't go on from a caret.
        writes = binding.llama_model_has_decoder(handle) and not binding.llama_model_has_encoder(handle)
        if not writes or binding.llama_model_is_diffusion(handle) or not self.n_vocab:
            self.close()
            raise ModelError("engine.cannot_write", path=str(path))

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
    def chat_template(self) -> str:
        """The model's own template for conversations, in Jinja; "" where it has none, or an absurd one."""
        raw = binding.llama_model_chat_template(self._handle, None)
        return raw.decode("utf-8", "replace") if raw and len(raw) <= _LONGEST_TEMPLATE else ""

    @property
    def n_ctx_train(self) -> int:
        """The context that the model was trained with, in tokens."""
        return int(binding.llama_model_n_ctx_train(self._handle))

    @property
    def parameters(self) -> int:
        """How many weights the model has."""
        return int(binding.llama_model_n_params(self._handle))

    @property
    def keeps_state(self) -> bool:
        """Whether it carries a state along (recurrent and hybrid models), which can't be gone back in."""
        return bool(
            binding.llama_model_is_recurrent(self._handle) or binding.llama_model_is_hybrid(self._handle)
        )

    @property
    def fill_in(self) -> tuple[int, int, int] | None:
        """The tokens that stand before the text, before what follows it, and before the middle, if any."""
        tokens = (
            int(binding.llama_vocab_fim_pre(self._vocab)),
            int(binding.llama_vocab_fim_suf(self._vocab)),
            int(binding.llama_vocab_fim_mid(self._vocab)),
        )
        return tokens if min(tokens) >= 0 and len(set(tokens)) == 3 else None

    @property
    def size(self) -> int:
        """The size of all tensors, in bytes."""
        return int(binding.llama_model_size(self._handle))

    def close(self) -> None:
        """Free the model; its contexts have to be closed before."""
        if self._handle:
            binding.llama_model_free(self._handle)
            self._handle = None
