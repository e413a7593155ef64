"""Exact token healing, against a search of the whole vocabulary."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model
from penwright.engine.worker.picking import Picker
from penwright.engine.worker.tokens import TokenTable

STEMS = st.one_of(
    st.text(max_size=12),
    st.text(alphabet=" abcdefghinorstuwy'’.", max_size=14),
    st.text(alphabet="今天氣很好的😀👍🏽é\u0301", max_size=6),
).filter(bool)


@pytest.fixture(scope="module")
def pieces(library: Library, starter: Any) -> list[bytes]:
    model = Model(library, starter)
    found = [model.piece(token) for token in range(model.n_vocab)]
    model.close()
    return found


@pytest.fixture(scope="module")
def table(pieces: list[bytes]) -> TokenTable:
    return TokenTable(pieces)


def test_every_byte_can_be_written(table: TokenTable) -> None:
    for byte in range(256):
        assert len(table.allowed(bytes((byte,))))


@given(
    stem=st.one_of(STEMS.map(lambda text: text.encode("utf-8", "replace")), st.binary(min_size=1, max_size=8))
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_allowed_is_what_a_search_of_all_tokens_finds(
    stem: bytes, table: TokenTable, pieces: list[bytes]
) -> None:
    searched = {
        token
        for token, piece in enumerate(pieces)
        if piece and (piece.startswith(stem) or stem.startswith(piece))
    }
    found = table.allowed(stem)
    assert len(found) == len(set(found.tolist()))
    assert set(found.tolist()) == searched


@given(
    pieces=st.lists(st.binary(max_size=4), min_size=1, max_size=40), stem=st.binary(min_size=1, max_size=6)
)
def test_allowed_in_any_vocabulary(pieces: list[bytes], stem: bytes) -> None:
    searched = {
        token
        for token, piece in enumerate(pieces)
        if piece and (piece.startswith(stem) or stem.startswith(piece))
    }
    assert set(TokenTable(pieces).allowed(stem).tolist()) == searched


@given(stem=STEMS, seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_begins_with_the_stem(
    stem: str, seed: int, table: TokenTable, pieces: list[bytes]
) -> None:
    chance = np.random.default_rng(seed)
    picker = Picker(len(pieces), np.empty(0, np.int64))
    whole = required = stem.encode("utf-8", "replace")
    written = b""
    while required:
        allowed = table.allowed(required)
        pick = picker.best(chance.normal(size=len(pieces)).astype(np.float32) * 5, allowed)
        token = pick.token
        assert token in allowed
        assert pick.logprob <= 1e-6
        written += pieces[token]
        required = required[len(pieces[token]) :]
    assert written.startswith(whole)


def test_a_vocabulary_without_the_letter() -> None:
    assert len(TokenTable([b"a"]).allowed(b"z")) == 0
