"""The writer's edits move what waits, and what they touch goes: nothing of theirs is written over."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penwright.core.diff import apply, changes
from penwright.core.reconciling import reconciled
from penwright.core.splice import Splice, splice_between

_TEXT = st.text(st.sampled_from("ab c.\n我😀\u0301"), max_size=40)


@settings(max_examples=400, deadline=None)
@given(_TEXT, _TEXT)
def test_a_splice_makes_one_text_of_the_other(before: str, after: str) -> None:
    splice = splice_between(before, after)
    put = after[splice.at : splice.at + splice.added]
    assert before[: splice.at] + put + before[splice.at + splice.removed :] == after
    if before != after:
        assert splice.removed or splice.added


@settings(max_examples=400, deadline=None)
@given(_TEXT, _TEXT, _TEXT, st.randoms())
def test_what_the_writer_put_is_in_every_outcome(old: str, new: str, put: str, chance: random.Random) -> None:
    at = chance.randint(0, len(old))
    removed = chance.randint(0, min(4, len(old) - at))
    text = old[:at] + put + old[at + removed :]
    found = changes(old, new)
    kept, dropped = reconciled(found, Splice(at, removed, len(put)), text)
    assert len(kept) + len(dropped) == len(found)
    for change in kept:
        assert text[change.start : change.end] == change.old
        assert change.end <= at or change.start >= at + len(put), "outside of what the writer put"
    apply(text, kept)  # raises for what overlaps


@pytest.mark.parametrize(
    ("edit", "outcome"),
    [
        (lambda text: "Well. " + text, ["cat", "mat"]),  # before: all move
        (lambda text: text.replace("cat", "cart"), ["mat"]),  # a touched word
        (lambda text: text.replace("cat", "cats"), ["mat"]),  # its end counts
        (lambda text: text.replace("cat", "cat,"), ["cat", "mat"]),  # a mark after it does not
        (lambda text: text.replace(" cat", "cat"), ["mat"]),  # joined to another word
        (lambda text: text.replace("sat", "lay"), ["cat", "mat"]),
        (lambda text: "", []),
    ],
)
def test_a_change_whose_words_were_touched_goes(edit, outcome: list[str]) -> None:
    old = "The cat sat on the mat."
    found = changes(old, "The dog sat on the rug.")
    text = edit(old)
    kept, dropped = reconciled(found, splice_between(old, text), text)
    assert [change.old for change in kept] == outcome
    assert len(kept) + len(dropped) == 2
