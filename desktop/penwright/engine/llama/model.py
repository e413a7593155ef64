"""A loaded model and its vocabulary."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Sequence
from pathlib import Path

import llama_cpp as binding

from penwright.base.errors import ModelError
from penwright.engine.llama.library import BINDING, Library
from penwright.modelstore.vetting import vet

_SPM, _UGM = 1, 4  # llama_vocab_type
_NOT_TEXT = 1 << 3 | 1 << 4  # LLAMA_TOKEN_ATTR_CONTROL, _USER_DEFINED


class Model:
    """A loaded model and its vocabulary."""

    def __init__(self, library: Library, path: Path, gpu_layers: int = 0) -> None:
        """Load `path`, with so many layers on a GPU, -1 for all.

        Raises ModelError when it can't be used, before or in llama.cpp.
        """
        digest = hashlib.blake2b(vet(path).digest, digest_size=16)
        digest.update(BINDING.encode())  # another llama.cpp may write other bytes for a token
        self.vocabulary = digest.hexdigest()
        params = binding.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        no_device = (ctypes.c_void_p * 1)()
        if gpu_layers == 0:  # else a GPU would be used for large batches all the same
            params.devices = ctypes.cast(no_device, ctypes.c_void_p)
            # Read, not mapped: the processor's own layout of the weights (Q4_0) is a copy, and a mapped file
            # stays in memory beside it. Nor can what happens to the file later reach the process.
            params.load_mode = binding.LLAMA_LOAD_MODE_NONE
        library.drain_errors()
        library.offloaded = (0, 0)
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

    def _meta(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(64)
        length = binding.llama_model_meta_val_str(self._handle, key.encode(), buffer, 64)
        return buffer.value.decode("utf-8", "replace") if length >= 0 else ""

    def begin(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a prompt that begins with `text`; there is always one at least.

        The writer's text is data: letters that look like a special token stay letters.
        """
        return self._tokens(text, first=True) or (self._start(),)

    @property
    def opening(self) -> tuple[int, ...]:
        """What the vocabulary puts before every prompt: its beginning-of-text token, or nothing."""
        return self._tokens("", first=True)

    def plain(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a text that stands within a prompt; none for an empty one."""
        return self._tokens(text, first=False)

    def _tokens(self, text: str, *, first: bool) -> tuple[int, ...]:
        raw = text.encode("utf-8", "replace")
        size = len(raw) + 8
        buffer = (binding.llama_token * size)()
        count = binding.llama_tokenize(self._vocab, raw, len(raw), buffer, size, first, False)
        if count < 0:
            buffer = (binding.llama_token * -count)()
            count = binding.llama_tokenize(self._vocab, raw, len(raw), buffer, -count, first, False)
        return tuple(buffer[: max(0, count)])

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

    def pieces(self) -> list[bytes]:
        """Return the bytes that each token writes, by id; a loop that is kept tight, for 150,000 of them."""
        size = 256
        buffer = ctypes.create_string_buffer(size)
        view = memoryview(buffer)
        vocab, write = self._vocab, binding.llama_token_to_piece
        found = []
        for token in range(self.n_vocab):
            length = write(vocab, token, buffer, size, 0, False)
            found.append(view[:length].tobytes() if length >= 0 else self.piece(token))
        return found

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
