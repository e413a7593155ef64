"""What the program is called where systems ask, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

APPLICATION = "org.penwright.Penwright"
SUMMARY = "An offline writing desk that suggests and rewrites with a model on this machine alone"

# What the bundle leaves to the system: the C library, the way into graphics drivers, the display's protocols.
DEBIAN_NEEDS = (
    "libc6 (>= 2.34)",
    "libstdc++6",
    "libgcc-s1",
    "libegl1",
    "libgl1",
    "libxcb1",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
)
RPM_NEEDS = (
    "glibc >= 2.34",
    "libstdc++",
    "libgcc",
    "libglvnd-egl",
    "libglvnd-glx",
    "libxcb",
    "libwayland-client",
    "libwayland-cursor",
    "libwayland-egl",
)


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
