"""Where words and sentences end, where a stem begins, and how words are counted."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from penwright.core import segment

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("abcZ. ,'’\"”!?。！\n\t\r  3五か👍🏽\u0301"), st.characters()),
    max_size=80,
)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ""),
        ("   ", "   "),
        ("word", "word"),
        ("two words", "two"),
        ("  two words", "  two"),
        ("don't go", "don't"),
        ("don’t go", "don’t"),
        ("well-known fact", "well-known"),
        ("end. Next", "end"),
        (". Next", "."),
        ('." she', '."'),
        ("3.5 miles", "3"),
        ("你好", "你"),
        (" 你好", " 你"),
        ("word你好", "word"),
        ("。你", "。"),
        ("かな", "か"),
        ("cafe\u0301s au lait", "cafe\u0301s"),
        ("हिन्दी भाषा", "हिन्दी"),
        ("❤\ufe0f yes", "❤\ufe0f"),
        ("か\u3099き", "か\u3099"),
        ("\nNew", "\nNew"),
    ],
)
def test_word_end(text: str, first: str) -> None:
    assert text[: segment.word_end(text)] == first


@given(TEXTS)
def test_a_word_is_never_empty_and_ends_in_the_text(text: str) -> None:
    end = segment.word_end(text)
    assert (1 if text else 0) <= end <= len(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("She left. He stayed.", "She left."),
        ("She left.", "She left."),
        ("It cost 3.5 pounds.", "It cost 3.5 pounds."),
        ("Mr. Smith and Dr. Hall met. Then", "Mr. Smith and Dr. Hall met."),
        ("See e.g. the map. Then", "See e.g. the map."),
        ("J. Smith came. Then", "J. Smith came."),
        ('"Go!" she said. Then', '"Go!"'),
        ("“Is it?” she asked.", "“Is it?”"),
        ("(It was.) Then", "(It was.)"),
        ("Wait... what?", "Wait..."),
        ("What?! No.", "What?!"),
        ("她走了。他留下。", "她走了。"),
        ("「行くよ。」と言った。", "「行くよ。」"),
        ("他说：“好！”然后", "他说：“好！”"),
        ("He left.** Then", "He left.**"),
        ("penwright.org is a name. Yes", "penwright.org is a name."),
    ],
)
def test_sentence_end(text: str, sentence: str) -> None:
    end = segment.sentence_end(text)
    assert end is not None
    assert text[:end] == sentence


@pytest.mark.parametrize("text", ["", "no end", "Mr.", "the file a.txt", "It was J.", "and so, etc."])
def test_no_sentence_end(text: str) -> None:
    assert segment.sentence_end(text) is None


def test_an_abbreviation_that_began_before_the_text() -> None:
    assert segment.sentence_end("r. Smith", "and then M") is None
    assert segment.sentence_end("r. Smith", "a wate") == 2


@given(TEXTS, TEXTS)
def test_a_sentence_ends_within_the_text(text: str, preceding: str) -> None:
    end = segment.sentence_end(text, preceding)
    if end is not None:
        assert 1 <= end <= len(text)
        assert any(letter in segment.TERMINATORS for letter in text[:end])


@pytest.mark.parametrize(
    ("before", "stem"),
    [
        ("", ""),
        ("Hello wor", " wor"),
        ("Hello ", " "),
        ("Hello", "Hello"),
        ("line\n", ""),
        ("line\nwor", "wor"),
        ("line\n wor", " wor"),
        ("Hello\twor", "\twor"),
        ("今日は", "は"),
        ("今日はgood", "good"),
        ("a  b", " b"),
        ("so (per", " (per"),
    ],
)
def test_stem_start(before: str, stem: str) -> None:
    assert before[segment.stem_start(before, 48) :] == stem


@given(TEXTS, st.integers(-2, 60))
@example("x" * 60, 10)
@example("a b", 0)
def test_a_stem_stays_in_its_line_and_in_its_length(before: str, longest: int) -> None:
    at = segment.stem_start(before, longest)
    stem = before[at:]
    assert 0 <= at <= len(before)
    assert "\n" not in stem
    assert len(stem) <= max(0, longest)
    assert before[:at] + stem == before
    assert len(stem.split()) <= 1


@pytest.mark.parametrize(
    ("before", "word"),
    [
        ("", ""),
        ("a word", "word"),
        ("a word ", ""),
        ("don't", "don't"),
        ("你好", ""),
        ("cafe\u0301", "cafe\u0301"),
    ],
)
def test_trailing_word(before: str, word: str) -> None:
    assert segment.trailing_word(before) == word


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one", 1),
        ("One two, three.", 3),
        ("don't stop - ever", 3),
        ("mother-in-law’s", 1),
        ("snake_case", 2),
        ("你好世界", 4),
        ("我有2本book", 5),
        ("ひらがな", 4),
        ("—…!?", 0),
        ("3.5", 2),
        ("cafe\u0301s and re\u0301sume\u0301s", 3),
    ],
)
def test_count_words(text: str, count: int) -> None:
    assert segment.count_words(text) == count


@given(st.lists(st.text(alphabet="abcdé", min_size=1, max_size=8), max_size=20))
def test_words_joined_by_spaces_are_as_many(words: list[str]) -> None:
    assert segment.count_words(" ".join(words)) == len(words)


@pytest.mark.parametrize(
    ("marked", "sentence"),
    [
        ("|", ""),
        ("One two|. Three.", "One two."),
        ("One two.| Three.", "One two."),
        ("One two. |Three.", "Three."),
        ("One. Two by Mr. |Hall now. Three", "Two by Mr. Hall now."),
        ("One. |", ""),
        ("“Go!” she| said. Then", "“Go!” she said."),
        ("走吧。天黑|了！他说。", "天黑了！"),
        ("走吧。|天黑了！", "走吧。"),
    ],
)
def test_sentence_around(marked: str, sentence: str) -> None:
    at = marked.index("|")
    text = marked.replace("|", "")
    start, end = segment.sentence_around(text, at)
    assert text[start:end] == sentence


@given(TEXTS, st.data())
def test_a_sentence_holds_its_place(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    start, end = segment.sentence_around(text, at)
    assert 0 <= start <= at <= end <= len(text)
