"""build.json: which build a bundle is, for `penwright doctor`, and the stamp that tells if it is whole."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment
from installers.names import version_of


def write_build_facts(own: Checkout, engine: str, folder: Path) -> Path:
    """Write build.json into `folder` and return its path. engine: the built engine's name."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "build.json"
    facts = {"version": version_of(own.root), "engine": engine, "commit": _commit(own.root)}
    target.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return target


def _commit(root: Path) -> str:
    """Return the checkout's commit, with a + where files differ from it; "" where git can't tell."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=quiet_environment(), check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def stamp_of(bundle: Path, version: str) -> str:
    """Return a line that no other build has: the version and a digest of every file's name and contents."""
    digest = hashlib.sha256()
    for each in sorted(bundle.rglob("*")):
        if each.is_file():
            digest.update(f"{each.relative_to(bundle).as_posix()}\0".encode())
            with each.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{version} {digest.hexdigest()[:16]}"
