"""States of documents: found by their tokens, bounded, and never used for what they don't hold."""

import numpy as np
import pytest

from penwright.engine.worker.states import SavedState, SavedStates


def saved(tokens: list[int], size: int = 10, *, logits: bool = True) -> SavedState:
    return SavedState(
        np.array(tokens, np.int32), bytearray(size), np.zeros(4, np.float32) if logits else None
    )


def numbers(*tokens: int) -> np.ndarray:
    return np.array(tokens, np.int32)


@pytest.mark.parametrize(
    ("logits", "wanted", "anyhow", "whole"),
    [
        (True, (1, 2, 3, 4), 3, 3),
        (True, (1, 2, 3), 3, 3),
        (False, (1, 2, 3), 2, 0),
        (True, (1, 2), 1, 0),
        (True, (1, 2, 9), 2, 0),
        (True, (9, 2, 3), 0, 0),
        (True, (), 0, 0),
    ],
)
def test_what_a_state_saves(logits: bool, wanted: tuple[int, ...], anyhow: int, whole: int) -> None:
    state = saved([1, 2, 3], logits=logits)
    assert max(0, state.usable(numbers(*wanted), whole=False)) == anyhow
    assert max(0, state.usable(numbers(*wanted), whole=True)) == whole


def test_the_most_useful_one_is_found() -> None:
    states = SavedStates()
    states.put(saved([1, 2]))
    states.put(saved([5, 6, 7]))
    states.put(saved([1, 9, 9]))
    found, usable = states.find(numbers(5, 6, 7, 8), whole=False)
    assert found is not None
    assert (found.tokens.tolist(), usable) == ([5, 6, 7], 3)
    assert states.find(numbers(8), whole=False) == (None, 0)


def test_the_longer_one_of_the_same_text_takes_its_place() -> None:
    states = SavedStates()
    states.put(saved([1, 2]))
    states.put(saved([1, 2, 3]))
    states.put(saved([1, 2, 3]))
    assert len(states) == 1


def test_the_least_recently_used_go_first() -> None:
    states = SavedStates(limit=25)
    states.put(saved([1]))
    states.put(saved([2]))
    states.find(numbers(1, 5), whole=False)
    states.put(saved([3]))
    assert states.find(numbers(1, 5), whole=False)[1] == 1
    assert states.find(numbers(2, 5), whole=False)[1] == 0
    assert not states.fits(26)
