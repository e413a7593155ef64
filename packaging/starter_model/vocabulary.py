"""Text to tokens, exactly as llama.cpp does it at use, and the training of a SentencePiece vocabulary.

llama.cpp takes a text apart at the newline, which is a token of its own, and puts a space before each part
that is left (`add_space_prefix`); SentencePiece does that for a text of one line. So lines are encoded one by
one. `tests/unit/packaging/test_starter_model_tokens.py` holds both against each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece

Tokens = npt.NDArray[np.uint16]
NEWLINE = "\n"
# The middle of a text is asked for by what stands before and after it (as in Bavarian et al., 2022).
FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE = "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"

_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6  # llama.cpp's llama_token_type


class Vocabulary:
    """A SentencePiece model with the newline as a piece of its own."""

    def __init__(self, path: Path) -> None:
        """Read the model. Raises OSError, and ValueError for one without a newline."""
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.size = int(self._pieces.get_piece_size())
        self.bos = int(self._pieces.bos_id())
        self.eos = int(self._pieces.eos_id())
        newline = self._id(NEWLINE)
        if newline is None:
            raise ValueError(f"{path} has no piece for the newline.")
        self.newline = newline
        self.fim = tuple(self._id(name) for name in (FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE))
        pieces = (self._pieces.id_to_piece(token) for token in range(self.size))
        self.begins_word = np.array([piece.startswith("\u2581") for piece in pieces])
        self.digest = hashlib.sha256(self.proto()).hexdigest()

    def _id(self, piece: str) -> int | None:
        found = int(self._pieces.piece_to_id(piece))
        return None if found == self._pieces.unk_id() else found

    def encode(self, text: str) -> Tokens:
        """Return the tokens of a text, shape (n,), without one for its beginning."""
        tokens: list[int] = []
        for line in self._pieces.encode(text.split(NEWLINE), num_threads=2):
            tokens.extend(line)
            tokens.append(self.newline)
        return np.array(tokens[:-1], np.uint16)

    def pieces(self) -> Iterator[tuple[str, float, int]]:
        """Yield each piece, its score, and its kind as a GGUF numbers it."""
        for token in range(self.size):
            piece, score = str(self._pieces.id_to_piece(token)), float(self._pieces.get_score(token))
            yield piece, score, self._kind(token)

    def _kind(self, token: int) -> int:
        if self._pieces.is_unknown(token):
            return _UNKNOWN
        if self._pieces.is_byte(token):
            return _BYTE
        return _CONTROL if self._pieces.is_control(token) else _NORMAL

    def proto(self) -> bytes:
        """Return the model as SentencePiece keeps it."""
        return bytes(self._pieces.serialized_model_proto())


def train(lines: Iterable[str], size: int, target: Path, seed: int) -> None:
    """Train a BPE vocabulary of `size` pieces, bytes for letters that it doesn't know, into `target`.

    At most two million lines are looked at. Raises RuntimeError where there is too little text for the size.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sentencepiece.set_random_generator_seed(seed)
    with target.open("wb") as out:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=out,
            model_type="bpe",
            vocab_size=size,
            byte_fallback=True,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            add_dummy_prefix=True,
            user_defined_symbols=[NEWLINE],
            control_symbols=[FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE],
            character_coverage=0.9995,
            split_digits=True,
            allow_whitespace_only_pieces=True,
            max_sentence_length=16384,
            input_sentence_size=2_000_000,
            shuffle_input_sentence=True,
            num_threads=2,
            minloglevel=2,
        )
