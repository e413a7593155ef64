"""The likeliest token, its probability, and what is known of the choice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.engine.worker.picking import Picker

LOGITS = np.array([0.0, 3.0, 1.0, 2.0], np.float32)


def picker(size: int = 4, ends: tuple[int, ...] = (0,)) -> Picker:
    return Picker(size, np.array(ends, np.int64))


def log_probability(logits: np.ndarray, token: int, allowed: list[int]) -> float:
    exact = logits.astype(np.float64)
    return float(exact[token] - np.log(np.exp(exact[allowed]).sum()))


@pytest.mark.parametrize(("allowed", "token"), [(None, 1), ([0, 2, 3], 3), ([2], 2)])
def test_the_likeliest_and_its_probability(allowed: list[int] | None, token: int) -> None:
    among = None if allowed is None else np.array(allowed)
    best = picker().best(LOGITS, among)
    assert best.token == token
    assert best.logprob == pytest.approx(log_probability(LOGITS, token, allowed or [0, 1, 2, 3]), abs=1e-6)


def test_what_is_known_of_a_choice() -> None:
    weighed = picker(ends=(0, 2)).weigh(1, LOGITS)
    assert weighed.logprob == pytest.approx(log_probability(LOGITS, 1, [0, 1, 2, 3]), abs=1e-6)
    assert weighed.margin == pytest.approx(1.0)
    assert weighed.end_mass == pytest.approx((np.exp(0) + np.exp(1)) / np.exp(LOGITS).sum(), abs=1e-6)
    among = picker().weigh(3, LOGITS, np.array([0, 3]))
    assert among.margin == pytest.approx(2.0)
    assert among.end_mass == pytest.approx(1 / np.exp(LOGITS).sum(), abs=1e-6), (
        "of all tokens, not of the allowed"
    )
    assert picker().weigh(2, LOGITS).margin == 0.0, "another one was likelier"
    assert picker().weigh(2, LOGITS, np.array([2])).margin == 20.0, "nothing else was possible"


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40), st.integers(1, 6), st.data())
def test_the_order_is_that_of_a_sort(values: list[int], count: int, data: st.DataObject) -> None:
    logits = np.array(values, np.float32)
    chosen = data.draw(st.one_of(st.none(), st.sets(st.integers(0, len(values) - 1), min_size=1)))
    allowed = None if chosen is None else np.array(sorted(chosen))
    found = picker(len(values), ends=(0,)).likeliest(logits, allowed, count)
    ordered = sorted(
        range(len(values)) if chosen is None else chosen, key=lambda token: (-values[token], token)
    )
    assert found == ordered[:count], "of equals the lower token"
    assert picker(len(values)).best(logits, allowed).token == ordered[0]


def test_of_equals_the_lower_token_comes_first_also_where_the_partition_cuts() -> None:
    logits = np.array([0, 5, 0, 0, 0], np.float32)
    assert picker(5).likeliest(logits, None, 3) == [1, 0, 2]
