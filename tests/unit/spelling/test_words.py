"""Which words of a line are looked up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.markdown.spans import spans_of
from penwright.core.markdown.structure import Place
from penwright.spelling.words import spelt, words_of


def words(line: str, place: Place = Place.BODY) -> list[str]:
    return [word for _start, _end, word in words_of(line, spans_of(line, place))]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("It isn’t the writer's fault.", ["It", "isn't", "the", "writer's", "fault"]),
        ("a well-known fact", ["well", "known", "fact"]),
        ("see https://example.org/some/pathh and a/b/c.txt", ["see", "and"]),
        ("write to someone@example.org or www.example.org", ["write", "to", "or"]),
        ("in C:\\Users\\me or ~/notes or example.com", ["in", "or", "or"]),
        ("NASA and GitHub use Python3 or foo_bar", ["and", "use", "or"]),
        ("SHOUTING is spelt, USA is not", ["SHOUTING", "is", "spelt", "is", "not"]),
        ("`codde` and [wrods](http://exmaple.org/aa)", ["and", "wrods"]),
        ("# Headng", ["Headng"]),
        ("他在 Pariss 写作。", ["Pariss"]),
        ("สวัสดี ชาวโลก", []),
        ("Привет, мир", ["Привет", "мир"]),
        ("end.Then", ["end", "Then"]),
        ("x", []),
        ("", []),
    ],
)
def test_the_words_of_a_line(line: str, wanted: list[str]) -> None:
    assert words(line) == wanted


def test_code_and_front_matter_are_left_out() -> None:
    assert words("some codde", Place.CODE) == []


def test_a_word_is_looked_up_composed_and_with_the_straight_apostrophe() -> None:
    assert spelt("cafe\u0301") == "caf\u00e9"
    assert spelt("n’est") == "n'est"
    assert spelt("co\u00adoperate") == "cooperate"
    start, end, word = words_of("un cafe\u0301 noir")[1]
    assert ("un cafe\u0301 noir"[start:end], word) == ("cafe\u0301", "caf\u00e9")


@given(st.text(max_size=200))
def test_words_lie_in_the_line_in_order_and_do_not_overlap(line: str) -> None:
    at = 0
    for start, end, word in words_of(line):
        assert at <= start < end <= len(line)
        assert spelt(line[start:end]) == word
        at = end
