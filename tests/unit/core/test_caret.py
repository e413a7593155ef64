"""Where a caret stands, told from what stands before it alone."""

import pytest

from penwright.core.caret import Caret, Place, caret_after


@pytest.mark.parametrize(
    ("before", "caret"),
    [
        ("", Caret(Place.PARAGRAPH)),
        ("One.\n", Caret(Place.PARAGRAPH)),
        ("One.\n  ", Caret(Place.PARAGRAPH)),
        ("One. ", Caret(Place.SENTENCE)),
        ("“One.” ", Caret(Place.SENTENCE)),
        ("He said: “One. Two? ", Caret(Place.SENTENCE)),
        ("Mr. ", Caret(Place.BOUNDARY)),
        ("One ", Caret(Place.BOUNDARY)),
        ("One, ", Caret(Place.BOUNDARY)),
        ("One (", Caret(Place.BOUNDARY)),
        ("O", Caret(Place.WORD, 1)),
        ("One, tw", Caret(Place.WORD, 2)),
        ("don'", Caret(Place.WORD, 4)),
        ("One.", Caret(Place.MARK)),
        ("One,", Caret(Place.MARK)),
        ("今天", Caret(Place.BOUNDARY)),
        ("今天。", Caret(Place.MARK)),
    ],
)
def test_places(before: str, caret: Caret) -> None:
    assert caret_after(before) == caret
