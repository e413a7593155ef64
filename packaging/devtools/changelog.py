"""Check that CHANGELOG.md follows Keep a Changelog and knows the version the package says it is."""

import re
from dataclasses import dataclass, field

SECTIONS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")

_RELEASED = re.compile(r"^## \[(?P<version>\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$")
_VERSION = re.compile(r"""^__version__\s*=\s*["'](?P<version>\d+\.\d+\.\d+)["']""", re.MULTILINE)

Version = tuple[int, ...]


@dataclass
class _Reading:
    unreleased: bool = False
    unreleased_entries: int = 0
    released: list[Version] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Take in one line of the changelog."""
        if line == "## [Unreleased]":
            if self.unreleased or self.released:
                self.problems.append("CHANGELOG.md has [Unreleased] in a place other than the top.")
            self.unreleased = True
        elif line.startswith("## "):
            match = _RELEASED.match(line)
            if match is None:
                self.problems.append(
                    f"CHANGELOG.md has the heading '{line}'; "
                    "write '## [X.Y.Z] - YYYY-MM-DD' or '## [Unreleased]'."
                )
            else:
                self.released.append(as_version(match["version"]))
        elif line.startswith("### ") and line[4:] not in SECTIONS:
            self.problems.append(
                f"CHANGELOG.md has the section '{line[4:]}'; use one of {', '.join(SECTIONS)}."
            )
        elif line.startswith("- ") and self.unreleased and not self.released:
            self.unreleased_entries += 1


def as_version(text: str) -> Version:
    """Return X.Y.Z as figures that can be compared."""
    return tuple(int(part) for part in text.split("."))


def as_text(version: Version) -> str:
    """Return a version as it is written."""
    return ".".join(map(str, version))


def package_version(source: str) -> Version | None:
    """Return the version in the text of the package's __init__.py."""
    match = _VERSION.search(source)
    return as_version(match["version"]) if match else None


def problems(changelog: str, package_source: str) -> list[str]:
    """Return what is wrong, a sentence each; nothing if all is well.

    The package's version is either the newest released heading, or newer than it, and then [Unreleased] says
    what is coming.
    """
    reading = _Reading()
    for line in changelog.splitlines():
        reading.take(line.rstrip())
    found = reading.problems
    if not reading.unreleased and not reading.released and not found:
        return ["CHANGELOG.md has no heading; start it with '## [Unreleased]'."]
    if reading.released != sorted(set(reading.released), reverse=True):
        found.append("CHANGELOG.md must name each version once, the newest first.")
    version = package_version(package_source)
    if version is None:
        found.append("desktop/penwright/__init__.py has no __version__ of the form X.Y.Z.")
        return found
    newest = max(reading.released, default=(0, 0, 0))
    if version < newest:
        found.append(
            f"__version__ is {as_text(version)}, but CHANGELOG.md already has {as_text(newest)} released."
        )
    if version > newest and not reading.unreleased_entries:
        found.append(
            f"__version__ is {as_text(version)}, which CHANGELOG.md does not have: "
            "say under '## [Unreleased]' what is coming, or add its heading."
        )
    return found
