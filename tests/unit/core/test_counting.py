import pytest

from penwright.core.counting import tally
from penwright.core.tally import Tally


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Tally()),
        ("Don't say well-known things.", Tally(4, 0, 28)),
        ("他走了很久。", Tally(5, 5, 6)),
        ("我用 Penwright 写作", Tally(5, 4, 15)),
        ("a😀b", Tally(2, 0, 3)),
    ],
)
def test_tallies(text, wanted) -> None:
    assert tally(text) == wanted


def test_tallies_add_up() -> None:
    assert tally("one two") + tally("三") - tally("one") == Tally(2, 1, 5)


def test_reading_takes_time() -> None:
    assert Tally().minutes == 0
    assert Tally(5, 0, 20).minutes == 1
    assert Tally(2400, 0, 12000).minutes == 10
    assert Tally(4000, 4000, 4000).minutes == 10
    assert Tally(2400 + 4000, 4000, 16000).minutes == 20
