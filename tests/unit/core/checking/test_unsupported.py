"""Figures, names and quotations that were not given are found, in English and Chinese."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.checking.figures import values_in
from penwright.core.checking.unsupported import unsupported

GIVEN = (
    "Miriam Oakes, head teacher of Tollgate Primary School in Averley. 210 pupils, about 900 books, £1,200,"
    " 6.40 am. The pipe was laid in 1938. Miriam Oakes: The guinea pigs went first.\n"
    "3 million; twelve men; Dr J. Weiss\n"
    "江原市河东区柳园小区，居委会主任何文君，36户，1.2米，百分之二十，三百五十人，两年。"
    "何文君：图纸改了四稿，最后一稿是在楼道里定下来的。江原大学"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The school has 210 pupils and lost 900 books.", []),
        ("The school has 211 pupils.", ["211"]),
        ("It costs 1200 pounds, or £1,200.", []),
        ("Repairs will cost £85,000.", ["85,000"]),
        ("At 6.40 the pipe of 1938 broke.", []),
        ("3 million, or 3,000,000, or three million.", []),
        ("12 men came, not twenty-one.", ["twenty-one"]),
        ("One of them left.", []),
        ("1. First\n2. Second\n", []),
        ("On 7 May it was 90 % full.", ["7", "May", "90"]),
        ("Miriam Oakes said so. Oakes's pupils agree.", []),
        ("Miriam Stone said so.", ["Stone"]),
        ("It was in Averley, said Peter Marsh.", ["Peter Marsh"]),
        ("Marsh said that it would take long.", ["Marsh"]),
        ("Yesterday it rained. Nobody came.", []),
        ("We asked Dr Weiss. J. Weiss did not answer.", []),
        ("Burst Main Floods Averley Primary School\n\nIt did.", []),
        ("“The guinea pigs went first,” said Miriam Oakes.", []),
        ("“We will not be beaten by a pipe,” said Miriam Oakes.", ["“We will not be beaten by a pipe,”"]),
        ('She calls it "the pipe".', []),
        ("柳园小区有36户人家，350人。", []),
        ("柳园小区有48户人家。", ["48"]),
        ("两年里有二十户搬走。", []),
        ("五年里有八十户搬走。", ["五", "八十"]),
        ("占百分之二十，不到百分之三十。", ["百分之三十"]),
        ("大家十分高兴，万一下雨，一个人也没有。", []),
        ("“图纸改了四稿，最后一稿是在楼道里定下来的。”何文君说。", []),
        ("“我们等这一天等了二十年。”何文君说。", ["“我们等这一天等了二十年。”"]),
        ("记者采访了居委会主任何文君。", []),
        ("居民张建国说，方便多了。", ["张建国"]),
        ("任何人说了都不算，方面表示。", []),
        ("江原大学的学生来过，海州大学的没来。", ["海州大学"]),
        ("他去过超市，也去过农村和小镇。", []),
        ("他从云洲市来。", ["云洲市"]),
        ("用了 Photoshop 修图。", ["Photoshop"]),
    ],
)
def test_what_is_in_nothing_given_is_found(text: str, found: list[str]) -> None:
    assert [text[each.start : each.end] for each in unsupported(text, [GIVEN])] == found


@given(st.integers(2, 10**9))
def test_a_number_is_the_same_in_digits_and_grouped(number: int) -> None:
    assert unsupported(f"It has {number} and {number:,} parts.", [f"{number}"]) == []
    assert unsupported(f"It has {number} parts.", [f"{number:,}"]) == []
    assert unsupported(f"It has {number} parts.", ["nothing"]) != []


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("三百五十", 350),
        ("两千零八", 2008),
        ("一万二千", 12000),
        ("三亿", 300_000_000),
        ("二〇二六", 2026),
        ("十五", 15),
    ],
)
def test_chinese_numerals_have_their_values(words: str, value: int) -> None:
    assert value in values_in(words)


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    for each in unsupported(text, []):
        assert 0 <= each.start < each.end <= len(text)
    assert [each for each in unsupported(text, [text]) if each.key != "checking.name"] == []


def test_a_long_text_takes_no_longer_than_its_length_asks_for() -> None:
    line = "江原市河东区的居民张建国说，3号楼有36户人家。1. Peter Marsh said so on 7 May.\n"
    began = time.thread_time()
    assert len(unsupported(line * 2000, [line * 2000])) == 0
    assert time.thread_time() - began < 10  # 0.5 s where nothing is looked through anew for each figure
