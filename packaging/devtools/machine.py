"""What of this machine a compiled engine depends on: processor, its features, and the compiler."""

import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

# These change what the compiler makes, so they are part of a built engine's identity.
COMPILER_VARIABLES = (
    *("CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS"),
    *("CUDACXX", "CUDAARCHS", "CMAKE_ARGS"),
)


@dataclass(frozen=True)
class Machine:
    """The parts of a machine that a native build is made for."""

    architecture: str
    features: str
    compiler: str


def cpu_features_from(cpuinfo: str) -> str:
    """Return the sorted feature words of Linux's /proc/cpuinfo (x86 says flags, ARM says Features)."""
    match = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return " ".join(sorted(set(match[1].split()))) if match else ""


def cpu_features() -> str:
    """Return what this processor can do, in the words of its operating system."""
    system = platform.system()
    if system == "Linux":
        try:
            words = cpu_features_from(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            words = ""
        return words or platform.machine()
    if system == "Darwin":
        names = ["machdep.cpu.brand_string", "machdep.cpu.features", "machdep.cpu.leaf7_features"]
        lines = [first_line(["sysctl", "-n", name]) for name in names]
        return " ".join(line for line in lines if line) or platform.machine()
    return platform.processor() or platform.machine()


def first_line(command: list[str]) -> str:
    """Return the first line a command prints, or nothing where it can't be run."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip().split("\n", 1)[0] if answer.returncode == 0 else ""


def compilers(
    environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which
) -> dict[str, str]:
    """Return the CC and CXX to build with: the person's own choice, else the first pair found."""
    if "CC" in environ or "CXX" in environ or platform.system() == "Windows":
        return {name: environ[name] for name in ("CC", "CXX") if name in environ}
    pairs = [("gcc", "g++"), ("clang", "clang++")]
    if platform.system() == "Darwin":
        pairs.reverse()
    found = (pair for pair in pairs if which(pair[0]) and which(pair[1]))
    return dict(zip(("CC", "CXX"), next(found, ()), strict=False))


def compiler_version(environ: Mapping[str, str] | None = None) -> str:
    """Return the C++ compiler's own first line about itself."""
    command = compilers(os.environ if environ is None else environ).get("CXX")
    return first_line([*shlex.split(command), "--version"]) if command else "unknown"


def this_machine() -> Machine:
    """Return the machine this runs on."""
    return Machine(platform.machine(), cpu_features(), compiler_version())
