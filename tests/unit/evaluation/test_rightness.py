"""What counts as right."""

import pytest

from penwright.evaluation.rightness import compare


@pytest.mark.parametrize(
    ("shown", "follows", "words", "right", "right_text", "whole"),
    [
        (" quiet room", " quiet room was", 2, 2, " quiet room", True),
        (" quiet place", " quiet room was", 2, 1, " quiet", False),
        (" loud room", " quiet room was", 2, 0, "", False),
        (" the", " there was", 1, 0, "", False),
        (" there", " the room", 1, 0, "", False),
        ("et room", "et room", 2, 2, "et room", True),
        ("et", "ether", 1, 0, "", False),
        (" room.", " room. It", 1, 1, " room.", True),
        (" room.", " room, and", 1, 1, " room", False),
        (", and", ", and so", 1, 1, ", and", True),
        (", and", ", but so", 1, 0, "", False),
        (".", ". It", 0, 0, ".", True),
        (".", "!", 0, 0, "", False),
        (" Quiet", " quiet", 1, 0, "", False),
        (" quiet", "  quiet", 1, 0, "", False),
        ("don", "don't", 1, 0, "", False),
        ("天气", "天气好", 2, 2, "天气", True),
        ("", " quiet", 0, 0, "", False),
        (" quiet room", " quiet", 2, 1, " quiet", False),
        ("quiet ", "quiet", 1, 1, "quiet", True),
    ],
)
def test_words_are_compared_whole(
    shown: str, follows: str, words: int, right: int, right_text: str, whole: bool
) -> None:
    found = compare(shown, follows)
    assert (found.words, found.right, shown[: found.right_end], found.whole) == (
        words,
        right,
        right_text,
        whole,
    )


def test_the_first_and_the_first_three() -> None:
    assert compare(" a b c d", " a b c x").first
    assert compare(" a b c d", " a b c x").three
    assert not compare(" a b x d", " a b c x").three
    assert not compare(" x b c", " a b c").first
    assert compare(".", ". It").first, "a text without words is right as a whole"
    assert not compare("!", ". It").first
    assert not compare("", "").first
