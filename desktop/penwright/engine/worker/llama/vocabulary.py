"""A model's vocabulary: texts into tokens, tokens into bytes, and how letters already typed are spelt in it.

What each kind does with the spaces between words is told in CONTRIBUTING.md under "What llama.cpp does".
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import llama_cpp as binding

from penwright.core.segment import is_ideographic
from penwright.modelstore.letters import Letters

_SPM, _BPE, _WPM, _UGM = 1, 2, 3, 4  # llama_vocab_type
_NOT_TEXT = 1 << 3 | 1 << 4  # LLAMA_TOKEN_ATTR_CONTROL, _USER_DEFINED
_CLOSING = frozenset(b".,;:?!")  # what WordPiece puts a space before that no writer would
_NO_BYTES = b"[UNK_BYTE_0x"  # llama.cpp's words for a token that it can't turn into bytes


class Vocabulary:
    """The vocabulary of a model that llama.cpp has loaded, its weights or without them."""

    def __init__(self, handle: object, letters: Letters | None = None) -> None:
        """Take llama.cpp's pointer to the model. letters: those that it can write, None for all."""
        self._handle = handle
        self._vocab = binding.llama_model_get_vocab(handle)
        self._letters = letters
        self._kind = int(binding.llama_vocab_type(self._vocab))
        prefix = self._meta("tokenizer.ggml.add_space_prefix")
        self._space_prefix = (
            prefix != "false" if self._kind == _SPM else self._kind == _UGM and prefix == "true"
        )
        # Any white space becomes one space before the next word, and so does the beginning of a text.
        self._one_space = self._kind == _WPM or (
            self._kind == _UGM and self._meta("tokenizer.ggml.remove_extra_whitespaces") == "true"
        )
        first = int(binding.llama_vocab_bos(self._vocab))
        wanted = self._kind in (_SPM, _BPE, _WPM, _UGM) and binding.llama_vocab_get_add_bos(self._vocab)
        # What the vocabulary puts before every prompt: its beginning-of-text token, or nothing. llama.cpp
        # would end the process where one is wanted and there is none, and put an end behind it in some.
        self.opening: tuple[int, ...] = (first,) if wanted and first >= 0 else ()

    @property
    def n_vocab(self) -> int:
        """How many tokens the vocabulary has."""
        return int(binding.llama_vocab_n_tokens(self._vocab))

    def _meta(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(64)
        length = binding.llama_model_meta_val_str(self._handle, key.encode(), buffer, 64)
        return buffer.value.decode("utf-8", "replace") if length >= 0 else ""

    def begin(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a prompt that begins with `text`; there is always one at least.

        The writer's text is data: letters that look like a special token stay letters. Letters that the
        vocabulary can't write are left out.
        """
        return (*self.opening, *self.plain(text)) or (self._start(),)

    def plain(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a text that stands within a prompt; none for an empty one."""
        if self._letters is not None:
            text = self._letters.known(text)
        raw = text.encode("utf-8", "replace")
        size = len(raw) + 8
        buffer = (binding.llama_token * size)()
        count = binding.llama_tokenize(self._vocab, raw, len(raw), buffer, size, False, False)
        if count < 0:
            buffer = (binding.llama_token * -count)()
            count = binding.llama_tokenize(self._vocab, raw, len(raw), buffer, -count, False, False)
        tokens = buffer[: max(0, count)]
        # -1 stands for what is unknown where the vocabulary has no token for that.
        return tuple(tokens) if min(tokens, default=0) >= 0 else tuple(each for each in tokens if each >= 0)

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
                return self._written(buffer.raw[:length])
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
            found.append(self._written(view[:length].tobytes()) if length >= 0 else self.piece(token))
        return found

    def _written(self, piece: bytes) -> bytes:
        """Return what a piece adds to a text; nothing where that can't be told."""
        if self._kind == _WPM and piece[:1] == b" ":
            # A word begins at white space, but also at each mark and each ideograph, and these have no
            # space before them in a text, or may have: what can't be told is not written.
            if piece[1:2] and piece[1] in _CLOSING:
                return piece[1:]
            first = piece[1:].decode("utf-8", "replace")[:1]
            return piece if first.isalnum() and not is_ideographic(first) else b""
        return b"" if piece.startswith(_NO_BYTES) else piece

    def ends(self, token: int) -> bool:
        """Whether a token ends the generation."""
        return bool(binding.llama_vocab_is_eog(self._vocab, token))

    def attributes(self, token: int) -> int:
        """Return what kind of token it is, as the bits of llama.cpp's llama_token_attr."""
        return int(binding.llama_vocab_get_attr(self._vocab, token))

    def text(self, token: int) -> str:
        """Return how the vocabulary itself writes a token, control tokens too; "" for none."""
        raw = binding.llama_vocab_get_text(self._vocab, token) if 0 <= token < self.n_vocab else None
        return raw.decode("utf-8", "replace") if raw else ""

    @property
    def marks(self) -> tuple[str, str]:
        """How a chat template writes the beginning and the end of a text; "" for what there is not."""
        return (
            self.text(int(binding.llama_vocab_bos(self._vocab))),
            self.text(int(binding.llama_vocab_eos(self._vocab))),
        )

    def opens_fragment(self, token: int) -> bool:
        """Whether what follows a token has a space before it that is in no text (`spelt` says why)."""
        return self._space_prefix and bool(binding.llama_vocab_get_attr(self._vocab, token) & _NOT_TEXT)

    def spelt(self, stem: str, text: str, tokens: Sequence[int]) -> bytes:
        """Return the bytes that the letters `stem` have after a prompt that ends with `text` and `tokens`.

        SentencePiece vocabularies put a space before each fragment; llama.cpp starts a fragment at the
        beginning of the text and after each token that is not plain text. Others have one space for all
        white space between two words.
        """
        raw = stem.encode("utf-8", "replace")
        if self._one_space:
            word = stem.lstrip()
            between = len(word) < len(stem) or not text or text[-1].isspace()
            return b" " + word.encode("utf-8", "replace") if between else raw
        spaced = not tokens or self.opens_fragment(tokens[-1])
        return b" " + raw if self._space_prefix and spaced and not raw.startswith(b" ") else raw
