"""Every style that comes with the program passes its own test, and catches what it says it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from penwright.base.paths import resources
from penwright.core.checking import check
from penwright.core.prompt import filled
from penwright.core.styles import style_from

FILES = sorted((resources() / "styles").glob("*.toml"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_good_text_passes_and_the_bad_one_is_caught(path: Path, language: str) -> None:
    style = style_from(path.read_text("utf-8"), path)
    test = style.wordings[language].self_test
    assert test is not None
    values = filled(style, test.values, language)
    assert check(style, values, test.good, language) == []
    assert test.caught_by in {found.check for found in check(style, values, test.bad, language)}


def test_there_are_styles_for_each_use() -> None:
    assert {path.stem for path in FILES} >= {
        "advertisement",
        "press-release",
        "news-report",
        "story",
        "translate",
    }
