"""The user's own styles beside the bundled ones: reloading, importing, exporting, and what goes wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from penwright.base.errors import StyleError
from penwright.base.paths import resources
from penwright.core.styles import style_from
from penwright.storage.styles import StyleFiles

BUNDLED = resources() / "styles"
TEXT = (BUNDLED / "shorten.toml").read_text("utf-8")


@pytest.fixture
def files(tmp_path: Path) -> StyleFiles:
    """Return the user's styles beside two that come with the program."""
    (tmp_path / "bundled").mkdir()
    for name in ("shorten.toml", "poem.toml"):
        (tmp_path / "bundled" / name).write_bytes((BUNDLED / name).read_bytes())
    files = StyleFiles(tmp_path / "bundled", tmp_path / "own")
    files.refresh()
    return files


def test_all_that_come_with_the_program_are_read(tmp_path: Path) -> None:
    files = StyleFiles(BUNDLED, tmp_path / "own")
    files.refresh()
    assert files.faults() == []
    assert {"shorten", "fix-spelling", "translate"} <= {style.id for style in files.styles()}
    assert len(files.styles()) == len(list(BUNDLED.glob("*.toml")))
    assert not any(style.own for style in files.styles())
    assert files.refresh() is False


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.toml")), ids=lambda path: path.stem)
def test_those_that_come_with_the_program_are_vetted_here(path: Path) -> None:
    """At run time their templates and patterns are taken as they are, so all of it is looked at here."""
    text = path.read_text("utf-8")
    assert style_from(text, path) == style_from(text, path, vetted=True)


def test_an_own_one_is_looked_at_whole(files: StyleFiles, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "shorten.toml").write_text(TEXT.replace("{{ text }}", "{{ txt }}"), "utf-8")
    files.refresh()
    assert [fault.key for fault in files.faults()] == ["style.unknown_name"]
    assert files.style("shorten").own is False, "the one that comes with the program is there still"


def test_own_ones_are_seen_changed_and_gone(files: StyleFiles, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.toml").write_text(TEXT.replace('id = "shorten"', 'id = "mine"'), "utf-8")
    assert files.refresh() is True
    assert files.style("mine").own
    (own / "mine.toml").write_text("id = \n", "utf-8")
    os.utime(own / "mine.toml", ns=(1, 1))
    assert files.refresh() is True
    with pytest.raises(StyleError, match="no_toml"):
        files.style("mine")
    assert [fault.key for fault in files.faults()] == ["style.no_toml"]
    (own / "mine.toml").unlink()
    assert files.refresh() is True
    assert files.faults() == []
    with pytest.raises(StyleError, match="no_style"):
        files.style("mine")


def test_an_own_one_stands_before_a_bundled_one(files: StyleFiles) -> None:
    files.save("shorten", TEXT.replace('en = "Shorten"', 'en = "Cut"'))
    assert files.style("shorten").words("en").name == "Cut"
    files.remove("shorten")
    assert files.style("shorten").words("en").name == "Shorten"
    with pytest.raises(StyleError, match="no_style"):
        files.remove("shorten")


def test_a_style_goes_out_and_comes_in_as_one_file(files: StyleFiles, tmp_path: Path) -> None:
    out = tmp_path / "away" / "a name.toml"
    files.take_out("shorten", out)
    assert out.read_text("utf-8") == TEXT
    assert files.bring_in(out).own
    with pytest.raises(StyleError, match="taken"):
        files.bring_in(out)
    assert files.bring_in(out, instead=True).id == "shorten"


def test_what_is_no_style_changes_nothing(files: StyleFiles, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    for data in (b"", b"\xff\xfe\x00", TEXT.replace("{{ text }}", "{{ texts }}").encode(), b"a" * 2_000_000):
        bad.write_bytes(data)
        with pytest.raises(StyleError):
            files.bring_in(bad)
    with pytest.raises(StyleError):
        files.bring_in(tmp_path / "nowhere.toml")
    with pytest.raises(StyleError):
        files.bring_in(tmp_path)
    with pytest.raises(StyleError, match="wrong_place"):
        files.save("other", TEXT)
    assert not (tmp_path / "own").exists()


def test_a_file_under_another_name_is_told(files: StyleFiles, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "elsewhere.toml").write_text(TEXT, "utf-8")
    files.refresh()
    assert [fault.key for fault in files.faults()] == ["style.wrong_place"]
