"""What the bundle is made of: a bill of materials, every licence, and the sums of the files."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment
from devtools.console import StepError
from installers.bundle import tool

# Prints each package with its licence and the texts of it, from what is installed.
_LICENCES = """
from importlib.metadata import distributions
for each in sorted(distributions(), key=lambda one: one.metadata["Name"].lower()):
    told = each.metadata
    print("=" * 78)
    licence = told["License-Expression"] or (told["License"] or "").split("\\n")[0]
    print(told["Name"], each.version, "-", licence)
    for file in each.files or ():
        if any(word in file.name.upper() for word in ("LICENSE", "LICENCE", "COPYING", "NOTICE")):
            path = file.locate()
            if path.is_file():
                print("-" * 78)
                print(path.read_text("utf-8", "replace").strip())
"""


def write_records(own: Checkout, folder: Path) -> None:
    """Write `sbom.cdx.json` (CycloneDX) and `licences.txt` of the bundle's environment."""
    folder.mkdir(parents=True, exist_ok=True)
    bill = [tool(own, "cyclonedx-py"), "environment", str(own.python), "--of", "JSON", "--pyproject"]
    bill += [str(own.pyproject), "--output-reproducible", "-o", str(folder / "sbom.cdx.json")]
    if subprocess.run(bill, env=quiet_environment(), capture_output=True, check=False).returncode != 0:
        raise StepError("The bill of materials could not be made.")
    told = subprocess.run(
        [str(own.python), "-c", _LICENCES], env=quiet_environment(), capture_output=True, check=False
    )
    if told.returncode != 0:
        raise StepError("The licences could not be gathered.")
    (folder / "licences.txt").write_bytes(told.stdout)


def write_sums(files: Iterable[Path], target: Path) -> None:
    """Write the sha256 of each file, as sha256sum checks them."""
    lines = []
    for each in sorted(files):
        with each.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {each.name}\n")
    target.write_text("".join(lines), encoding="utf-8")
