"""The style that README.md shows is one, and its own test holds."""

import re
from pathlib import Path

from penwright.core.checking import check
from penwright.core.prompt import filled
from penwright.core.styles import style_from

README = Path(__file__).parents[4] / "README.md"


def test_the_shown_style_holds() -> None:
    shown = re.search(r"```toml\n(id = .*?)```", README.read_text("utf-8"), re.DOTALL)
    assert shown is not None
    style = style_from(shown[1], Path("toast.toml"))
    test = style.words("en").self_test
    assert test is not None
    values = filled(style, test.values, "en")
    assert check(style, values, test.good, "en") == []
    assert test.caught_by in {found.check for found in check(style, values, test.bad, "en")}
