"""Vulkan headers new enough for llama.cpp, where the system's are not (Debian 12 has those of 2023).

Debian 13's package of headers is fetched from the very mirror that this system's apt is set to, checked by
apt against Debian's own key, and unpacked into the build cache. Nothing is installed, and apt's own lists
stay as they are. The compiled backend talks to the loader that is installed, whatever its age.
"""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devtools.console import Console, StepError

_CORE = Path("vulkan") / "vulkan_core.h"
_SYSTEM = Path("/usr/include")
_NEEDED = "VK_EXT_layer_settings"  # what llama.cpp uses of the newer headers
_RELEASE = "trixie"  # Debian 13
_PACKAGE = "libvulkan-dev"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_OLD = "The Vulkan headers are too old for llama.cpp: install a newer Vulkan SDK and set VULKAN_SDK."


@dataclass(frozen=True)
class VulkanHeaders:
    """Headers beside the system's: `include` is to be searched first."""

    version: str
    include: Path


def find(cache: Path, environ: Mapping[str, str], console: Console) -> VulkanHeaders | None:
    """Return the headers to build with; None where those of the system or of an SDK will do.

    Raises StepError where they are too old and no newer ones can be had.
    """
    if platform.system() != "Linux" or environ.get("VULKAN_SDK") or new_enough(_SYSTEM):
        return None
    folder = cache / f"vulkan-headers-{_RELEASE}"
    include = folder / "usr" / "include"
    if not new_enough(include):
        with console.step(f"Newer Vulkan headers unpacked into {folder}"):
            _fetch(folder)
    return VulkanHeaders(version(include), include)


def new_enough(include: Path) -> bool:
    """Say whether the headers in a folder do for llama.cpp; a folder without any does not."""
    return _NEEDED in _text(include / _CORE)


def version(include: Path) -> str:
    """Return the headers' version, such as "1.4.309"; "" where none is told."""
    text = _text(include / _CORE)
    patch = re.search(r"^#define VK_HEADER_VERSION (\d+)", text, re.MULTILINE)
    complete = re.search(r"VK_MAKE_API_VERSION\(0, (\d+), (\d+), VK_HEADER_VERSION\)", text)
    return f"{complete[1]}.{complete[2]}.{patch[1]}" if patch and complete else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def debian_mirror(targets: str, codename: str) -> str | None:
    """Return the mirror that apt takes Debian's main part from.

    targets: apt's own list, one `URI RELEASE COMPONENT` a line.
    """
    for line in targets.splitlines():
        words = line.split()
        if len(words) == 3 and words[1:] == [codename, "main"]:
            return words[0]
    return None


def _fetch(folder: Path) -> None:
    """Unpack the package beside its place, and move it there when it is whole."""
    part = folder.with_name(f".{folder.name}.part")
    for leftover in (part, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    log = folder.with_suffix(".log")
    (part / "sources").mkdir(parents=True)
    try:
        release = platform.freedesktop_os_release()
        targets = _output(
            [
                "apt-get",
                "indextargets",
                "--no-release-info",
                "--format",
                "$(REPO_URI) $(RELEASE) $(COMPONENT)",
            ]
        )
        mirror = debian_mirror(targets, release.get("VERSION_CODENAME", ""))
        if release.get("ID") != "debian" or mirror is None:
            raise StepError(_OLD)
        source = part / "debian.sources"
        source.write_text(_source(mirror), encoding="utf-8")
        apt = ["apt-get", *_apart(part, source)]
        with log.open("w", encoding="utf-8") as output:
            for command in ([*apt, "update"], [*apt, "download", _PACKAGE]):
                done = subprocess.run(
                    command,
                    cwd=part,
                    env={**os.environ, "LC_ALL": "C.UTF-8"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
                if done.returncode != 0:
                    raise StepError("Newer Vulkan headers could not be fetched.", log=log)
        package = next(iter(part.glob("*.deb")), None)
        if package is None or not _unpacked(package, part / "unpacked"):
            raise StepError("The newer Vulkan headers could not be unpacked.", log=log)
        (part / "unpacked").rename(folder)
    except OSError as error:
        raise StepError(_OLD) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if not new_enough(folder / "usr" / "include"):
        raise StepError(_OLD)


def _source(mirror: str) -> str:
    lines = ["Types: deb", f"URIs: {mirror}", f"Suites: {_RELEASE}", "Components: main"]
    if _KEYRING.exists():
        lines.append(f"Signed-By: {_KEYRING}")
    return "\n".join(lines) + "\n"


def _apart(part: Path, source: Path) -> list[str]:
    """Return what makes apt use one source and folders of its own; it needs no rights then."""
    folders = {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": part / "sources",
        "Dir::State::lists": part / "lists",
        "Dir::Cache": part / "cache",
    }
    (part / "lists" / "partial").mkdir(parents=True)
    (part / "cache" / "archives" / "partial").mkdir(parents=True)
    settings = [f"{name}={place}" for name, place in folders.items()]
    settings.append("APT::Sandbox::User=root")  # its user `_apt` may not enter a folder of ours
    return [word for setting in settings for word in ("-o", setting)]


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout


def _unpacked(package: Path, folder: Path) -> bool:
    return subprocess.run(["dpkg", "-x", str(package), str(folder)], check=False).returncode == 0
