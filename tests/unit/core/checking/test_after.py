"""The form of a text, what a style must not say, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from penwright.core.checking import check, marks
from penwright.core.styles import style_from

TOAST = (Path(__file__).parents[1] / "styles" / "toast.toml").read_text("utf-8")


def checks(text: str, shape: str = "", **changed: str) -> list[str]:
    source = TOAST.replace("lines = { least = 1, most = 9 }", shape)
    style = style_from(source, Path("toast.toml"))
    return [found.check for found in check(style, {"who": "Aunt Ida", **changed}, text, "en")]


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        ("headline = true", "Ida at the window\n\nTo Ida.", "To Ida, who is here.\n\nTo Ida."),
        ("greeting = true", "Dear Ida,\n\nthank you.", "Ida is dear to all of us.\n\nThank you."),
        ("signature = true", "To you, Ida.\n\nBo", "Bo greets Ida.\n\nHe does."),
        ("speech = true", "“Bravo,” said Ida.", "Ida said bravo."),
        ("questions = true", "1. Where is Ida?\n2. When?", "1. Where is Ida?\n2. There."),
        ("items = { least = 2, most = 2 }", "- Ida\n- wine", "- Ida\n- wine\n- bread"),
        ("paragraphs = { least = 2, most = 3 }", "Ida.\n\nIda again.", "Ida.\nIda again."),
        ("lines = { least = 2, most = 2 }", "Ida\n\nIda", "Ida Ida"),
        ("sections = { least = 1, most = 2 }", "# Ida\n\nShe came.", "Ida\n\nShe came."),
    ],
)
def test_the_form_is_looked_at(shape: str, good: str, bad: str) -> None:
    assert checks(good, shape) == []
    assert checks(bad, shape) == [shape.partition(" ")[0]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("To Ida, with love.", []),
        ("Ida", ["length"]),
        ("To Ida. " * 60, ["length"]),
        ("致艾达：祝您健康长寿，天天开心，万事如意。", ["language", "fields"]),
        ("Sure! Here is a toast: to Ida.", ["preface"]),
        ("Here is a toast to Ida:\nTo Ida.", ["preface"]),
        ("Here stands Ida, and here she stays.", []),
        ("To all of us.", ["fields"]),
        ("To Ida: her tea cures.", ["must_not"]),
        ("To Ida: her tea cures, according to nobody.", []),
        ("To Ida and Bo.", ["unsupported"]),
    ],
)
def test_length_language_preface_fields_and_claims_are_looked_at(text: str, found: list[str]) -> None:
    assert checks(text) == found


def test_what_the_writer_gave_is_the_writers_own() -> None:
    assert checks("To Ida, whose tea cures.", who="Ida, whose tea cures") == []


def test_a_pattern_that_takes_for_ever_is_left() -> None:
    slow = TOAST.replace(r"'\bcures?\b'", r"'(a|aa)+$'")
    style = style_from(slow, Path("toast.toml"))
    assert marks(style, {"who": "Ida"}, "a" * 60 + "!", "en") == []


def test_banned_phrases_are_found_with_either_apostrophe() -> None:
    style = style_from(TOAST + '\n[banned]\nen = ["let\'s raise"]\n', Path("toast.toml"))
    found = marks(style, {"who": "Ida"}, "Let’s raise a glass to Ida, outlet's raised.", "en")
    assert [(each.check, each.start, each.end) for each in found] == [("banned", 0, 11)]
