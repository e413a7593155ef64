"""What the bundle is made of: a bill of materials, every licence, and the sums of the files."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from devtools.checkout import Checkout, quiet_environment
from devtools.console import Console, StepError
from devtools.engine_source import unpack_llama_cpp
from devtools.lock_files import read_pins
from installers.bundle import tool
from installers.names import Release
from installers.natives import Part, listed_parts, system_parts

LEFT_OUT = "hf-xet"  # the hub's library would fetch with it; the program fetches by itself
# Prints each package with its licence and the texts of it, from what is installed.
_LICENCES = """
import json, sys
from importlib.metadata import distributions
found = []
for each in distributions():
    told = each.metadata
    kinds = [one for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    kinds = [one.rpartition(" :: ")[2] for one in kinds]
    licence = told["License-Expression"] or (told["License"] or "").split("\\n")[0] or ", ".join(kinds)
    words = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
    files = [one.locate() for one in each.files or () if any(word in one.name.upper() for word in words)]
    files = [one for one in files if one.is_file() and one.suffix != ".py"]
    texts = [one.read_text("utf-8", "replace").strip() for one in files]
    found.append([told["Name"], each.version, licence, texts])
json.dump(found, sys.stdout)
"""


def write_records(own: Checkout, bundle: Path, engine_source: Path, folder: Path) -> list[Part]:
    """Write `sbom.cdx.json` (CycloneDX) and `licences.txt` of what is in a bundle; return its native parts.

    engine_source: the archive that the engine was built from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    versions = {pin.name: pin.version for pin in read_pins(own.lock("bundle"))}
    with tempfile.TemporaryDirectory() as unpacked:
        llama_cpp = unpack_llama_cpp(engine_source, Path(unpacked))
        parts = listed_parts(bundle, versions, llama_cpp) + system_parts(bundle)
    bill = folder / "sbom.cdx.json"
    command = [tool(own, "cyclonedx-py"), "environment", str(own.python), "--of", "JSON", "--pyproject"]
    command += [str(own.pyproject), "--output-reproducible", "-o", str(bill)]
    if subprocess.run(command, env=quiet_environment(), capture_output=True, check=False).returncode != 0:
        raise StepError("The bill of materials could not be made.")
    told = json.loads(bill.read_text(encoding="utf-8"))
    inside = needed_by_root(told) - {LEFT_OUT} | {"penwright"}
    told = complete_bill(told, inside, parts)
    bill.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    done = subprocess.run(
        [str(own.python), "-c", _LICENCES], env=quiet_environment(), capture_output=True, check=False
    )
    if done.returncode != 0:
        raise StepError("The licences could not be gathered.")
    packages = [
        Part(name, version, licence, tuple(texts))
        for name, version, licence, texts in json.loads(done.stdout)
        if plain(name) in inside
    ]
    (folder / "licences.txt").write_text(licences(packages, parts), encoding="utf-8")
    return parts


def plain(name: str) -> str:
    """Return a package's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed_by_root(bill: Mapping[str, Any]) -> set[str]:
    """Return the names of all packages that the program needs; the tools that made the bundle are not."""
    links = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    reached, waiting = set(), ["root-component"]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += links.get(ref, [])
    return {plain(each["name"]) for each in bill["components"] if each["bom-ref"] in reached}


def complete_bill(bill: Mapping[str, Any], inside: set[str], parts: Sequence[Part]) -> dict[str, Any]:
    """Return a CycloneDX bill with only the packages that are inside, and with the native parts."""
    kept = [each for each in bill["components"] if plain(each["name"]) in inside]
    refs = {each["bom-ref"] for each in kept} | {"root-component"}
    for part in parts:
        component: dict[str, Any] = {
            "bom-ref": f"native:{part.name}=={part.version}",
            "type": "library",
            "name": part.name,
            "version": part.version,
            "licenses": [{"license": {"name": part.licence, "acknowledgement": "declared"}}],
        }
        if part.purl:
            component["purl"] = part.purl
        if part.note:
            component["description"] = part.note
        kept.append(component)
    links = [
        {**each, "dependsOn": [one for one in each.get("dependsOn", []) if one in refs]}
        for each in bill.get("dependencies", [])
        if each["ref"] in refs
    ]
    return {**bill, "components": kept, "dependencies": links}


def licences(packages: Iterable[Part], parts: Iterable[Part]) -> str:
    """Return one text with every package's and part's licence."""
    lines = []
    for each in [*sorted(packages, key=lambda one: one.name.lower()), *parts]:
        lines += ["=" * 78, f"{each.name} {each.version} - {each.licence}"]
        if each.note:
            lines.append(each.note)
        for text in each.texts:
            lines += ["-" * 78, text.strip()]
    return "\n".join(lines) + "\n"


def write_sums(files: Iterable[Path], target: Path) -> None:
    """Write the sha256 of each file, as sha256sum checks them."""
    lines = []
    for each in sorted(files):
        with each.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {each.name}\n")
    target.write_text("".join(lines), encoding="utf-8")


def hand_out(release: Release, dist: Path, files: list[Path], console: Console) -> None:
    """Lay the records beside the installers, write the sums of all, and say each one's size."""
    for name in ("sbom.cdx.json", "licences.txt"):
        target = dist / f"{release.stem}.{name}"
        shutil.copyfile(dist / "records" / name, target)
        files.append(target)
    write_sums(files, dist / "SHA256SUMS")
    for each in files:
        console.say(f"{each.relative_to(dist.parent)}  {each.stat().st_size / 1e6:.1f} MB")
