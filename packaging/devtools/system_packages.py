"""What Penwright needs from the operating system, how each is looked for, and how the missing are installed.

The shared libraries are those that PySide6's QtCore, QtGui, QtWidgets, QtDBus and QtNetwork and its
`offscreen`, `xcb` and `wayland` plugins name themselves (their NEEDED entries), less what the PySide6
wheel brings along.
"""

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devtools.console import Console, StepError

# Families that are real serifs; without one, italics are slanted sans-serifs or are missing.
SERIF_WORDS = ("serif", "times", "georgia", "garamond", "palatino", "pagella", "libertin", "roman", "charter")
_VISUAL_STUDIO = "C:/Program Files (x86)/Microsoft Visual Studio/Installer/vswhere.exe"


class Probe(Protocol):
    """Looks at the machine without changing it."""

    def has_library(self, name: str) -> bool:
        """Say whether the dynamic loader finds a shared library."""

    def has_command(self, name: str) -> bool:
        """Say whether a command is on the path."""

    def has_module(self, name: str) -> bool:
        """Say whether this Python has a module."""

    def has_path(self, path: str) -> bool:
        """Say whether a file or folder exists."""

    def fonts(self, pattern: str) -> list[str]:
        """Return the font families that match a fontconfig pattern."""


class RealProbe:
    """The machine this runs on."""

    def has_library(self, name: str) -> bool:
        """Say whether the dynamic loader finds a shared library."""
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    def has_command(self, name: str) -> bool:
        """Say whether a command is on the path."""
        return shutil.which(name) is not None

    def has_module(self, name: str) -> bool:
        """Say whether this Python has a module."""
        return importlib.util.find_spec(name) is not None

    def has_path(self, path: str) -> bool:
        """Say whether a file or folder exists."""
        return Path(path).exists()

    def fonts(self, pattern: str) -> list[str]:
        """Return the font families that match a fontconfig pattern."""
        try:
            answer = subprocess.run(
                ["fc-list", pattern, "family"], capture_output=True, text=True, check=False, timeout=60
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
        return [line.strip().lower() for line in answer.stdout.splitlines() if line.strip()]


@dataclass(frozen=True)
class Need:
    """One thing that has to be there, and Debian's package that brings it."""

    kind: str
    name: str
    package: str

    def met(self, probe: Probe) -> bool:
        """Say whether it is there."""
        match self.kind:
            case "library":
                return probe.has_library(self.name)
            case "command":
                return probe.has_command(self.name)
            case "module":
                return probe.has_module(self.name)
            case "serif italics":
                families = probe.fonts(":slant=100")
                return any(word in family for family in families for word in SERIF_WORDS)
            case "language":
                return bool(probe.fonts(f":lang={self.name}"))
        return probe.has_path(self.name)

    def __str__(self) -> str:
        return f"{self.name} ({self.package})"


_RUN = (
    # Debian's bare python3 has venv but not ensurepip, so it can't make an environment with pip in it.
    Need("module", "ensurepip", "python3-venv"),
    Need("command", "g++", "g++"),
    Need("path", "/etc/ssl/certs/ca-certificates.crt", "ca-certificates"),
    Need("library", "libstdc++.so.6", "libstdc++6"),
    Need("library", "libgcc_s.so.1", "libgcc-s1"),
    Need("library", "libgomp.so.1", "libgomp1"),
    Need("library", "libzstd.so.1", "libzstd1"),
    Need("library", "libz.so.1", "zlib1g"),
    Need("library", "libglib-2.0.so.0", "libglib2.0-0"),
    Need("library", "libgthread-2.0.so.0", "libglib2.0-0"),
    Need("library", "libdbus-1.so.3", "libdbus-1-3"),
    Need("library", "libgssapi_krb5.so.2", "libgssapi-krb5-2"),
    Need("library", "libbrotlidec.so.1", "libbrotli1"),
    Need("library", "libfreetype.so.6", "libfreetype6"),
    Need("library", "libfontconfig.so.1", "libfontconfig1"),
    Need("library", "libEGL.so.1", "libegl1"),
    Need("library", "libGL.so.1", "libgl1"),
    Need("library", "libX11.so.6", "libx11-6"),
    Need("library", "libxkbcommon.so.0", "libxkbcommon0"),
    # For a real window: X11 ...
    Need("library", "libX11-xcb.so.1", "libx11-xcb1"),
    Need("library", "libxcb.so.1", "libxcb1"),
    Need("library", "libxcb-cursor.so.0", "libxcb-cursor0"),
    Need("library", "libxcb-icccm.so.4", "libxcb-icccm4"),
    Need("library", "libxcb-image.so.0", "libxcb-image0"),
    Need("library", "libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Need("library", "libxcb-randr.so.0", "libxcb-randr0"),
    Need("library", "libxcb-render.so.0", "libxcb-render0"),
    Need("library", "libxcb-render-util.so.0", "libxcb-render-util0"),
    Need("library", "libxcb-shape.so.0", "libxcb-shape0"),
    Need("library", "libxcb-shm.so.0", "libxcb-shm0"),
    Need("library", "libxcb-sync.so.1", "libxcb-sync1"),
    Need("library", "libxcb-util.so.1", "libxcb-util1"),
    Need("library", "libxcb-xfixes.so.0", "libxcb-xfixes0"),
    Need("library", "libxcb-xkb.so.1", "libxcb-xkb1"),
    Need("library", "libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    # ... and Wayland.
    Need("library", "libwayland-client.so.0", "libwayland-client0"),
    Need("library", "libwayland-cursor.so.0", "libwayland-cursor0"),
    Need("library", "libwayland-egl.so.1", "libwayland-egl1"),
    # Text: a serif with real italics, and Chinese and Japanese letters.
    Need("command", "fc-list", "fontconfig"),
    Need("serif italics", "a serif with italics", "fonts-liberation"),
    Need("language", "zh-cn", "fonts-noto-cjk"),
    Need("language", "ja", "fonts-noto-cjk"),
)
_TEST = (Need("command", "Xvfb", "xvfb"),)
_BACKEND = {
    "vulkan": (
        Need("command", "glslc", "glslc"),
        Need("path", "/usr/include/vulkan/vulkan.h", "libvulkan-dev"),
        Need("path", "/usr/include/spirv/unified1/spirv.hpp", "spirv-headers"),
        Need("library", "libvulkan.so.1", "libvulkan1"),
    ),
}
_LAVAPIPE = (Need("library", "libvulkan_lvp.so", "mesa-vulkan-drivers"),)


def needs(*, tests: bool, backend: str, lavapipe: bool = False) -> tuple[Need, ...]:
    """Return what a command needs from a Linux system. lavapipe: Vulkan in software, for tests."""
    return _RUN + (_TEST if tests else ()) + _BACKEND.get(backend, ()) + (_LAVAPIPE if lavapipe else ())


def missing(wanted: Iterable[Need], probe: Probe) -> list[Need]:
    """Return the needs that are not met."""
    return [need for need in wanted if not need.met(probe)]


def packages_for(unmet: Iterable[Need]) -> list[str]:
    """Return Debian's packages for some needs, each once, in order."""
    return list(dict.fromkeys(need.package for need in unmet))


def sudo_line(packages: list[str]) -> str:
    """Return the one line to paste for someone who is not root."""
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


def _apt(arguments: list[str], log: Path) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with log.open("a", encoding="utf-8") as output:
        print("$ apt-get", *arguments, file=output, flush=True)
        done = subprocess.run(
            ["apt-get", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode == 0


def _install(packages: list[str], log: Path) -> bool:
    return _apt(["install", "-y", "--no-install-recommends", *packages], log)


def install(packages: list[str], log: Path, console: Console) -> None:
    """Install Debian packages as root; the package lists are fetched only if they don't suffice."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    console.say(f"Installing system packages (usually under two minutes): {' '.join(packages)}")
    with console.step("System packages installed"):
        done = _install(packages, log) or (_apt(["update"], log) and _install(packages, log))
        if not done:
            raise StepError("apt-get could not install the system packages.", log=log)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _warn_elsewhere(unmet: list[Need], console: Console) -> None:
    names = ", ".join(f"{need.name}" for need in unmet)
    console.say(f"Not found on this system: {names}. Install them with its own package manager; going on.")


def ensure(
    *,
    tests: bool,
    backend: str,
    log: Path,
    console: Console,
    lavapipe: bool = False,
    probe: Probe | None = None,
) -> None:
    """See that the operating system has what a command needs."""
    probe = RealProbe() if probe is None else probe
    system = platform.system()
    if backend == "metal" and system != "Darwin":
        raise StepError("The metal backend is for macOS only; choose cpu, vulkan or cuda.", exit_code=2)
    if backend == "cuda" and not (probe.has_command("nvcc") or os.environ.get("CUDACXX")):
        raise StepError("The cuda backend needs NVIDIA's CUDA toolkit: install it and put nvcc on the PATH.")
    if system == "Darwin" and not probe.has_command("clang++"):
        raise StepError("A C++ compiler is missing: run `xcode-select --install`, then start again.")
    if system == "Windows" and not (probe.has_command("cl") or probe.has_path(_VISUAL_STUDIO)):
        console.say(
            "No C++ compiler seen: install Visual Studio's Build Tools with the C++ workload; going on."
        )
    if system != "Linux":
        return
    _ensure_linux(needs(tests=tests, backend=backend, lavapipe=lavapipe), log, console, probe)


def _ensure_linux(wanted: Iterable[Need], log: Path, console: Console, probe: Probe) -> None:
    unmet = missing(wanted, probe)
    if not unmet:
        return
    if not probe.has_command("apt-get"):
        _warn_elsewhere(unmet, console)
        return
    packages = packages_for(unmet)
    if not _is_root():
        raise StepError(
            f"System packages are missing. Paste this line, then start again:\n{sudo_line(packages)}"
        )
    install(packages, log, console)
    importlib.invalidate_caches()
    still = missing(unmet, probe)
    if still:
        console.say(f"Still not found after installing: {', '.join(map(str, still))}; going on.")
