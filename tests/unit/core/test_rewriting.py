"""Long texts cut into passages and put together again; what the writer edited meanwhile stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.diff import apply
from penwright.core.rewriting import Passage, around, changes_now, cleaned, passages, put_together, weight

TEXTS = st.text(alphabet=st.sampled_from("ab .\n中文。😀`~!？ \t"), max_size=400)


def cut(text: str, most: float = 600, start: int = 0, end: int | None = None) -> list[str]:
    return [
        text[each.start : each.end] for each in passages(text, start, len(text) if end is None else end, most)
    ]


def test_paragraphs_stay_together_as_long_as_they_fit() -> None:
    text = "One.\n\nTwo.\n\nThree.\n"
    assert cut(text) == ["One.\n\nTwo.\n\nThree."]
    assert cut(text, most=4) == ["One.\n\nTwo.", "Three."]
    assert cut("\n \n") == []


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = "First one is here. Second one is here. Third one is here."
    assert cut(text, most=13) == ["First one is here. Second one is here.", "Third one is here."]
    assert cut("第一句话在这里。第二句话在这里。第三句话在这里。", most=20) == [
        "第一句话在这里。第二句话在这里。",
        "第三句话在这里。",
    ]
    assert "".join(cut("x" * 1000, most=30)) == "x" * 1000


def test_code_between_fences_is_left_alone() -> None:
    text = "Before.\n```\ncode here\n```\nAfter.\n~~~\n```\n~~~\nEnd."
    assert cut(text) == ["Before.", "After.", "End."]
    start = text.index("code")
    assert cut(text, start=start) == ["After.", "End."], "also where the selection begins within"


@given(TEXTS, st.integers(0, 400), st.integers(0, 400), st.sampled_from([3, 10, 40, 600]))
def test_passages_are_in_order_and_the_rest_stays(text: str, one: int, other: int, most: float) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    parts = passages(text, start, end, most)
    at = start
    for part in parts:
        assert at <= part.start < part.end <= end
        words = text[part.start : part.end]
        assert words == words.strip()
        assert weight(words) <= max(most, 2)
        at = part.end
    same = {number: text[part.start : part.end] for number, part in enumerate(parts)}
    assert put_together(text, start, end, parts, same) == text[start:end]
    assert put_together(text, start, end, parts, {}) == text[start:end]
    if "`" not in text and "~" not in text:
        left = put_together(text, start, end, parts, dict.fromkeys(same, ""))
        assert not left.strip()


def test_two_hundred_pages_are_cut_soon() -> None:
    text = "A sentence of some words that says not very much. " * 7 + "\n\n"
    parts = passages(text * 1500, 0, len(text) * 1500)
    assert 200 < len(parts) < 1500
    assert all(part.end - part.start < 2100 for part in parts)


def test_context_is_cut_at_a_line() -> None:
    text = "Long ago. " * 100 + "\nJust before.\n" + "Here.\n" + "Just after.\n" + "Far. " * 200
    start = text.index("Here.")
    assert around(text, Passage(start, start + 5)) == ("Just before.", "Just after.")
    assert around("Here.", Passage(0, 5)) == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("He went.", "“He left.”", "He left."),
        ("He went.", ' "He left."\n', "He left."),
        ('"Go," he said.', '"Go," he said. "Now."', '"Go," he said. "Now."'),
        ("“Go.”", "“Leave.”", "“Leave.”"),
        ("He went.", '"Go," he said, "now."', '"Go," he said, "now."'),
        ("", "", ""),
    ],
)
def test_what_a_model_puts_around_goes(old: str, new: str, wanted: str) -> None:
    assert cleaned(old, new) == wanted


@given(TEXTS, TEXTS, TEXTS)
def test_without_edits_all_changes_give_the_new_text(before: str, old: str, new: str) -> None:
    whole = before + old
    found, dropped = changes_now(whole, len(before), len(whole), new, whole)
    assert apply(whole, found) == before + new
    assert dropped == 0


def test_edits_meanwhile_move_changes_and_drop_the_touched() -> None:
    old = "The cat sat on the mat. It were fine. The end."
    new = "The dog sat on the rug. It was fine. The end."
    now = "Oh. The cat sat on the blue mats. It were fine. The very end."
    found, dropped = changes_now(old, 0, len(old), new, now)
    assert dropped == 1
    assert apply(now, found) == "Oh. The dog sat on the blue mats. It was fine. The very end."


@given(TEXTS, TEXTS, TEXTS)
def test_changes_always_are_of_the_text_as_it_is_now(old: str, new: str, now: str) -> None:
    found, _dropped = changes_now(old, 0, len(old), new, now)
    apply(now, found)
