import time

import pytest

from penwright.base.errors import SearchError
from penwright.core.finding import Query, find, replacements

TEXT = "The house. the HOUSE, a houseboat; 房子 Straße\nthe end"


def places(query: Query) -> list[str]:
    hits = find(query, TEXT)
    return [TEXT[a:b] for a, b in zip(hits.starts, hits.ends, strict=True)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query("house"), ["house", "HOUSE", "house"]),
        (Query("house", case=True), ["house", "house"]),
        (Query("house", words=True), ["house", "HOUSE"]),
        (Query("house.", words=True), ["house."]),
        (Query("h.use"), []),
        (Query("h.use", expression=True), ["house", "HOUSE", "house"]),
        (Query("^the", expression=True), ["The", "the"]),
        (Query("hou|the", words=True, expression=True), ["The", "the", "the"]),
        (Query("房子"), ["房子"]),
        (Query("x*", expression=True), []),
        (Query(""), []),
    ],
)
def test_what_is_found(query, found) -> None:
    assert places(query) == found


def test_going_on_from_a_place_turns_round_at_the_ends() -> None:
    hits = find(Query("the"), TEXT)
    assert (hits.after(0), hits.after(1), hits.after(47)) == (0, 1, 0)
    assert (hits.before(0), hits.before(3), hits.before(len(TEXT))) == (2, 0, 2)
    assert hits.at(11, 14) == 1 and hits.at(11, 13) is None
    assert list(hits.within(12, 20)) == [(11, 14)]
    assert list(hits.within(3, 11)) == []
    assert find(Query("nowhere"), TEXT).after(0) is None


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", "(?P<n>a", "a{2,1}", "\\"])
def test_a_wrong_expression_is_told(pattern) -> None:
    with pytest.raises(SearchError) as raised:
        find(Query(pattern, expression=True), TEXT)
    assert raised.value.key == "find.bad_pattern"


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_hostile_expression_ends_in_time(pattern) -> None:
    start = time.monotonic()
    try:
        find(Query(pattern, case=True, expression=True), "a" * 5000 + "!", seconds=0.3)
    except SearchError as error:
        assert error.key == "find.too_long"
    assert time.monotonic() - start < 5


def test_replacing_tells_every_place() -> None:
    made = replacements(Query("house"), TEXT, r"\1")
    assert [(one.start, one.text) for one in made] == [(4, r"\1"), (15, r"\1"), (24, r"\1")]


def test_replacing_with_groups() -> None:
    made = replacements(Query(r"(the) (\w+)", expression=True), TEXT, r"\2 \g<1>")
    assert [one.text for one in made] == ["house The", "HOUSE the", "end the"]


@pytest.mark.parametrize("template", [r"\9", r"\g<no>", r"\g<"])
def test_a_wrong_replacement_is_told(template) -> None:
    with pytest.raises(SearchError) as raised:
        replacements(Query("the", expression=True), TEXT, template)
    assert raised.value.key == "find.bad_replacement"
