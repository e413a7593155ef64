"""What the bundle needs of a Linux system: shared libraries that it leaves out, and how new those have to be.

Read from the bundle's own files, so that packages never ask for less than what starts the program.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devtools.console import StepError

# Left to the system: what graphics drivers load too (two versions in one process end it), what belongs to the
# desktop (fonts, D-Bus, printing), and what the system mends when a hole is found. Each with its package on
# Debian; rpm asks for libraries by their own names.
SYSTEM_LIBRARIES: Mapping[str, str] = {
    "libc.so.6": "libc6",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libdrm.so.2": "libdrm2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libexpat.so.1": "libexpat1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "liblzma.so.5": "liblzma5",
    "libuuid.so.1": "libuuid1",
    "libcups.so.2": "libcups2",
    "libvulkan.so.1": "libvulkan1",
}
# Parts of the C library of old; since glibc 2.34 it is one, and a stub stands for each.
_GLIBC = {"libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "libutil.so.1"}
# The program runs without: it writes on the processor, and prints into a file.
OPTIONAL = frozenset({"libvulkan.so.1", "libcups.so.2"})

_NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[([^\]]+)\]")
_VERSION = re.compile(r"Name: (GLIBC|GLIBCXX)_(\d+(?:\.\d+)+)")
_DEBIAN_GCC = {"3.4.28": "9", "3.4.29": "11", "3.4.30": "12", "3.4.31": "13", "3.4.32": "13", "3.4.33": "14"}


@dataclass(frozen=True)
class Needs:
    """What a bundle needs. libraries: by name. glibc, glibcxx: the newest versions that are asked for."""

    libraries: frozenset[str]
    glibc: str
    glibcxx: str

    def debian(self) -> tuple[list[str], list[str]]:
        """Return what the .deb depends on, and what it recommends."""
        depends = {SYSTEM_LIBRARIES[each] for each in self.libraries - OPTIONAL}
        versions = {"libc6": self.glibc, "libstdc++6": _DEBIAN_GCC.get(self.glibcxx, "")}
        told = [f"{name} (>= {versions[name]})" if versions.get(name) else name for name in sorted(depends)]
        return told, sorted(SYSTEM_LIBRARIES[each] for each in self.libraries & OPTIONAL)

    def rpm(self) -> tuple[list[str], list[str]]:
        """Return what the .rpm requires and recommends, as rpm names libraries."""
        requires = [f"{each}()(64bit)" for each in sorted(self.libraries - OPTIONAL - {"libc.so.6"})]
        requires += [f"libc.so.6(GLIBC_{self.glibc})(64bit)"]
        if self.glibcxx:
            requires += [f"libstdc++.so.6(GLIBCXX_{self.glibcxx})(64bit)"]
        return requires, [f"{each}()(64bit)" for each in sorted(self.libraries & OPTIONAL)]


def is_systems(name: str) -> bool:
    """Say whether a library of this file name is left to the system."""
    return name in SYSTEM_LIBRARIES or name in _GLIBC


def needs_of(bundle: Path) -> Needs:
    """Look at every shared object of a bundle. Raises StepError for a library that nobody brings."""
    here = {each.name for each in bundle.rglob("*.so*") if each.is_file()}
    return read_needs(_readelf(objects_of(bundle)), here)


def objects_of(bundle: Path) -> list[Path]:
    """Return the bundle's program and its shared objects, each once."""
    found = [each for each in bundle.rglob("*.so*") if each.is_file() and not each.is_symlink()]
    return [*found, bundle / "penwright"]


def needed_names(objects: list[Path]) -> set[str]:
    """Return the names of all libraries that any of the objects is linked with."""
    return set(_NEEDED.findall(_readelf(objects)))


def read_needs(told: str, here: Iterable[str]) -> Needs:
    """Make the needs of readelf's words. here: names of libraries that the bundle has."""
    wanted = set(_NEEDED.findall(told)) - set(here) - _GLIBC
    wanted = {each for each in wanted if not each.startswith("ld-linux")}
    if strange := sorted(wanted - set(SYSTEM_LIBRARIES)):
        raise StepError(f"The bundle needs {', '.join(strange)}, which it neither has nor asks of a system.")
    newest = {"GLIBC": "2.34", "GLIBCXX": ""}
    for which, version in _VERSION.findall(told):
        newest[which] = max(newest[which], version, key=_numbers)
    return Needs(frozenset(wanted | {"libc.so.6"}), newest["GLIBC"], newest["GLIBCXX"])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)


def _readelf(objects: list[Path]) -> str:
    command = ["readelf", "--wide", "--dynamic", "--version-info", *map(str, objects)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError:
        raise StepError("readelf is missing; it comes with binutils.") from None
    return done.stdout
