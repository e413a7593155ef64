import pytest

from penwright.core.markdown.lines import Prefix, heading_marks, heading_of, is_rule, note_mark, prefix_of


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# One", (1, "One")),
        ("   ###### Six ###", (6, "Six")),
        ("## C#", (2, "C#")),
        ("#", (1, "")),
        ("# #", (1, "")),
        ("####### Seven", None),
        ("#hashtag", None),
        ("    # code", None),
        ("## 第一章　海", (2, "第一章　海")),
    ],
)
def test_headings(line, heading) -> None:
    assert heading_of(line) == heading


def test_where_a_headings_words_stand() -> None:
    assert heading_marks("## Words ##") == (2, 3, 8)


@pytest.mark.parametrize(
    ("line", "prefix"),
    [
        ("- item", Prefix("", "", "-", " ")),
        ("  12) item", Prefix("", "  ", "12)", " ")),
        ("> > said", Prefix("> > ")),
        ("> 3. item", Prefix("> ", "", "3.", " ")),
        ("* [x] done", Prefix("", "", "*", " ", "[x] ")),
        ("-", Prefix("", "", "-")),
        ("-dash", None),
        ("* * *", None),
        ("1234567890. no", None),
        ("plain", None),
        ("2026 was", None),
    ],
)
def test_prefixes(line, prefix) -> None:
    assert prefix_of(line) == prefix


def test_rules_and_notes() -> None:
    assert is_rule("---") and is_rule(" * * *") and is_rule("____")
    assert not is_rule("--") and not is_rule("- item") and not is_rule("-*-")
    assert note_mark("[^one]: words") == 7
    assert note_mark("[one]: words") == 0
