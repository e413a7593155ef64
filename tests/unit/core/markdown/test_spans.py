import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penwright.core.markdown.spans import CODE, LINK, QUIET, SLANT, STRIKE, STRONG, inner_spans

NAMES = {STRONG: "strong", SLANT: "slant", CODE: "code", STRIKE: "strike", LINK: "link"}


def read(text: str) -> set[tuple[str, str]]:
    """Return what is marked as what, marks left out."""
    return {(NAMES[bit], text[start:end]) for start, end, bit in inner_spans(text) if bit != QUIET}


def quiet(text: str) -> str:
    """Return `text` with each quiet letter as a dot."""
    letters = list(text)
    for start, end, bit in inner_spans(text):
        if bit == QUIET:
            letters[start:end] = "." * (end - start)
    return "".join(letters)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("an *old* house", {("slant", "old")}),
        ("an __old__ house", {("strong", "old")}),
        ("***both***", {("slant", "**both**"), ("strong", "both")}),
        ("*a **b** c*", {("slant", "a **b** c"), ("strong", "b")}),
        ("snake_case_name", set()),
        ("un*frigging*believable", {("slant", "frigging")}),
        ("2 * 3 * 4", set()),
        ("a ~~slip~~ b", {("strike", "slip")}),
        ("`a *b*` *c*", {("code", "a *b*"), ("slant", "c")}),
        ("``a`b``", {("code", "a`b")}),
        ("`open *a*", {("slant", "a")}),
        (r"\*not\* *so*", {("slant", "so")}),
        ('[words](where "title")', {("link", "words")}),
        ("[words](where_(there))", {("link", "words")}),
        ("![image](a_b.png)", {("link", "image")}),
        ("[words][ref]", {("link", "words")}),
        ("[just brackets]", set()),
        ("*[a*](b)", {("link", "a*")}),
        ("[*a*](b)", {("link", "*a*"), ("slant", "a")}),
        ("<https://example.org/a_b_c>", {("link", "https://example.org/a_b_c")}),
        ("a < b > c", set()),
        ("他*很*好", {("slant", "很")}),
        ("**你好**吗", {("strong", "你好")}),
        ("a😀 *b😀* c", {("slant", "b😀")}),
    ],
)
def test_what_is_marked(text, wanted) -> None:
    assert read(text) == wanted


def test_marks_notes_and_comments_step_back() -> None:
    assert quiet("an *old* house[^1] <!-- so --> [a](b)") == "an .old. house.... ........... .a...."


@given(st.text(alphabet="a *_`[]()~<>\\!^-", max_size=60))
def test_spans_lie_within_the_text_and_in_one_another(text) -> None:
    for start, end, _bit in inner_spans(text):
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize(
    "part",
    ["*a ", "**a **", "_a", "[", "](", "`a``", "<!--", "[a](", "~~a ", "*a_ ", "<a:", "![[]", "a** b* "],
)
def test_no_line_takes_longer_than_its_length_accounts_for(part) -> None:
    def seconds(length: int) -> float:
        text = (part * length)[:length]
        return min(_timed(text) for _ in range(3))

    assert seconds(16_000) < 40 * seconds(1_600) + 0.02, "ten times the letters, hundred times the work"


def _timed(text: str) -> float:
    start = time.process_time()
    inner_spans(text)
    return time.process_time() - start
