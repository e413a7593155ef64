from hypothesis import given
from hypothesis import strategies as st

from penwright.core.markdown.structure import Structure
from penwright.core.outline import Move, heading_at, levels, move_before, moved, neighbour, section_end

TEXT = "intro\n\n# One\na\n\n## Below\nb\n\n# Two\nc"
LINES = TEXT.split("\n")


def headings(lines):
    structure = Structure()
    structure.reset("\n".join(lines))
    return structure.headings


def test_sections_hold_those_below() -> None:
    assert [section_end(headings(LINES), at, len(LINES)) for at in range(3)] == [8, 8, 10]


def test_where_a_line_stands() -> None:
    assert [heading_at(headings(LINES), line) for line in (0, 2, 6, 9)] == [None, 0, 1, 2]


def test_the_last_goes_first() -> None:
    move = move_before(headings(LINES), 2, 0, len(LINES))
    assert move == Move(8, 10, 2)
    assert "\n".join(moved(LINES, move)) == "intro\n\n# Two\nc\n\n# One\na\n\n## Below\nb\n"


def test_the_first_goes_to_the_end() -> None:
    move = move_before(headings(LINES), 0, None, len(LINES))
    assert "\n".join(moved(LINES, move)) == "intro\n\n# Two\nc\n\n# One\na\n\n## Below\nb"


def test_nothing_goes_into_itself_or_stays() -> None:
    found = headings(LINES)
    assert move_before(found, 0, 1, len(LINES)) is None
    assert move_before(found, 0, 2, len(LINES)) is None
    assert move_before(found, 2, None, len(LINES)) is None


def test_neighbours_change_places() -> None:
    found = headings(LINES)
    assert neighbour(found, 0, 1, len(LINES)) == Move(2, 8, 10)
    assert neighbour(found, 2, -1, len(LINES)) == Move(8, 10, 2)
    assert neighbour(found, 1, 1, len(LINES)) is None, "the next is no section below the same heading"
    assert neighbour(found, 0, -1, len(LINES)) is None


@given(st.lists(st.sampled_from(["# a", "## b", "### c", "text", ""]), min_size=1, max_size=20), st.data())
def test_every_line_with_words_stays(lines, data) -> None:
    found = headings(lines)
    if not found:
        return
    index = data.draw(st.integers(0, len(found) - 1))
    before = data.draw(st.one_of(st.none(), st.integers(0, len(found) - 1)))
    move = move_before(found, index, before, len(lines))
    if move is None:
        return
    after = moved(lines, move)
    assert sorted(filter(None, after)) == sorted(filter(None, lines))
    assert [one.title for one in headings(after)] != [] and len(headings(after)) == len(found)


def test_levels_change_together_or_not_at_all() -> None:
    found = headings(LINES)
    assert levels(found, 0, 1) == (2, 5)
    assert levels(found, 1, -1) == (5,)
    assert levels(found, 0, -1) == ()
    assert levels(headings(["# a", "###### b"]), 0, 1) == ()
