"""The archive for every Linux, with a script that installs for one user, and the AppDir."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

from devtools.console import StepError
from installers.names import APPLICATION, Release
from installers.packages import SCRIPTS, write_kind

_APP_RUN = """#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/bin/penwright" "$@"
"""


def make_archive(release: Release, tree: Path, out: Path, *, quick: bool = False) -> Path:
    """Make the tar.xz of the tree and its script in `out`, under one folder. quick: packed fast and large."""
    root = out / "archive"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    shutil.copytree(tree / "usr", root / "usr", symlinks=True)
    write_kind(root, "archive")
    script = root / "install.sh"
    text = (SCRIPTS / "install.sh").read_text(encoding="utf-8")
    script.write_text(text.replace("@APPLICATION@", APPLICATION), encoding="utf-8")
    script.chmod(0o755)
    target, plain = out / f"{release.stem}.tar.xz", out / f"{release.stem}.tar"
    with tarfile.open(plain, "w") as archive:
        archive.add(root, release.stem, filter=_nobodys)
    # xz packs with every core, Python's own module with one.
    done = subprocess.run(["xz", "-T0", "-0" if quick else "-6", "--force", str(plain)], check=False)
    if done.returncode != 0:
        raise StepError("The archive could not be packed: xz failed.")
    shutil.rmtree(root)
    return target


def make_app_dir(release: Release, tree: Path, out: Path) -> Path:
    """Make the AppDir in `out`; public CI squashes it to an AppImage."""
    target = out / f"{release.stem}.AppDir"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(tree, target, symlinks=True)
    write_kind(target, "appimage")
    run = target / "AppRun"
    run.write_text(_APP_RUN, encoding="utf-8")
    run.chmod(0o755)
    share = target / "usr" / "share"
    shutil.copyfile(share / "applications" / f"{APPLICATION}.desktop", target / f"{APPLICATION}.desktop")
    icon = share / "icons" / "hicolor" / "256x256" / "apps" / f"{APPLICATION}.png"
    shutil.copyfile(icon, target / f"{APPLICATION}.png")
    (target / ".DirIcon").symlink_to(f"{APPLICATION}.png")
    return target


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
