"""Cases made by others: reading them, and the five outcomes."""

import json

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import UsageError
from penwright.evaluation.cases import (
    Case,
    Judged,
    Outcome,
    by_tag,
    count_cases,
    is_acceptable,
    read_cases,
)

GOOD = {"id": 1, "before": "The ", "expect": "insert", "acceptable": ["quiet room"], "tags": ["end"]}


def case(*, insert: bool = True, acceptable: tuple[str, ...] = ("quiet room",), tags: tuple[str, ...] = ()):
    return Case("x", "The ", "", insert, acceptable if insert else (), tags)


@pytest.mark.parametrize(
    ("shown", "acceptable", "agrees"),
    [
        ("quiet room", "quiet room", True),
        ("quiet", "quiet room", True),
        ("quiet room upstairs", "quiet room", True),
        ("quiet place", "quiet room", False),
        ("qui", "quiet room", False),
        ("quietly", "quiet", False),
        ("quiet", "quietly", False),
        (" quiet", "quiet room", True),
        ("quiet", " quiet room", False),
        (" quiet  room", " quiet room", True),
        ("Quiet", "quiet", False),
        (" ...", " ... and then", False),
        (" ... and", " ... and then", True),
        ("et room", "et room", True),
        ("quiet ro", "quiet room", True),
        ("", "quiet", False),
        ("天气", "天气很好", True),
        ("quiet.", "quiet room", False),
    ],
)
def test_acceptable(shown: str, acceptable: str, agrees: bool) -> None:
    assert is_acceptable(shown, ["something else", acceptable]) is agrees
    assert not is_acceptable(shown, [])


@pytest.mark.parametrize(
    ("insert", "shown", "had", "outcome"),
    [
        (True, "quiet room", "quiet room was", Outcome.RIGHT_INSERT),
        (True, "loud", "loud", Outcome.WRONG_SHOWN),
        (True, "", "loud", Outcome.ACCEPTABLE_SUPPRESSION),
        (True, "", "", Outcome.ACCEPTABLE_SUPPRESSION),
        (True, "", "quiet room", Outcome.WRONG_SUPPRESSION),
        (False, "", "anything", Outcome.RIGHT_SUPPRESSION),
        (False, "quiet", "quiet", Outcome.WRONG_SHOWN),
    ],
)
def test_the_five_outcomes(insert: bool, shown: str, had: str, outcome: Outcome) -> None:
    assert Judged(case(insert=insert), shown, had, 1.0).outcome is outcome


def test_counts_in_all_and_by_tag() -> None:
    judged = [
        Judged(case(tags=("end",)), "quiet", "quiet", 1.0),
        Judged(case(tags=("end", "long")), "loud", "loud", 2.0),
        Judged(case(insert=False, tags=("code",)), "", "x", 3.0),
        Judged(case(), "", "quiet", 4.0),
        Judged(case(), "", "loud", 5.0),
    ]
    figures = count_cases(judged)
    assert [figures[outcome.value] for outcome in Outcome] == [1, 1, 1, 1, 1]
    assert (figures["cases"], figures["coverage"], figures["precision"]) == (5, 2 / 5, 1 / 2)
    assert figures["wrong_show"] == 1 / 5
    assert figures["p50_ms"] == 3.0
    tags = by_tag(judged)
    assert list(tags) == ["code", "end", "long"]
    assert tags["end"]["cases"] == 2
    assert tags["end"]["precision"] == 1 / 2
    assert tags["code"]["precision"] is None
    assert count_cases([])["coverage"] is None


def test_reading() -> None:
    lines = [
        json.dumps(GOOD),
        "",
        json.dumps(
            {"id": "b", "before": "", "after": " x", "expect": "suppress", "note": "a field of theirs"}
        ),
    ]
    first, second = read_cases(lines, "cases.jsonl")
    assert first == Case(1, "The ", "", True, ("quiet room",), ("end",))
    assert second == Case("b", "", " x", False, (), ())


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[1]",
        "3",
        "[" * 100_000,
        "{}",
        json.dumps({**GOOD, "id": None}),
        json.dumps({**GOOD, "id": True}),
        json.dumps({**GOOD, "before": 5}),
        json.dumps({name: value for name, value in GOOD.items() if name != "before"}),
        json.dumps({**GOOD, "after": None}),
        json.dumps({**GOOD, "expect": "maybe"}),
        json.dumps({**GOOD, "expect": ["insert"]}),
        json.dumps({**GOOD, "acceptable": "quiet"}),
        json.dumps({**GOOD, "acceptable": [1]}),
        json.dumps({**GOOD, "acceptable": []}),
        json.dumps({**GOOD, "acceptable": ["..."]}),
        json.dumps({**GOOD, "tags": "end"}),
        '{"id": ' + "9" * 5_000 + "}",
    ],
)
def test_a_bad_line_is_named(line: str, catalogue: Catalogue) -> None:
    with pytest.raises(UsageError) as caught:
        read_cases([json.dumps(GOOD), "", line], "cases.jsonl")
    said = catalogue.sentence(caught.value)
    assert "Line 3 of cases.jsonl" in said or "line 3 of cases.jsonl" in said
    assert "\n" not in said
    assert len(said) < 500


def test_a_file_without_cases(catalogue: Catalogue) -> None:
    for lines in ([], ["", "  "]):
        with pytest.raises(UsageError) as caught:
            read_cases(lines, "cases.jsonl")
        assert "cases.jsonl" in catalogue.sentence(caught.value)
