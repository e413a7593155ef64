"""A style's file: what it says, and how each fault is told with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from penwright.base.catalogue import Catalogue
from penwright.base.errors import StyleError
from penwright.base.paths import resources
from penwright.core.prompt import job
from penwright.core.sandbox import TemplateError
from penwright.core.styles import Range, style_from
from penwright.core.styles.toml_lines import lines_of

GOOD = (Path(__file__).parent / "toast.toml").read_text("utf-8")


def read(text: str = GOOD) -> object:
    return style_from(text, Path("toast.toml"))


def test_a_style_is_read() -> None:
    style = style_from(GOOD, Path("toast.toml"))
    assert (style.id, style.kind, style.tokens, style.unsupported) == ("toast", "write", 200, True)
    assert [field.kind for field in style.fields] == ["text", "choice", "number"]
    words = style.words("en_GB")
    assert (style.shape.lines, words.length) == (Range(1, 9), Range(2, 90))
    assert words.fields["tone"].choices == {"warm": "Warm", "dry": "Dry"}
    assert words.fields["count"].default == "3"
    assert words.self_test is not None
    assert words.self_test.values == {"who": "Aunt Ida"}
    assert style.words("zh") is words


@pytest.mark.parametrize(
    ("old", "new", "key", "marked"),
    [
        ('kind = "write"', 'kind = "paint"', "style.wants_one_of", 'kind = "paint"'),
        ("tokens = 200", 'tokens = "many"', "style.wants_number", "tokens"),
        ("tokens = 200", "tokens = 0", "style.out_of_range", "tokens"),
        ("tokens = 200", "tokenz = 200", "style.unknown", "tokenz"),
        ("tokens = 200", "tokens = = 200", "style.no_toml", "tokens"),
        ('id = "toast"', 'id = "To ast"', "style.wrong_id", "id ="),
        ('id = "toast"', "", "style.missing", ""),
        ('id = "count"', 'id = "who"', "style.wrong_field_id", 'id = "who"'),
        ('id = "count"', 'id = "text"', "style.wrong_field_id", 'id = "text"'),
        ("least = 2\nmost = 9", "smallest = 2", "style.unknown", "smallest"),
        ("lines = {", "linse = {", "style.unknown", "linse"),
        ("least = 1, most = 9", "least = 9, most = 1", "style.wants_range", "lines = {"),
        ("least = 1, most = 9", "least = 1, mots = 9", "style.unknown", "lines = {"),
        ('en = "Toast"', "", "style.no_language", "[name]"),
        ('en = "Toast"', 'en = ""', "style.empty", 'en = ""'),
        ('en = "A few', 'de = "A few', "style.missing", "[description]"),
        ('label = { en = "Lines" }', "", "style.missing", "[[fields]]"),
        ('{ value = "dry", en = "Dry" }', '{ value = "dry" }', "style.missing", "choices = ["),
        ('default = "warm"', 'default = "loud"', "style.wants_one_of", "default"),
        ('kind = "choice"', "", "style.choices", "[[fields]]"),
        ("{{ who }}\n</who>", "{{ whom }}\n</who>", "style.unknown_name", "{{ whom"),
        ("{{ count }} lines.", "{{ count }} {% include 'a' %}", "style.template_refused", "{% include"),
        ("{{ count }} lines.", "{{ count ", "style.template_syntax", "{{ count "),
        ("Toast for {{ who }}:", "Toast for {{ why }}:", "style.unknown_name", "Toast for {{ why"),
        ("[prompt.base.en]", "[prompt.bass.en]", "style.unknown", "[prompt.bass.en]"),
        ("'\\bcures?\\b'", "'((a{5000}){5000}){5000}'", "style.long_pattern", "patterns"),
        ('caught_by = "must_not"', 'caught_by = "nothing"', "style.wants_one_of", "caught_by"),
        ("'\\bcures?\\b'", "'\\bcures?('", "style.wrong_pattern", "patterns"),
    ],
)
def test_a_fault_is_told_with_its_line(old: str, new: str, key: str, marked: str) -> None:
    text = GOOD.replace(old, new, 1)
    with pytest.raises(StyleError) as fault:
        read(text)
    said = Catalogue(resources() / "i18n").sentence(fault.value)
    assert fault.value.key == key, said
    line = text.split("\n")[int(fault.value.values["line"]) - 1]
    assert marked in line, (said, line)
    assert "toast.toml" in said
    assert "\n" not in said


def test_lines_are_found_past_texts_of_many_lines() -> None:
    text = "a = \"\"\"\nb = 1\n\"\"\"\n[x.y]\nc.d = 2\n[[z]]\ne = 1\n[[z]]\ne = '''\n[q]\n'''\n[z.w]\nf = 1\n"
    assert lines_of(text) == {
        ("a",): 1,
        ("a", ""): 2,
        ("x",): 4,
        ("x", "y"): 4,
        ("x", "y", "c"): 5,
        ("x", "y", "c", "d"): 5,
        ("z",): 6,
        ("z", 0): 6,
        ("z", 0, "e"): 7,
        ("z", 1): 8,
        ("z", 1, "e"): 9,
        ("z", 1, "e", ""): 10,
        ("z", 1, "w"): 12,
        ("z", 1, "w", "f"): 13,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 5000,
        "a = " + "[" * 5000,
        "a" + ".a" * 100_000 + " = 1",
        "b = {a" + ".a" * 100_000 + " = 1}",
        "[a" + ".a" * 100_000 + "]",
        "x = 1",
        "id = 1",
        "\ufeff" + GOOD + "\ufeff",
        "a" * 500_000,
    ],
    ids=range(10),
)
def test_no_file_is_too_strange_to_be_refused(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(StyleError):
        read(text)
    assert time.thread_time() - began < 2


def test_marks_of_other_systems_are_read() -> None:
    assert read("\ufeff" + GOOD.replace("\n", "\r\n"))


def test_a_hostile_template_in_a_style_is_stopped_when_it_is_filled() -> None:
    style = style_from(GOOD.replace("{{ count }} lines.", "{{ 'a' * 1000000000 }}"), Path("toast.toml"))
    with pytest.raises(TemplateError, match="too_big"):
        job(style, {"who": "Ida"})
