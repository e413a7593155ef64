import random

from penwright.core.markdown.structure import Heading, Place, Structure

TEXT = """---
title: Sea
# no heading
---
# One
```python
# code
```
## Two
~~~
``` not closed by this
"""


def structure_of(text: str) -> Structure:
    structure = Structure()
    structure.reset(text)
    return structure


def test_places_of_lines() -> None:
    structure = structure_of(TEXT)
    places = [structure.place(line) for line in range(12)]
    front, fence, code, body = Place.FRONT, Place.FENCE, Place.CODE, Place.BODY
    assert places == [fence, front, front, fence, body, fence, code, fence, body, fence, code, code]


def test_headings_are_those_outside_code_and_front_matter() -> None:
    assert structure_of(TEXT).headings == (Heading(4, 1, "One"), Heading(8, 2, "Two"))


def test_front_matter_that_is_not_closed_is_text() -> None:
    structure = structure_of("---\n# One\n")
    assert structure.place(0) is Place.BODY
    assert structure.headings == (Heading(1, 1, "One"),)


def test_backticks_in_a_fences_own_line_make_it_a_span() -> None:
    assert structure_of("```a` b\n# One").headings == (Heading(1, 1, "One"),)


def test_a_key_tells_whether_other_lines_change() -> None:
    structure = structure_of("one\n``\ntwo\n# Three")
    assert not structure.replace(0, 1, ["ones"])
    assert not structure.replace(0, 1, ["one", "s"])
    assert structure.replace(2, 1, ["```"])
    assert structure.headings == ()
    assert not structure.replace(0, 1, ["", ""]), "all is where it was, one line further down"
    assert structure.place(3) is Place.FENCE
    assert structure.replace(3, 1, ["``"])
    assert structure.headings == (Heading(5, 1, "Three"),)


def test_any_edits_give_what_the_whole_text_gives() -> None:
    pieces = ["", "text", "# One", "## Two ##", "```", "~~~~", "````", "---", "+++", "...", "``` x", "`` x"]
    for seed in range(60):
        chance = random.Random(seed)
        lines = [chance.choice(pieces) for _ in range(chance.randrange(1, 30))]
        structure = structure_of("\n".join(lines))
        for _ in range(20):
            first = chance.randrange(len(lines))
            removed = chance.randrange(1, min(4, len(lines) - first) + 1)
            new = [chance.choice(pieces) for _ in range(chance.randrange(1, 4))]
            before = [structure.place(line) for line in range(len(lines))]
            told = structure.replace(first, removed, new)
            lines[first : first + removed] = new
            whole = structure_of("\n".join(lines))
            assert structure.headings == whole.headings
            places = [structure.place(line) for line in range(len(lines))]
            assert places == [whole.place(line) for line in range(len(lines))]
            others = before[:first] + before[first + removed :]
            assert told or others == places[:first] + places[first + len(new) :]
