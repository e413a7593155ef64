"""What a fresh bundle has too much of: second copies, libraries that nothing loads, symbols for debuggers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from installers.needs import needed_names, objects_of


def trim(bundle: Path) -> None:
    """Make a bundle on Linux as small as it can be without losing anything that is used."""
    inside = bundle / "_internal"
    _link_twins(inside / "llama_cpp" / "lib")
    drop_orphans(bundle)
    # Not numpy's: to strip what was patched after linking, as its OpenBLAS was, breaks it.
    _strip(
        [*inside.glob("libpython*.so*"), *inside.glob("python3*/lib-dynload/*.so"), *inside.glob("yaml/*.so")]
    )


def drop_orphans(bundle: Path) -> None:
    """Drop the libraries of this system that came along for others which are left to each system.

    They lie at the top; what a package brought along lies in a folder of its own. Python's own library is
    opened by the program by its name.
    """
    while True:
        needed = needed_names(objects_of(bundle))
        orphans = [
            each
            for each in (bundle / "_internal").glob("lib*.so*")
            if each.name not in needed and not each.name.startswith("libpython")
        ]
        if not orphans:
            return
        for each in orphans:
            each.unlink()


def _link_twins(folder: Path) -> None:
    """Leave one copy of each engine's library: a wheel has no links, so it holds `x.so` and `x.so.0`."""
    for twin in folder.glob("*.so.0"):
        first = twin.with_suffix("")
        if first.is_file() and not first.is_symlink() and first.read_bytes() == twin.read_bytes():
            twin.unlink()
            twin.symlink_to(first.name)


def _strip(libraries: list[Path]) -> None:
    if (strip := shutil.which("strip")) is not None:
        for each in libraries:
            if not each.is_symlink():
                subprocess.run([strip, "--strip-unneeded", str(each)], check=False)
