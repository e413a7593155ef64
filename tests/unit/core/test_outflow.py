"""What of a model's writing is told: thoughts, stop marks and white space at the end are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.outflow import Outflow

THINK = ("<think>", "</think>")


def told(parts: list[str], *, stop: tuple[str, ...] = (), thinking: bool = False) -> str:
    outflow = Outflow(stop, THINK, thinking=thinking)
    return "".join(outflow.feed(part) for part in parts) + outflow.finish()


@pytest.mark.parametrize(
    ("written", "stop", "thinking", "text"),
    [
        ("plain words", (), False, "plain words"),
        (" led by a space", (), False, " led by a space"),
        ("ends in space \n\n", (), False, "ends in space"),
        ("<think>\nhm\n</think>\n\nThe text", (), False, "The text"),
        ("\n<think></think>\n\nThe text", (), False, "\nThe text"),
        ("hm, let me see</think>\n\nThe text", (), True, "The text"),
        ("\n</think>\n\nThe text", (), False, "The text"),
        ("only thoughts, cut", (), True, ""),
        ("<think>only thoughts, cut", (), False, ""),
        ("A text. <think>again</think> More.", (), False, "A text. More."),
        ("a < b <thin", (), False, "a < b <thin"),
        ("first\n---\nsecond", ("\n---",), False, "first"),
        ("first \n---\nsecond", ("\n---",), False, "first"),
        ("first\n--", ("\n---",), False, "first\n--"),
        ("<think>a\n---\nb</think>c", ("\n---",), False, "c"),
        ("标题\n正文###后面", ("###",), False, "标题\n正文"),
        ("no </think> in a text that has begun", (), False, "no </think> in a text that has begun"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_what_is_told(written: str, stop: tuple[str, ...], thinking: bool, text: str, size: int) -> None:
    parts = [written[at : at + size] for at in range(0, len(written), size)]
    assert told(parts, stop=stop, thinking=thinking) == text


PARTS = ("a", "字", " ", "\n", "<", "think>", "/think>", "</think>", "#", "##", "\U0001f600")


@given(
    st.lists(st.sampled_from(PARTS)),
    st.data(),
)
def test_it_does_not_matter_how_it_was_cut(letters: list[str], data: st.DataObject) -> None:
    written = "x" + "".join(letters)  # begun, so that no closing mark stands alone
    cuts = sorted(data.draw(st.sets(st.integers(1, len(written)), max_size=8)))
    parts = [written[a:b] for a, b in zip([0, *cuts], [*cuts, len(written)], strict=True)]
    single = list(written)
    assert told(parts, stop=("###",)) == told(single, stop=("###",))


def test_nothing_is_kept_back_longer_than_needed() -> None:
    outflow = Outflow(("###",), THINK)
    assert outflow.feed("a") == "a"
    assert outflow.feed("b#") == "b"
    assert outflow.feed("c") == "#c"
    assert outflow.feed(" ") == ""
    assert outflow.feed("d") == " d"


def test_nothing_follows_a_stop_mark() -> None:
    outflow = Outflow(("###",))
    assert outflow.feed("a### b") == "a"
    assert outflow.ended
    assert outflow.feed("c") == ""
    assert outflow.finish() == ""
