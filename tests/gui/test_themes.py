"""Themes are whole, right and readable."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal

from penwright.base.errors import SettingsError
from penwright.base.paths import resources
from penwright.ui.theme import Themes, contrast, load_theme, mixed

FILES = sorted((resources() / "themes").glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bundled_themes_can_be_read_by_people(path: Path) -> None:
    theme = load_theme(path)
    assert contrast(theme.ink, theme.paper) >= 10
    assert contrast(theme.ghost, theme.paper) >= 3.5
    assert contrast(theme.ink, theme.ghost) >= 2  # a ghost is clearly not ink
    assert contrast(theme.quiet, theme.paper) >= 4.5
    assert contrast(theme.ink, theme.selection) >= 7
    for token in ("accent", "insert", "delete", "warn"):
        assert contrast(getattr(theme, token), theme.paper) >= 4.5, token
    assert "#000000" not in (theme.ink, theme.paper)


def test_contrast_is_as_wcag_reckons() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("accent", "acent", "unknown: acent"),
        ('  "warn": "#8a5a00",\n', "", "missing: warn"),
        ("#fbfaf7", "papery", "paper = 'papery'"),
        ("#fbfaf7", "#fbf", "paper = '#fbf'"),
        ('"#fbfaf7"', "7", "paper = 7"),
        (":", "::", ""),
        ("{", "[{", ""),
    ],
)
def test_a_bad_theme_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(FILES[-1].read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(SettingsError) as raised:
        load_theme(path)
    assert raised.value.key == "theme.bad"
    assert raised.value.values["file"] == "mine.json"
    assert str(raised.value.values["why"]).startswith(why)


def test_a_missing_theme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"theme\.bad"):
        load_theme(tmp_path / "none.json")


class Hints(QObject):
    colorSchemeChanged = Signal(Qt.ColorScheme)  # noqa: N815 - Qt's name

    def __init__(self) -> None:
        super().__init__()
        self.scheme = Qt.ColorScheme.Light

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's name
        return self.scheme


def test_they_follow_the_system() -> None:
    hints = Hints()
    themes = Themes.from_folder(resources() / "themes", hints)
    told = []
    themes.changed.connect(told.append)
    light = themes.current
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    dark = themes.current
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
    assert light.paper > dark.paper
    assert told == [dark, light]
