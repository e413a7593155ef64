"""Where a simulated writer stands, and what stands behind the caret."""

import pytest

from penwright.evaluation.carets import SHARES, Kind, kind_at, paragraphs, sample

TEXT = "The cat sat. It was a dog-eared cat.\nNext one, please.\n\n  今天天气。 好\n"


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("|The cat", None),
        ("The |cat", Kind.BOUNDARY),
        ("The c|at", Kind.MID_WORD_1),
        ("The co|at", Kind.MID_WORD_2),
        ("The coa|t", Kind.MID_WORD_3),
        ("The collaborat|ion", Kind.MID_WORD_3),
        ("The dog-|eared", Kind.MID_WORD_3),
        ("The cat| sat", Kind.WORD_END),
        ("The cat|.", Kind.WORD_END),
        ("The cat.| It", None),
        ("The cat. |It", Kind.SENTENCE_START),
        ("“The cat.” |It", Kind.SENTENCE_START),
        ("Mr. |Smith", Kind.BOUNDARY),
        ("The | cat", None),
        ("The cat.\n|It", Kind.PARAGRAPH_START),
        ("\n|It", None),
        ("The cat.\n  |It", None),
        ("今|天", Kind.BOUNDARY),
        ("今|。", None),
        ("The cat|", None),
        ("The (|cat)", None),
    ],
)
def test_each_kind(marked: str, kind: Kind | None) -> None:
    at = marked.index("|")
    assert kind_at(marked.replace("|", ""), at) is kind


def prose(paragraphs_: int) -> str:
    return "\n".join(
        f"Paragraph {number} tells of a quiet room. Nobody had ever been in it, or so the porter said."
        for number in range(paragraphs_)
    )


def test_the_same_seed_gives_the_same_carets_and_another_gives_others() -> None:
    text = prose(60)
    assert sample(text, 200, 1) == sample(text, 200, 1)
    assert sample(text, 200, 1) != sample(text, 200, 2)


def test_the_shares_are_kept_and_the_order_is_that_of_the_text() -> None:
    drawn = sample(prose(200), 500, 1)
    assert [place.at for place in drawn] == sorted(place.at for place in drawn)
    for kind, share in SHARES.items():
        assert sum(place.kind is kind for place in drawn) == 5 * share
    assert len({(place.kind, place.at) for place in drawn}) == len(drawn)


def test_a_kind_that_is_rare_gives_all_there_are() -> None:
    drawn = sample(prose(4), 400, 1)
    assert sum(place.kind is Kind.PARAGRAPH_START for place in drawn) == 3


def test_only_the_middle_of_a_line_has_text_after_it_and_nothing_is_lost() -> None:
    text = prose(60)
    for place in sample(text, 400, 3):
        if place.kind is Kind.MID_LINE:
            assert text[place.at :] == place.follows + place.after
            assert place.follows.strip()
            assert not place.after.startswith("\n")
            assert "\n" not in place.follows
        else:
            assert place.after == ""
            assert place.follows == text[place.at :]
            assert kind_at(text, place.at) is place.kind


def test_a_text_without_words_has_no_carets() -> None:
    assert sample("", 100, 1) == []
    assert sample("word", 100, 1)
    assert sample("\n\n   \n", 100, 1) == []


def test_paragraphs() -> None:
    assert [TEXT[start:end] for start, end in paragraphs(TEXT)] == [
        "The cat sat. It was a dog-eared cat.",
        "Next one, please.",
        "  今天天气。 好",
    ]
    assert list(paragraphs("")) == []
