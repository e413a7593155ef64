"""Squash the AppDir that `dev.py build` made into an AppImage, in public CI.

    python3 packaging/linux/appimage.py dist --summary FILE

An AppImage is a small program, the runtime, with a squashfs behind it. The runtime's address and sha256 are
given as RUNTIME_ADDRESS and RUNTIME_SHA256; without them nothing is made, and the summary says so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

LONGEST = 16 << 20  # bytes of a runtime; today's have about one million


class AppImageError(Exception):
    """Why none was made, in one sentence."""


def fetched(address: str) -> bytes:
    """Return what lies at an https address. Raises OSError."""
    with urllib.request.urlopen(address, timeout=60) as answer:
        return bytes(answer.read(LONGEST + 1))


def runtime(environ: Mapping[str, str], fetch: Callable[[str], bytes] = fetched) -> bytes | None:
    """Return the runtime that the environment names; None: it names none. Raises AppImageError, OSError."""
    address, wanted = environ.get("RUNTIME_ADDRESS", ""), environ.get("RUNTIME_SHA256", "").lower()
    if not address or not wanted:
        return None
    if not address.startswith("https://"):
        raise AppImageError("RUNTIME_ADDRESS has to begin with https://.")
    told = fetch(address)
    seen = hashlib.sha256(told).hexdigest()
    if seen != wanted:
        raise AppImageError(f"The runtime's sha256 is {seen}, not {wanted}: it is not used.")
    return told


def squash(app_dir: Path, head: bytes, target: Path) -> None:
    """Make `target` of the runtime and the AppDir behind it. Raises AppImageError, OSError."""
    behind = target.with_suffix(".squashfs")
    command = ["mksquashfs", str(app_dir), str(behind), "-root-owned", "-noappend", "-comp", "zstd", "-quiet"]
    try:
        if subprocess.run(command, check=False).returncode != 0:
            raise AppImageError("mksquashfs could not squash the AppDir; what it said stands above.")
        with target.open("wb") as out:
            out.write(head)
            out.write(behind.read_bytes())
    finally:
        behind.unlink(missing_ok=True)
    target.chmod(0o755)


def make(dist: Path, environ: Mapping[str, str]) -> str:
    """Make it where that can be; return a line that tells what came. Raises AppImageError, OSError."""
    folder = next(dist.glob("*.AppDir"), None)
    if folder is None:
        raise AppImageError(f"There is no AppDir in {dist}; `dev.py build` makes it.")
    head = runtime(environ)
    if head is None:
        return "No AppImage: RUNTIME_ADDRESS and RUNTIME_SHA256 are not set."
    target = folder.with_suffix(".AppImage")
    squash(folder, head, target)
    return f"{target.name}: {target.stat().st_size / 1e6:.1f} MB"


def main() -> int:
    """Make it; 0 made, or said why not, 1 it failed."""
    options = argparse.ArgumentParser(description="Squash the AppDir into an AppImage.")
    options.add_argument("dist", type=Path)
    options.add_argument("--summary", type=Path, help="a file that one line is added to")
    told = options.parse_args()
    try:
        line = make(told.dist, os.environ)
    except (AppImageError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(line)
    if told.summary is not None:
        with told.summary.open("a", encoding="utf-8") as summary:
            summary.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
