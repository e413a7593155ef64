"""What is held against a model file before llama.cpp sees it: some faults of a file end its process.

llama.cpp refuses most of what is wrong by itself, and says why. What is looked for here is what makes it
stop the process instead, and what it would take for good and then write nonsense with. Called in the worker:
a large vocabulary costs some hundredths of a second, and numpy.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from penwright.base.errors import ModelError
from penwright.base.files import readable_name
from penwright.modelstore.gguf_figures import require_figures
from penwright.modelstore.gguf_reading import STRING, Broken, Cursor, KeyValues, Layout, opened, walk
from penwright.modelstore.letters import Letters, letters_of

_FIRST_PART = re.compile(r"-00001-of-(\d{5})\.gguf$")
_SHORT = 2  # an unsigned 16-bit number
_TOKENIZER = "tokenizer.ggml."
_TOKENS = "tokenizer.ggml.tokens"
_NO_VOCABULARY = ("", "none", "no_vocab", "test")  # the last writes a token's number in place of letters
# What decides which bytes a token writes, and so what its table is made from.
_TABLE_LEAVES_OUT = ("tokenizer.ggml.merges", "tokenizer.ggml.scores")
# The ids that the engine asks for; llama.cpp takes a default, some other token, for one out of range.
_SPECIAL = ("tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")


@dataclass(frozen=True)
class Vetted:
    """A file that was looked at.

    digest: tells its vocabulary from others. size: of the file in bytes. letters: those that its vocabulary
    can write, None for all.
    """

    digest: bytes
    size: int
    letters: Letters | None


def vet(path: Path) -> Vetted:
    """Look at the model file at `path`, and at the others of a split model.

    Raises ModelError: those of `read_header`, and model.no_vocabulary, model.cannot_write,
    model.duplicate_token, model.vocabulary_size, model.special_token.
    """
    name = readable_name(path)
    with opened(path) as cursor:
        found = walk(cursor, name)
        architecture = found.values.text("general.architecture")
        if not architecture:
            raise Broken
        values = found.values
        if values.text("tokenizer.ggml.model") in (None, *_NO_VOCABULARY):
            raise ModelError("model.no_vocabulary", name=name)
        if values.integer(f"{architecture}.attention.causal", 1) == 0:
            raise ModelError("model.cannot_write", name=name)
        require_figures(found, architecture)
        tokens = _tokens(cursor, values, name)
        _require_vocabulary(found, tokens, name)
        letters = letters_of(set(tokens)) if values.text("tokenizer.ggml.model") == "llama" else None
        if letters is not None and not letters.has(" "):
            raise ModelError("model.no_vocabulary", name=name)
        vetted = Vetted(_digest(cursor, values), cursor.size, letters)
        parts = values.integer("split.count", 1)
    for part in _other_parts(path, parts):
        _require_part(part)
    return vetted


def _other_parts(path: Path, count: int) -> list[Path]:
    """Return the other files of a split model; none where its name is not that of a first part."""
    found = _FIRST_PART.search(path.name)
    if found is None or int(found[1]) != count:
        return []
    stem = path.name[: found.start()]
    return [path.with_name(f"{stem}-{number:05}-of-{count:05}.gguf") for number in range(2, count + 1)]


def _require_part(path: Path) -> None:
    with opened(path) as cursor:
        found = walk(cursor, readable_name(path))
        number = found.values.scalars.get("split.no")
        if number is not None and number.kind != _SHORT:  # llama.cpp reads it without a look at its type
            raise Broken
        require_figures(found, "")


def _tokens(cursor: Cursor, values: KeyValues, name: str) -> list[bytes]:
    span = values.arrays.get(_TOKENS)
    if span is None or span.kind != STRING or not span.count:
        raise ModelError("model.no_vocabulary", name=name)
    return read_strings(cursor.between(span.start, span.end), span.count)


def read_strings(data: bytes, count: int) -> list[bytes]:
    """Return the strings of an array in a GGUF file, each of which follows its length, a 64-bit number.

    The lengths are found all at once by the zeros that end them, since a string seldom begins with one;
    where that does not hold, they are followed one after the other.
    """
    starts = _starts(data, count)
    if starts is None:
        return _followed(data, count)
    ends = np.append(starts[1:] - 8, len(data))
    return [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _starts(data: bytes, count: int) -> npt.NDArray[np.int64] | None:
    """Return where each string begins; None where the zeros do not tell."""
    zero = np.frombuffer(data, np.uint8) == 0
    edges = np.flatnonzero(zero[1:] != zero[:-1]) + 1
    if zero[:1].any() or not len(edges) or (len(edges) % 2 and not zero[-1:].any()):
        return None
    if len(edges) % 2:
        edges = np.append(edges, len(data))
    begins, ends = edges[::2], edges[1::2]
    starts = ends[ends - begins >= 5]  # a string of 2 ** 24 bytes would leave five zeros in its length
    if len(starts) != count or starts[0] < 8:
        return None
    octets = np.frombuffer(data, np.uint8)
    lengths = sum(octets[starts - 8 + place].astype(np.int64) << 8 * place for place in range(3))
    follows = np.append(starts[1:] - 8, len(data))
    return starts if starts[0] == 8 and bool((starts + lengths == follows).all()) else None


def _followed(data: bytes, count: int) -> list[bytes]:
    length_at = struct.Struct("<Q").unpack_from
    found, at = [], 0
    for _ in range(count):
        end = at + 8 + length_at(data, at)[0]
        found.append(data[at + 8 : end])
        at = end
    return found


def _require_vocabulary(found: Layout, tokens: list[bytes], name: str) -> None:
    # llama.cpp reads each as a C string, which ends with the first zero; an empty one gets a name of its own.
    words = set(tokens)
    if len(words) < len(tokens) or b"" in words or b"\0" in b"".join(tokens):
        seen: set[bytes] = set()
        for number, token in enumerate(tokens):
            word = token.partition(b"\0")[0] or b"[EMPTY_%d]" % number
            if word in seen:
                raise ModelError("model.duplicate_token", name=name, token=_readable(word))
            seen.add(word)
    shape, _kind = found.tensors.infos.get("token_embd.weight", ((), 0))
    if len(shape) >= 2 and shape[1] != len(tokens):
        raise ModelError("model.vocabulary_size", name=name, tokens=len(tokens), rows=shape[1])
    for key in _SPECIAL:
        if found.values.integer(key, 0) >= len(tokens):
            raise ModelError("model.special_token", name=name, field=key.removeprefix(_TOKENIZER))


def _readable(word: bytes) -> str:
    text = word.decode("utf-8", "replace")[:40]
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _digest(cursor: Cursor, values: KeyValues) -> bytes:
    found = hashlib.blake2b(digest_size=16)
    for key, span in sorted({**values.scalars, **values.arrays}.items()):
        if key.startswith(_TOKENIZER) and key not in _TABLE_LEAVES_OUT:
            found.update(f"{key} {span.kind} {span.count}\n".encode())
            found.update(cursor.between(span.start, span.end))
    return found.digest()
