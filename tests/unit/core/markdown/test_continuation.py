import pytest

from penwright.core.markdown.continuation import after_enter, indented, outdented


def enter(marked: str) -> str | None:
    """Return what is there after Enter at the bar."""
    column = marked.index("|")
    line = marked.replace("|", "")
    edit = after_enter(line, column)
    return None if edit is None else edit.applied(line)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one|", "- one\n- "),
        ("* one| two", "* one\n* two"),
        ("  9. nine|", "  9. nine\n  10. "),
        ("3) three|", "3) three\n4) "),
        ("> said|", "> said\n> "),
        ("> > - deep|", "> > - deep\n> > - "),
        ("- [x] done|", "- [x] done\n- [ ] "),
        ("-   wide|", "-   wide\n-   "),
        ("- 一|二", "- 一\n- 二"),
        ("999999999. last|", "999999999. last\n999999999. "),
        ("- |", ""),
        ("12. |", ""),
        ("- [ ] |", ""),
        ("> |", ""),
        ("> - |", "> "),
        ("> > |", "> "),
        ("plain|", None),
        ("|- one", None),
        ("-| one", None),
        ("---|", None),
        ("2026 was|", None),
    ],
)
def test_enter(before, after) -> None:
    assert enter(before) == after


@pytest.mark.parametrize(
    ("line", "above", "after"),
    [
        ("- two", "- one", "  - two"),
        ("2. two", "1. one", "   1. two"),
        ("- two", "10. one", "    - two"),
        ("- two", None, "  - two"),
        ("  - two", "- one", "    - two"),
        ("> - two", "> - one", ">   - two"),
        ("plain", "- one", None),
    ],
)
def test_deeper(line, above, after) -> None:
    edit = indented(line, above)
    assert (edit and edit.applied(line)) == after


@pytest.mark.parametrize(
    ("line", "above", "after"),
    [
        ("  - two", "- one", "- two"),
        ("   1. two", "4. one", "5. two"),
        ("    - two", None, "- two"),
        ("\t- two", "- one", "- two"),
        ("- two", "- one", None),
    ],
)
def test_shallower(line, above, after) -> None:
    edit = outdented(line, above)
    assert (edit and edit.applied(line)) == after
