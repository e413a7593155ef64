"""A suggestion beside text that follows the caret already."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.following import fit_between


@pytest.mark.parametrize(
    ("before", "text", "after", "kept", "reason"),
    [
        # Nothing follows in this line: all of it stays.
        ("the", " quiet room", "", " quiet room", ""),
        ("the", " quiet room", "\n", " quiet room", ""),
        ("the", " quiet room", "   \nNext one.", " quiet room", ""),
        # It runs into what follows: the middle stays.
        ("the ", "quiet room was dark", "room was dark.", "quiet ", ""),
        ("the", " quiet room was", " room was dark.", " quiet", ""),
        ("the", " quiet room was", " room was", " quiet", ""),
        ("the", " quiet room and so", " room and then", " quiet", ""),
        ("the", " quiet Room", " room was", " quiet", ""),
        ("the", " quiet room.", ".", " quiet room", ""),
        ("the", " quiet room.", ". It", " quiet room", ""),
        # It goes on beyond what follows, or says only the first word of it by chance.
        ("the", " quiet room, he said", " room.", " quiet room, he said", ""),
        ("the", " quiet and the loud", " the room", " quiet and the loud", ""),
        # It only copies.
        ("the", " room was", " room was dark", "", "copies"),
        ("the ", "room", "room was dark", "", "copies"),
        ("the", " room was light", " room was dark", "", "copies"),
        ("the quiet", ".", ".", "", "copies"),
        # The spaces on both sides.
        ("the ", "quiet", "room", "quiet ", ""),
        ("the ", "quiet ", " room", "quiet", ""),
        ("the ", "quiet ", ", and", "quiet", ""),
        ("the ", "quiet", "(small) room", "quiet", ""),
        ("今天", "天气", "很好", "天气", ""),
        # Within a word.
        ("the qui", "ck", "et room", "", "inside"),
        ("the qui", "et", "et room", "", "copies"),
        # The next paragraph is only copied as a phrase.
        ("One.\n", "The room was dark", "\n\nThe room was dark.", "", "copies"),
        ("One.\n", "The door", "\nThe room was dark.", "The door", ""),
        ("One.\n", "The", "\nThe room was dark.", "The", ""),
        ("One.\n", "It was late. The room was", "\nThe room was dark.", "It was late.", ""),
    ],
)
def test_each(before: str, text: str, after: str, kept: str, reason: str) -> None:
    assert fit_between(text, before, after) == (kept, reason)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_what_is_kept_begins_the_text_and_has_letters_or_a_reason(before: str, text: str, after: str) -> None:
    kept, reason = fit_between(text, before, after)
    assert (text + " ").startswith(kept)
    if text.strip():
        assert bool(kept.strip()) != bool(reason)
