"""The same package under the next version: another stamp on the same files, to try an upgrade with."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

_LAUNCHER, _STAMP = Path("usr/bin/penwright"), Path("usr/lib/penwright/stamp")
_BUILD = Path("usr/lib/penwright/_internal/penwright/build.json")


def next_deb(deb: Path, folder: Path) -> tuple[Path, str]:
    """Unpack a .deb into `folder`, number it on, and pack it beside; return the new file and its version."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["dpkg-deb", "--raw-extract", str(deb), str(folder)], check=True)
    control = folder / "DEBIAN" / "control"
    text, version = numbered_on(control.read_text(encoding="utf-8"))
    control.write_text(text, encoding="utf-8")
    for name in (_LAUNCHER, _STAMP):
        path = folder / name
        path.write_text(
            path.read_text(encoding="utf-8").replace(stamp_in(folder), f"{version} next"), encoding="utf-8"
        )
    (folder / _STAMP).write_text(f"{version} next\n", encoding="utf-8")
    build = folder / _BUILD
    build.write_text(
        re.sub(r'("commit": ")[^"]*', r"\1next", build.read_text(encoding="utf-8")), encoding="utf-8"
    )
    target = folder.with_name(f"{folder.name}.deb")
    command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(folder), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target, version


def stamp_in(folder: Path) -> str:
    """Return the stamp of a laid-out tree."""
    return (folder / _STAMP).read_text(encoding="utf-8").strip()


def numbered_on(control: str) -> tuple[str, str]:
    """Return a control file with the last number of its version one higher, and that version."""
    found = re.search(r"^Version: (.*?)(\d+)$", control, re.MULTILINE)
    if found is None:
        raise ValueError("This control file has no version that ends in a number.")
    version = f"{found[1]}{int(found[2]) + 1}"
    return control.replace(found[0], f"Version: {version}"), version
