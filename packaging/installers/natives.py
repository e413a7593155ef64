"""The parts of a bundle that are no Python packages: Qt, llama.cpp, Python, libraries of the system."""

from __future__ import annotations

import platform
import re
import subprocess
import sysconfig
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devtools.console import StepError
from installers.needs import SYSTEM_LIBRARIES

TABLE = Path(__file__).resolve().with_name("natives.toml")
TEXTS = Path(__file__).resolve().parents[1] / "licences"
_DOCUMENTS = Path("/usr/share/doc")


@dataclass(frozen=True)
class Part:
    """One such part. licence: as SPDX says it. texts: the licences themselves. purl: "" without one."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    note: str = ""
    purl: str = ""


def listed_parts(bundle: Path, versions: Mapping[str, str], engine_source: Path) -> list[Part]:
    """Return natives.toml's parts. versions: of locked packages. engine_source: llama.cpp's own folder."""
    folders = {"engine": engine_source, "python": Path(sysconfig.get_path("stdlib"))}
    parts = []
    for each in tomllib.loads(TABLE.read_text(encoding="utf-8"))["part"]:
        if pattern := each.get("file"):
            found = next((bundle / "_internal").glob(pattern), None)
            if found is None:
                continue
            version = found.name.rpartition(".")[2]
        else:
            version = platform.python_version() if each["from"] == "python" else versions[each["from"]]
        texts = tuple(_text(name, folders) for name in each["texts"])
        parts.append(Part(each["name"], version, each["licence"], texts, each.get("note", "")))
    return parts


def _text(name: str, folders: Mapping[str, Path]) -> str:
    where, _, file = name.rpartition(":")
    return (folders.get(where, TEXTS) / file).read_text(encoding="utf-8")


def system_parts(bundle: Path) -> list[Part]:
    """Return the libraries that were copied from the Debian (or kin) that builds, by its packages.

    Raises StepError for one that no package has: then nobody could say under which licence it is.
    """
    packages: dict[str, Part] = {}
    names = {each.name for each in (bundle / "_internal").glob("lib*.so*") if not each.is_symlink()}
    for name in sorted(names - set(SYSTEM_LIBRARIES)):
        if name.startswith("libpython"):
            continue
        package = _owner(name)
        if package not in packages:
            copyright_file = _DOCUMENTS / package / "copyright"
            if not copyright_file.is_file():
                raise StepError(f"{package}, of which the bundle has {name}, tells no licence.")
            text = copyright_file.read_text(encoding="utf-8", errors="replace")
            version = _asked(["dpkg-query", "-W", "-f", "${Version}", package])
            purl = f"pkg:deb/debian/{package}@{version}"
            licence = " AND ".join(_licences(text)) or "see its text"
            packages[package] = Part(package, version, licence, (text,), "Copied from the system.", purl)
    return list(packages.values())


def _owner(name: str) -> str:
    told = _asked(["dpkg-query", "-S", f"*/{name}"]).splitlines()
    owners = [line.partition(":")[0] for line in told if line.endswith(f"/{name}") and "/lib/" in line]
    if not owners:
        raise StepError(f"No package of this system has {name}, so its licence is unknown.")
    return owners[0]


def _licences(text: str) -> list[str]:
    """Return the names of the licences in a copyright file of Debian's machine-readable kind."""
    found = re.findall(r"^License:\s*(\S.*)$", text, re.MULTILINE)
    return sorted({each.strip().replace(",", "") for each in found})


def _asked(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        raise StepError("Whose libraries the bundle has can only be told on Debian and its kin.") from None
