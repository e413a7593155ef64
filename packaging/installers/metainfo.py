"""The AppStream metainfo of a release: the committed description, with the release's notes and the addresses.

The project has no public address yet, and none is made up: the home page, the place for faults and the
screenshots are told where PENWRIGHT_ADDRESS names the public repository, as public CI sets it. Without it the
metainfo is valid too, and says nothing of them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # only our own committed file is read
from collections.abc import Mapping
from dataclasses import dataclass

from devtools.console import StepError

# https://HOST/OWNER/NAME, which has a file of a tag at /raw/TAG/PATH.
ADDRESS = "PENWRIGHT_ADDRESS"
SCREENSHOTS = "packaging/linux/screenshots"
# File's name: caption in English, in Chinese. The first is the one that shops show.
SHOTS = {
    "writing": ("Writing: a suggestion in grey at the caret", "写作：光标处的灰色提示"),
    "review": ("A rewriting, reviewed change by change", "改写：逐处过目"),
    "dark": ("The desk at night, with its outline", "夜间的书桌与大纲"),
    "chinese": ("Writing Chinese", "中文写作"),
}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_HEADING = re.compile(r"^## \[(?P<version>[^]]+)\](?: - (?P<date>\S+))?$")
_MOST_NOTES = 12  # a page of a software shop; the changelog has them all
_LONGEST_NOTE = 160  # letters
_FOR_DEVELOPERS = ("`dev.py", "`packaging/", "`python3 ")


@dataclass(frozen=True)
class Notes:
    """One version of the changelog: its first lines. date: "" for what is not released yet."""

    version: str
    date: str
    lines: tuple[str, ...]


def read_notes(changelog: str) -> list[Notes]:
    """Return the changelog's versions in its order, each with the beginning of what it tells."""
    found: list[Notes] = []
    entries: list[str] = []
    for line in (*changelog.splitlines(), "## [end]"):
        if (heading := _HEADING.match(line)) is not None:
            if found:
                told = [each for each in entries if not each.startswith(_FOR_DEVELOPERS)]
                lines = tuple(map(_first_words, told[:_MOST_NOTES]))
                found[-1] = Notes(found[-1].version, found[-1].date, lines)
            found.append(Notes(heading["version"], heading["date"] or "", ()))
            entries = []
        elif line.startswith("- "):
            entries.append(line[2:])
        elif line.startswith("  ") and entries:
            entries[-1] += f" {line.strip()}"
    return found[:-1]


def _first_words(entry: str) -> str:
    """Return an entry's first sentence without its Markdown, cut at the end of a clause where it is long."""
    sentence = re.split(r"(?<=[.;])\s", re.sub(r"[*`]", "", entry), maxsplit=1)[0].rstrip(".; ")
    while len(sentence) > _LONGEST_NOTE and ", " in sentence:
        sentence = sentence.rpartition(", ")[0]
    return sentence


def make_metainfo(
    committed: str, changelog: str, version: str, today: str, environment: Mapping[str, str]
) -> str:
    """Return the metainfo of this version.

    today: YYYY-MM-DD, the day of a build whose version the changelog has not released yet.
    Raises StepError for an address that is none.
    """
    root = ET.fromstring(committed)
    address = environment.get(ADDRESS, "").rstrip("/")
    if address:
        _add_addresses(root, address, version)
    releases = ET.SubElement(root, "releases")
    notes = read_notes(changelog)
    if all(each.version != version for each in notes):
        lines = next((each.lines for each in notes if each.version == "Unreleased"), ())
        _add_release(releases, Notes(version, today, lines), kind="development")
    for each in notes:
        if each.date:
            _add_release(releases, each, kind="stable")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add_addresses(root: ET.Element, address: str, version: str) -> None:
    if re.fullmatch(r"https://[^\s/]+(/[^\s/]+)+", address) is None:
        raise StepError(
            f"{ADDRESS} has to be the public repository's address, https://HOST/OWNER/NAME, not {address}.",
            exit_code=2,
        )
    for kind, rest in (("homepage", ""), ("bugtracker", "/issues"), ("vcs-browser", "")):
        ET.SubElement(root, "url", type=kind).text = address + rest
    shots = ET.SubElement(root, "screenshots")
    for name, (english, chinese) in SHOTS.items():
        shot = ET.SubElement(shots, "screenshot", {"type": "default"} if name == "writing" else {})
        ET.SubElement(shot, "caption").text = english
        ET.SubElement(shot, "caption", {_LANGUAGE: "zh-CN"}).text = chinese
        ET.SubElement(
            shot, "image", type="source"
        ).text = f"{address}/raw/v{version}/{SCREENSHOTS}/{name}.png"


def _add_release(releases: ET.Element, notes: Notes, kind: str) -> None:
    release = ET.SubElement(releases, "release", version=notes.version, date=notes.date, type=kind)
    if notes.lines:
        listed = ET.SubElement(ET.SubElement(release, "description"), "ul")
        for line in notes.lines:
            ET.SubElement(listed, "li").text = line
