"""What software shops are told: valid without an invented address, with the changelog's own notes."""

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import penwright
from devtools.console import StepError
from installers.metainfo import ADDRESS, SHOTS, make_metainfo, read_notes
from installers.names import APPLICATION

ROOT = Path(penwright.__file__).resolve().parents[2]
DESKTOP = ROOT / "packaging" / "linux" / "desktop"
COMMITTED = (DESKTOP / f"{APPLICATION}.metainfo.xml").read_text("utf-8")
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- *File > Print…* prints, on `paper` too. More of it.
- `dev.py build` makes installers.

### Fixed

- A list of clauses, the first of which is long enough to be told for itself in a shop, goes on,
  and on, and on, until nobody who looks for a program would read it any longer; so it is cut, gently.

## [0.9.0] - 2026-01-02

- Old & good <things>
"""


def made(version: str = "1.0.0", **environment: str) -> ET.Element:
    return ET.fromstring(make_metainfo(COMMITTED, CHANGELOG, version, "2026-03-04", environment))


def test_the_notes_are_the_changelogs_first_sentences() -> None:
    notes = read_notes(CHANGELOG)
    assert [(each.version, each.date) for each in notes] == [("Unreleased", ""), ("0.9.0", "2026-01-02")]
    assert notes[0].lines == (
        "File > Print… prints, on paper too",
        "A list of clauses, the first of which is long enough to be told for itself in a shop, goes on, "
        "and on, and on",
    )


def test_a_version_that_is_not_released_yet_says_so() -> None:
    releases = made().findall("releases/release")
    assert [dict(each.attrib) for each in releases] == [
        {"version": "1.0.0", "date": "2026-03-04", "type": "development"},
        {"version": "0.9.0", "date": "2026-01-02", "type": "stable"},
    ]
    assert [each.text for each in releases[1].iter("li")] == ["Old & good <things>"]


def test_a_released_version_stands_once() -> None:
    assert [each.get("version") for each in made("0.9.0").findall("releases/release")] == ["0.9.0"]


def test_no_address_is_made_up() -> None:
    root = made()
    assert root.find("url") is None and root.find("screenshots") is None
    assert "http" not in COMMITTED


def test_public_ci_names_the_address() -> None:
    root = made(**{ADDRESS: "https://example.org/them/penwright/"})
    assert {each.get("type"): each.text for each in root.findall("url")} == {
        "homepage": "https://example.org/them/penwright",
        "bugtracker": "https://example.org/them/penwright/issues",
        "vcs-browser": "https://example.org/them/penwright",
    }
    images = [each.text for each in root.iter("image")]
    assert (
        images[0] == "https://example.org/them/penwright/raw/v1.0.0/packaging/linux/screenshots/writing.png"
    )
    assert len(images) == len(SHOTS)
    assert len(root.findall("screenshots/screenshot[@type='default']")) == 1


@pytest.mark.parametrize("address", ["http://example.org/x/y", "example.org", "https://example.org", "x y"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(StepError, match=ADDRESS):
        made(**{ADDRESS: address})


@pytest.mark.parametrize("address", [None, "https://example.org/them/penwright"])
@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="AppStream's validator is not here")
def test_the_validator_passes(tmp_path: Path, address: str | None) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    told = tmp_path / f"{APPLICATION}.metainfo.xml"
    environment = {ADDRESS: address} if address else {}
    told.write_text(make_metainfo(COMMITTED, changelog, "0.1.0", "2026-03-04", environment), "utf-8")
    done = subprocess.run(
        ["appstreamcli", "validate", "--no-net", str(told)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="the validator is not here")
def test_the_desktop_entry_is_valid() -> None:
    done = subprocess.run(
        ["desktop-file-validate", str(DESKTOP / f"{APPLICATION}.desktop")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
