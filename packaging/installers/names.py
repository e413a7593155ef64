"""What the program is called where systems ask, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

APPLICATION = "org.penwright.Penwright"
SUMMARY = "An offline writing desk that suggests and rewrites with a model on this machine alone"

MAINTAINER = "The Penwright developers <penwright@localhost>"
# Nothing fails without: Chinese letters to draw, and a keyring for tokens of the models' hub.
RECOMMENDED = {
    "deb": ("fonts-noto-cjk", "gnome-keyring"),
    "rpm": ("google-noto-sans-cjk-fonts", "gnome-keyring"),
}


@dataclass(frozen=True)
class Release:
    """What is built: the version, and the machine's architecture as Debian calls it."""

    version: str
    architecture: str

    @property
    def stem(self) -> str:
        """The beginning of each file's name."""
        return f"penwright-{self.version}-{self.architecture}"


def version_of(root: Path) -> str:
    """Return the one version, which stands in the package."""
    told = (root / "desktop" / "penwright" / "__init__.py").read_text(encoding="utf-8")
    return told.partition('__version__ = "')[2].partition('"')[0]
