"""What can be wrong with a model file."""

import copy
import math
import random
import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from mutants.parts import SCALARS, STRING, Parts, Tensor, Value, take_apart

EXTREMES = [
    0,
    1,
    2,
    3,
    7,
    63,
    255,
    256,
    4095,
    65535,
    10**6,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**64 - 1,
]
FLOATS = [0.0, -0.0, 1e-45, 1e38, -1e38, math.inf, -math.inf, math.nan]
WORDS = [
    b"",
    b"\0",
    b"a\0b",
    b"</s>",
    b"<s>",
    b"\xff\xfe",
    b"\xe2\x96\x81",
    b" ",
    b"\n",
    b"x" * 5_000,
    b"<0x41>",
]
TOKENIZERS = [
    b"llama",
    b"gpt2",
    b"bert",
    b"t5",
    b"rwkv",
    b"plamo2",
    b"gemma4",
    b"none",
    b"no_vocab",
    b"test",
    b"hm",
]
ARCHITECTURES = [
    b"llama",
    b"gpt2",
    b"qwen2",
    b"gemma",
    b"phi3",
    b"mamba",
    b"rwkv6",
    b"t5",
    b"bert",
    b"falcon",
]
TENSOR_TYPES = [0, 1, 2, 3, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 30, 34, 39, 99, 2**31, 2**32 - 1]
TOKEN_TYPES = [0, 1, 2, 3, 4, 5, 6, 7, -1, 2**31 - 1]


def _wrong_value(value: Value, chance: random.Random) -> None:
    """Put something else in the place of one element, that its type can hold."""
    place = chance.randrange(len(value.elements)) if value.elements else 0
    if not value.elements or value.kind == STRING:
        value.elements[place : place + 1] = [chance.choice([*WORDS, chance.randbytes(8)])]
    elif value.kind in (6, 12):
        value.elements[place] = chance.choice(FLOATS)
    else:
        size = struct.calcsize(SCALARS[value.kind])
        bits = chance.choice(EXTREMES) & (2 ** (8 * size) - 1)
        (value.elements[place],) = struct.unpack(f"<{SCALARS[value.kind]}", bits.to_bytes(size, "little"))


def figures(parts: Parts, chance: random.Random) -> None:
    """One to three of the figures in the header are extreme."""
    scalars = [value for _, value in parts.values if not value.is_array]
    for value in chance.sample(scalars, chance.randint(1, 3)):
        _wrong_value(value, chance)


def types(parts: Parts, chance: random.Random) -> None:
    """A value is of another type, with bytes to fit it."""
    key, old = chance.choice(parts.values)
    kind = chance.choice([*SCALARS, STRING])
    elements = [b"7"] if kind == STRING else [7]
    changed = Value(
        kind, elements * len(old.elements), old.is_array if chance.random() < 0.7 else not old.is_array
    )
    if not changed.is_array:
        changed.elements = changed.elements[:1] or elements
    parts.values = [(name, changed if name == key else value) for name, value in parts.values]


def keys(parts: Parts, chance: random.Random) -> None:
    """A key is missing, there twice, or named otherwise."""
    place = chance.randrange(len(parts.values))
    key, value = parts.values[place]
    new = [[], [(key, value)] * 2, [(chance.choice([b"", b"x", key + b"x", b"k" * 70_000]), value)]]
    parts.values[place : place + 1] = chance.choice(new)


def counts(parts: Parts, chance: random.Random) -> None:
    """A count is not the true one."""
    if chance.random() < 0.5:
        true = [len(parts.tensors), len(parts.values)]
        place = chance.randrange(2)
        true[place] = chance.choice([*EXTREMES, true[place] - 1, true[place] + 1])
        parts.counts = (true[0], true[1])
        return
    value = chance.choice([value for _, value in parts.values if value.is_array])
    value.count = chance.choice([*EXTREMES, len(value.elements) - 1, len(value.elements) + 1])


def words(parts: Parts, chance: random.Random) -> None:
    """Some tokens are others."""
    tokens = parts.get(b"tokenizer.ggml.tokens").elements
    for _ in range(chance.choice([1, 1, 3, 100, 4_000])):
        place = chance.randrange(len(tokens))
        tokens[place] = chance.choice([chance.choice(tokens), chance.choice(WORDS), chance.randbytes(3)])


