"""What the program is called where systems ask, in one place."""

from __future__ import annotations

import platform
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
_ARCHITECTURES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Release:
    """What is built: the version, and the machine's architecture as Debian calls it."""

    version: str
    architecture: str

    @classmethod
    def here(cls, root: Path) -> Release:
        """Return what is built on this machine from a checkout."""
        return cls(version_of(root), _ARCHITECTURES.get(platform.machine(), platform.machine()))

    @property
    def stem(self) -> str:
        """The beginning of each file's name."""
        return f"penwright-{self.version}-{self.architecture}"


def version_of(root: Path) -> str:
    """Return the one version, which stands in the package."""
    told = (root / "desktop" / "penwright" / "__init__.py").read_text(encoding="utf-8")
    return told.partition('__version__ = "')[2].partition('"')[0]
