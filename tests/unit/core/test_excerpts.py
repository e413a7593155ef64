"""Excerpts: both sides of every change, some of the text around, and nothing twice."""

from hypothesis import given
from hypothesis import strategies as st

from penwright.core.diff import changes
from penwright.core.excerpts import excerpts
from penwright.core.reviewing import Part

LINES = st.lists(st.sampled_from(["one two three", "", "four. Five six.", "春天来了"]), max_size=40).map(
    "\n".join
)


def shown(pieces, part):
    return "".join(piece.text for piece in pieces if piece.part in (Part.SAME, part))


@given(LINES, LINES)
def test_all_of_a_short_text_is_shown(old, new):
    pieces = list(excerpts(old, changes(old, new), around=10_000))
    assert (shown(pieces, Part.OLD), shown(pieces, Part.NEW)) == (old, new)


@given(LINES, LINES, st.integers(0, 30))
def test_each_change_is_shown_once_whatever_is_left_out(old, new, around):
    found = changes(old, new)
    pieces = list(excerpts(old, found, around))
    assert "".join(p.text for p in pieces if p.part is Part.OLD) == "".join(c.old for c in found)
    assert "".join(p.text for p in pieces if p.part is Part.NEW) == "".join(c.new for c in found)
    kept = shown(pieces, Part.OLD).replace("\n⋯\n", "").replace("⋯\n", "").replace("\n⋯", "")
    assert len(kept) <= len(old)


def test_what_lies_far_away_is_left_out():
    lines = [f"line {number}" for number in range(1000)]
    old = "\n".join(lines)
    new = old.replace("line 200\n", "line two hundred\n").replace("line 800\n", "line eight hundred\n")
    text = shown(excerpts(old, changes(old, new), around=20), Part.NEW)
    assert text.count("⋯") == 3
    assert "two hundred" in text and "eight hundred" in text and len(text) < 250