def distinct_words(parts: Parts, chance: random.Random) -> None:
    """Most or all tokens are others, and no two alike: it can be loaded, and has no bytes to fall back on."""
    tokens = parts.get(b"tokenizer.ggml.tokens").elements
    first = chance.choice([0, 3, 200, 300])
    for place in range(first, len(tokens)):
        tokens[place] = b"%x" % place if chance.random() < 0.5 else b"\xe2\x96\x81%x" % place
    if chance.random() < 0.5:
        _lengths(parts, chance)


def _lengths(parts: Parts, chance: random.Random) -> None:
    tokens = parts.get(b"tokenizer.ggml.tokens").elements
    tokens[chance.randrange(len(tokens))] = chance.choice(
        [b"y" * 300, b"\xf0\x9f\x98", b"z" * 100_000, b"\0y"]
    )


def token_types(parts: Parts, chance: random.Random) -> None:
    """Tokens are of other types than they were: all bytes, all control, or any."""
    kinds = parts.get(b"tokenizer.ggml.token_type").elements
    kind = chance.choice(TOKEN_TYPES)
    for _ in range(chance.choice([1, 10, 5_000])):
        kinds[chance.randrange(len(kinds))] = chance.choice(TOKEN_TYPES)
    if chance.random() < 0.4:
        kinds[:] = [kind] * len(kinds)


def scores(parts: Parts, chance: random.Random) -> None:
    """Scores are no numbers, or too few."""
    found = parts.get(b"tokenizer.ggml.scores")
    found.elements = [chance.choice(FLOATS) for _ in found.elements]
    del found.elements[chance.choice([0, 1, len(found.elements)]) :]
    if not found.elements:
        found.elements = [0.0]


def tokenizer(parts: Parts, chance: random.Random) -> None:
    """The vocabulary is said to be of another kind, with merges where that needs some."""
    parts.get(b"tokenizer.ggml.model").elements = [chance.choice(TOKENIZERS)]
    tokens = parts.get(b"tokenizer.ggml.tokens").elements
    merges = [chance.choice(tokens) + b" " + chance.choice(tokens) for _ in range(50)]
    if chance.random() < 0.7:
        parts.values.append((b"tokenizer.ggml.merges", Value(STRING, merges + chance.sample(WORDS, 3), True)))
    if chance.random() < 0.3:
        parts.values.append(
            (b"tokenizer.ggml.precompiled_charsmap", Value(0, list(chance.randbytes(64)), True))
        )
    if chance.random() < 0.5:
        parts.values = [pair for pair in parts.values if pair[0] != b"tokenizer.ggml.pre"]
    if chance.random() < 0.5:
        kinds = parts.get(b"tokenizer.ggml.token_type").elements
        kinds[:] = [1 if kind == 6 else kind for kind in kinds]
    for name in (b"add_bos_token", b"add_eos_token", b"add_space_prefix", b"remove_extra_whitespaces"):
        if chance.random() < 0.3:
            key = b"tokenizer.ggml." + name
            parts.values = [pair for pair in parts.values if pair[0] != key]
            parts.values.append((key, Value(7, [chance.randrange(2)])))


def architecture(parts: Parts, chance: random.Random) -> None:
    """The model is said to be of another kind; its fields are named after it, or not."""
    old = parts.get(b"general.architecture").elements[0]
    new = chance.choice(ARCHITECTURES)
    parts.get(b"general.architecture").elements = [new]
    if chance.random() < 0.8:
        parts.values = [(key.replace(old + b".", new + b"."), value) for key, value in parts.values]


