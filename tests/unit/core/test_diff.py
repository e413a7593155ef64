"""The review's arithmetic: any choice of changes gives the right mixture, in every Unicode."""

import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from penwright.core.diff import Change, apply, changes, unified
from penwright.core.units import units

_LETTERS = (
    "abc é e\u0301\u0301 .。,'’-\n\r\n\t\u00a0我们今天去เด็ก한국 اللغة שלום\u202e\u2066"
    "🙂👩\u200d👩\u200d👧🏽🇩🇪🇫🇷\ufe0f\ud83d\udc00\u2028\u0000"
)
_TEXT = st.lists(
    st.sampled_from([*_LETTERS, "the ", "cat ", "sat. ", "on", "mat", " Then", "走。", "一二三"]), max_size=60
).map("".join)
_WILD = st.text(st.characters(), max_size=40)  # every code point, surrogates too
_PAIRS = st.tuples(_TEXT, _TEXT) | st.tuples(_WILD, _WILD)


@st.composite
def _revised(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same after some words went, came or changed."""
    old = draw(_TEXT)
    kept = [unit for unit in units(old) if draw(st.integers(0, 5))]
    for _ in range(draw(st.integers(0, 4))):
        kept.insert(draw(st.integers(0, len(kept))), draw(_TEXT))
    return old, "".join(kept)


@settings(max_examples=400, deadline=None)
@given(_PAIRS | _revised(), st.randoms())
@example(("", "new"), random.Random(1))
@example(("old", ""), random.Random(1))
@example(("\ud83d", "\ude42"), random.Random(1))
def test_any_choice_of_changes_gives_its_mixture(pair: tuple[str, str], chance: random.Random) -> None:
    old, new = pair
    found = changes(old, new)
    assert apply(old, found) == new
    assert apply(old, ()) == old
    assert (not found) == (old == new)
    at = -1
    for change in found:
        assert at < change.start <= change.end, "in order, and none touches the next"
        assert old[change.start : change.end] == change.old != change.new
        at = change.end
    chosen = [change for change in found if chance.random() < 0.5]
    # The mixture, written down in another way: stretches that stay, and either side of each change.
    mixture, at = "", 0
    for change in found:
        mixture += old[at : change.start] + (change.new if change in chosen else change.old)
        at = change.end
    assert apply(old, reversed(chosen)) == mixture + old[at:]


@settings(max_examples=200, deadline=None)
@given(_PAIRS)
def test_units_are_the_whole_text_and_part_no_letter_from_its_marks(pair: tuple[str, str]) -> None:
    for text in pair:
        cut = units(text)
        assert "".join(cut) == text
        for unit in cut[1:]:
            assert unit[0] not in "\u0301\u200d\ufe0f🏽็"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Don't re-read it.", ["Don't", " ", "re-read", " ", "it", "."]),
        ("nai\u0308ve cafe\u0301", ["nai\u0308ve", " ", "cafe\u0301"]),
        ("我们去。", ["我", "们", "去", "。"]),
        ("👩\u200d👩\u200d👧🏽🇩🇪🇫🇷❤\ufe0f", ["👩\u200d👩\u200d👧🏽", "🇩🇪", "🇫🇷", "❤\ufe0f"]),
        ("เด็ก", ["เ", "ด็", "ก"]),
        ("हिन्दी में", ["हिन्दी", " ", "में"]),
        ("a \r\n\nb", ["a", " ", "\r\n", "\n", "b"]),
    ],
)
def test_units(text: str, cut: list[str]) -> None:
    assert units(text) == cut


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("The cat sat on the mat.", "The dog sat on the mat.", [("cat", "dog")]),
        ("the fox jumps", "the brown fox jumps", [("", "brown ")]),
        ("the brown fox jumps", "the fox jumps", [("brown ", "")]),
        ("It are wrong, he said.", "It is wrong, he said.", [("are", "is")]),
        ("我们今天去北京。", "我们明天去北京。", [("今", "明")]),
        ("他昨天去了北京的学校。", "昨晚他前往北京的学校。", [("他昨天去了", "昨晚他前往")]),
        ("他走了。天黑了。", "他走了。夜色很深。", [("天黑了", "夜色很深")]),
        # what two words part is read as one; what a sentence's end parts is not
        (
            "He gave up on a hard old job.",
            "He quit of a long weary post.",
            [("gave up on a hard old job", "quit of a long weary post")],
        ),
        ("I saw him. You left.", "I met him. They left.", [("saw", "met"), ("You", "They")]),
        ("one\ntwo\nthree", "one\nthree", [("two\n", "")]),
        ("Same. Old words here.", "Same. Wholly other things.", [("Old words here", "Wholly other things")]),
    ],
)
def test_changes_are_such_as_a_reader_would_name(old: str, new: str, found: list[tuple[str, str]]) -> None:
    assert [(change.old, change.new) for change in changes(old, new)] == found


def test_changes_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="not a change"):
        apply("a dog", [Change(2, 5, "cat", "cow")])
    with pytest.raises(ValueError, match="not a change"):
        apply("a cat", [Change(2, 5, "cat", "cow"), Change(2, 5, "cat", "pig")])


def test_two_hundred_pages_take_seconds_not_hours() -> None:
    """Long, all words common, paragraphs shuffled in part: what is quadratic would not end."""
    chance = random.Random(4)
    words = ["the", "a", "of", "and", "cat", "sat", "on", "mat", "then", "it", "was", "so"]
    old = "\n".join(" ".join(chance.choices(words, k=60)) + "." for _ in range(1200))
    new = "\n".join(
        " ".join(word if chance.random() > 0.1 else "new" for word in line.split(" "))
        for line in old.split("\n")
        if chance.random() > 0.02
    )
    before = time.process_time()
    found = changes(old, new)
    assert apply(old, found) == new
    assert time.process_time() - before < 60  # about 1 s; what is quadratic in difflib takes an hour


def test_a_word_diff_has_heads_marks_and_context() -> None:
    old = "One.\nThe cat sat on the mat and looked at the bright moon for a very long time.\nLast."
    new = old.replace("cat", "dog").replace("Last", "The last")
    assert list(unified(old, new, context=3)) == [
        "@@ 2 @@",
        "The [-cat-]{+dog+} sat on the",
        "@@ 3 @@",
        "[-Last-]{+The last+}.",
    ]
    assert list(unified("same", "same")) == []
