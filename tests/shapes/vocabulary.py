"""A SentencePiece vocabulary of any size: the starter's pieces, then syllables by rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import gguf

_NORMAL, _CONTROL, _BYTE = 1, 3, 6  # llama_token_type
FIM = {"fim_pre": "<fim_pre>", "fim_suf": "<fim_suf>", "fim_mid": "<fim_mid>"}


@dataclass(frozen=True)
class Vocabulary:
    """Tokens, and by index their scores and kinds."""

    tokens: list[str]
    scores: list[float]
    kinds: list[int]

    @property
    def silent(self) -> list[int]:
        """The tokens that no random model should write: all but letters, so that an answer goes on."""
        return [
            index
            for index, (token, kind) in enumerate(zip(self.tokens, self.kinds, strict=True))
            if kind != _NORMAL or not token.strip("▁").isalpha()
        ]

    def write(self, writer: gguf.GGUFWriter) -> None:
        """Put the vocabulary into a model's header."""
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(self.tokens)
        writer.add_token_scores(self.scores)
        writer.add_token_types(self.kinds)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_unk_token_id(0)
        writer.add_add_bos_token(True)
        writer.add_add_space_prefix(True)
        for name, token in FIM.items():
            if token in self.tokens:
                writer.add_uint32(f"tokenizer.ggml.{name}_token_id", self.tokens.index(token))


def vocabulary(starter: Path, size: int, *, special: Sequence[str] = ()) -> Vocabulary:
    """Return a vocabulary of `size` tokens, or the starter's whole one where that is larger.

    It begins with the starter's: English text is tokenised the same with both, because the syllables that
    follow have lower scores. special: control tokens beside the starter's.
    """
    fields = gguf.GGUFReader(starter).fields
    tokens, scores, kinds = (
        list(fields[f"tokenizer.ggml.{name}"].contents()) for name in ("tokens", "scores", "token_type")
    )
    assert kinds.count(_BYTE) == 256, "the starter's vocabulary covers every byte"
    added = [token for token in special if token not in tokens]
    tokens += added
    scores += [0.0] * len(added)
    kinds += [_CONTROL] * len(added)
    known = set(tokens)
    more = (syllables for syllables in _syllables() if syllables not in known)
    while len(tokens) < size:
        tokens.append(next(more))
        scores.append(-float(len(tokens)))
        kinds.append(_NORMAL)
    return Vocabulary(tokens, scores, kinds)


def _syllables() -> Iterator[str]:
    """Write words of two syllables, then of three, half of them with a space before."""
    syllables = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    for count in (2, 3):
        for word in map("".join, product(syllables, repeat=count)):
            yield f"▁{word}"
            yield word