def infos(parts: Parts, chance: random.Random) -> None:
    """What is said of a tensor is wrong."""
    place = chance.randrange(len(parts.tensors))
    tensor = parts.tensors[place]
    match chance.randrange(6):
        case 0:
            tensor.shape[chance.randrange(len(tensor.shape))] = chance.choice(EXTREMES)
        case 1:
            tensor.shape = chance.choice([[], [0], [1] * 4, tensor.shape[::-1], [*tensor.shape, 1], [32] * 5])
        case 2:
            tensor.kind = chance.choice(TENSOR_TYPES)
        case 3:
            tensor.offset = chance.choice([*EXTREMES, tensor.offset + 32, tensor.offset - 32]) % 2**64
        case 4:
            names = [
                b"",
                b"x" * 80,
                b"blk.0.attn_q.weight",
                b"blk.999.attn_q.weight",
                b"\xff",
                b"output.weight",
            ]
            tensor.name = chance.choice(names)
        case 5:
            parts.tensors[place : place + 1] = chance.choice([[], [tensor, tensor]])


def other_type(parts: Parts, chance: random.Random) -> None:
    """A tensor is stored as another type that fits its bytes: all sizes agree, only the values don't."""
    tensor = chance.choice(parts.tensors)
    tensor.kind = chance.choice({0: [24, 26], 8: [6, 7]}.get(tensor.kind, [30]))


def numbers(parts: Parts, chance: random.Random) -> None:
    """Weights, or the scales of quantized ones, are no numbers or infinite."""
    data = parts.data
    bad = chance.choice(
        [b"\xff\xff", b"\x00\x7c", b"\x00\xfc", b"\xff\x7b", b"\x00\x00\x80\x7f", b"\x00\x00\xc0\x7f"]
    )
    step = chance.choice([18, 34, 32, 4_096])
    start = chance.choice([0, chance.randrange(len(data) // 2) // 4 * 4])
    stop = chance.choice([len(data), min(len(data), start + 40 * step)])
    for place in range(start, stop - len(bad), step * chance.choice([1, 1, 50])):
        data[place : place + len(bad)] = bad


def noise(parts: Parts, chance: random.Random) -> None:
    """A stretch of the data is noise, or nothing."""
    length = chance.choice([1_000, 100_000, len(parts.data)])
    start = chance.randrange(max(1, len(parts.data) - length))
    stretch = bytes(length) if chance.random() < 0.3 else chance.randbytes(length)
    parts.data[start : start + length] = stretch[: len(parts.data) - start]


def strikes(data: bytearray, chance: random.Random, structure: int) -> None:
    """Single bytes of the header are wrong, most of them where the structure is."""
    for _ in range(chance.choice([1, 1, 2, 8, 64])):
        place = chance.choice(
            [chance.randrange(1_200), chance.randrange(structure), structure - chance.randrange(3_500)]
        )
        data[max(0, place)] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])


def cut(data: bytearray, chance: random.Random, structure: int) -> None:
    """The file ends too early, or goes on with something else."""
    if chance.random() < 0.8:
        del data[chance.choice([chance.randrange(structure), chance.randrange(len(data)), len(data) - 1]) :]
    else:
        data += chance.randbytes(chance.choice([1, 5_000]))


_OF_PARTS: Sequence[Callable[[Parts, random.Random], None]] = (
    *(figures, types, keys, counts, words, distinct_words, token_types, scores),
    *(tokenizer, architecture, infos, other_type, numbers, noise),
)
_OF_BYTES: Sequence[Callable[[bytearray, random.Random, int], None]] = (strikes, cut)
KINDS = tuple(each.__name__ for each in (*_OF_PARTS, *_OF_BYTES))


@lru_cache(maxsize=8)
def _parts(path: Path) -> Parts:
    return take_apart(path)


def mutant(seed: int, sources: Sequence[Path]) -> tuple[str, bytes]:
    """Return what was done and the bytes of a wrong file, always the same for a seed."""
    chance = random.Random(seed)
    source = sources[seed % len(sources)]
    kind = (seed // len(sources)) % len(KINDS)
    parts = copy.deepcopy(_parts(source))
    structure = len(parts.packed()) - len(parts.data)
    if kind < len(_OF_PARTS):
        _OF_PARTS[kind](parts, chance)
        return KINDS[kind], parts.packed()
    data = bytearray(parts.packed())
    _OF_BYTES[kind - len(_OF_PARTS)](data, chance, structure)
    return KINDS[kind], bytes(data)


def sound(source: Path) -> bytes:
    """Return a source taken apart and put together again, nothing changed."""
    return _parts(source).packed()


__all__ = ["KINDS", "Tensor", "mutant", "sound"]
