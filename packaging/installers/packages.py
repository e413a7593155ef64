"""The .deb and the .rpm, made by nfpm from one description."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment
from devtools.console import StepError
from installers.bundle import tool
from installers.names import DEBIAN_NEEDS, RPM_NEEDS, SUMMARY, Release

_AFTER = """#!/bin/sh
# Menus, icons and types of files are found at once; what lacks a tool finds them at the next login.
set -e
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q /usr/share/applications || true
fi
if command -v gtk-update-icon-cache >/dev/null 2>&1; then
    gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor || true
fi
"""


def description(release: Release, tree: Path, scripts: Path) -> dict[str, object]:
    """Return nfpm's description of both packages. The writer's own files are never part of it."""
    return {
        "name": "penwright",
        "arch": release.architecture,
        "platform": "linux",
        "version": release.version,
        "section": "editors",
        "priority": "optional",
        "maintainer": "The Penwright developers <penwright@localhost>",
        "description": SUMMARY,
        "license": "MIT",
        "contents": [{"src": str(tree / "usr"), "dst": "/usr", "type": "tree"}],
        "scripts": {"postinstall": str(scripts / "after.sh"), "postremove": str(scripts / "after.sh")},
        "overrides": {
            "deb": {"depends": list(DEBIAN_NEEDS), "recommends": ["fonts-noto-cjk", "gnome-keyring"]},
            "rpm": {"depends": list(RPM_NEEDS), "recommends": ["google-noto-sans-cjk-fonts"]},
        },
        "deb": {"compression": "xz"},
        "rpm": {"compression": "xz"},
    }


def make_packages(own: Checkout, release: Release, tree: Path, out: Path) -> list[Path]:
    """Make both packages in `out` and return them."""
    scripts = out / "scripts"
    scripts.mkdir(parents=True, exist_ok=True)
    (scripts / "after.sh").write_text(_AFTER, encoding="utf-8")
    told = scripts / "nfpm.json"  # JSON is YAML too
    told.write_text(json.dumps(description(release, tree, scripts), indent=2), encoding="utf-8")
    made = []
    for kind in ("deb", "rpm"):
        target = out / f"{release.stem}.{kind}"
        command = [tool(own, "nfpm"), "package", "-f", str(told), "-p", kind, "-t", str(target)]
        done = subprocess.run(command, env=quiet_environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StepError(f"The .{kind} could not be made: {(done.stdout + done.stderr).strip()[-400:]}")
        made.append(target)
    return made
