"""Messages survive the pipe, and nothing else is taken for one."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.answer import Answer
from penwright.core.composition import Piece, Sampling
from penwright.engine.messages import (
    Cancel,
    Chunk,
    Compose,
    Count,
    Counted,
    Device,
    Done,
    Failed,
    Load,
    Placement,
    Ready,
    Request,
    Trying,
    decode,
    encode,
)

TEXT = st.text(st.characters(), max_size=40)  # lone surrogates included
NUMBER = st.integers(-(2**63), 2**64)
FIGURE = st.floats(allow_nan=False)
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "str": TEXT,
    "int": NUMBER,
    "float": FIGURE,
    "tuple[int, ...]": st.lists(NUMBER, max_size=5).map(tuple),
    "tuple[float, ...]": st.lists(FIGURE, max_size=5).map(tuple),
    "dict[str, Value]": st.dictionaries(TEXT, st.one_of(TEXT, NUMBER, FIGURE), max_size=4),
}
BY_TYPE["bool"] = st.booleans()
BY_TYPE["tuple[Answer, ...]"] = st.lists(
    st.builds(
        Answer,
        TEXT,
        BY_TYPE["tuple[int, ...]"],
        BY_TYPE["tuple[float, ...]"],
        margin=FIGURE,
        end_mass=FIGURE,
        stop=TEXT,
    ),
    max_size=3,
).map(tuple)
BY_TYPE["tuple[Device, ...]"] = st.lists(st.builds(Device, TEXT, TEXT, NUMBER, NUMBER, TEXT), max_size=2).map(
    tuple
)
BY_TYPE["Placement | None"] = st.none() | st.builds(
    Placement, NUMBER, NUMBER, TEXT, TEXT, BY_TYPE["dict[str, Value]"], BY_TYPE["bool"]
)

BY_TYPE["tuple[Piece, ...]"] = st.lists(st.builds(Piece, TEXT, BY_TYPE["bool"]), max_size=3).map(tuple)
BY_TYPE["Sampling"] = st.builds(Sampling, FIGURE, NUMBER, FIGURE, FIGURE, FIGURE, NUMBER)
BY_TYPE["tuple[str, ...]"] = st.lists(TEXT, max_size=3).map(tuple)
BY_TYPE["tuple[str, str] | None"] = st.none() | st.tuples(TEXT, TEXT)


def any_message() -> st.SearchStrategy[Any]:
    kinds = (Load, Request, Compose, Count, Cancel, Trying, Ready, Counted, Chunk, Done, Failed)
    return st.one_of(
        *(
            st.builds(kind, **{field.name: BY_TYPE[str(field.type)] for field in fields(kind)})
            for kind in kinds
        )
    )


@given(any_message())
def test_round_trip(message: Any) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert decode(line) == message


def test_lone_surrogates_and_nul_pass() -> None:
    message = Request(1, "a\ud83d b\udc00\x00", "\udfff\n")
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"hello\n",
        b"null",
        b"3",
        b'"Done"',
        b"[]",
        b"[1]",
        b"{}",
        b'{"kind":"Nothing"}',
        b'{"kind":["Done"]}',
        b'{"kind":{}}',
        b'{"kind":"Done"}',
        b'{"kind":"Done","id":1,"text":"","more":2}',
        b'{"kind":"Ready","devices":[{"nonsense":1}]}',
        b'{"kind":"Chunk","id":1,"text":"\xff"}',
        b"[" * 100_000,
        b'{"kind":"Chunk","id":' + b"9" * 5_000 + b',"text":""}',
    ],
    ids=lambda line: repr(line[:30]),
)
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)


@given(st.binary(max_size=60))
def test_garbage_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)
