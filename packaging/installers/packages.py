"""The .deb and the .rpm.

dpkg-deb makes the first, since it packs with every core and nfpm with one; nfpm the second.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment
from devtools.console import StepError
from installers.bundle import tool
from installers.names import MAINTAINER, RECOMMENDED, SUMMARY, Release
from installers.needs import Needs

SCRIPTS = Path(__file__).resolve().parents[1] / "linux" / "scripts"


def control(release: Release, needs: Needs, size: int) -> str:
    """Return the .deb's control file. size: of the installed files, in bytes."""
    depends, optional = needs.debian()
    return (
        "Package: penwright\n"
        f"Version: {release.version}\n"
        f"Architecture: {release.architecture}\n"
        f"Maintainer: {MAINTAINER}\n"
        f"Installed-Size: {-(-size // 1024)}\n"
        f"Depends: {', '.join(depends)}\n"
        f"Recommends: {', '.join([*optional, *RECOMMENDED['deb']])}\n"
        "Section: editors\n"
        "Priority: optional\n"
        f"Description: {SUMMARY}\n"
        " It suggests the next words while you type, and writes and rewrites by styles\n"
        " in English and Chinese. A language model runs on your own processor or\n"
        " graphics card; your text is sent to nobody.\n"
    )


def make_deb(release: Release, needs: Needs, tree: Path, out: Path, *, quick: bool) -> Path:
    """Make the .deb of a tree in `out`. The writer's own files are never part of it.

    quick: pack it fast and large, for a try.
    """
    root = out / "deb"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(tree, root, symlinks=True)
    write_kind(root, "deb")
    files = sorted(each for each in root.rglob("*") if each.is_file() and not each.is_symlink())
    told = root / "DEBIAN"
    told.mkdir()
    size = sum(each.stat().st_size for each in files)
    (told / "control").write_text(control(release, needs, size), encoding="utf-8")
    (told / "md5sums").write_text("".join(_md5_line(each, root) for each in files), encoding="utf-8")
    for name, script in (("postinst", "after.sh"), ("postrm", "after.sh")):
        shutil.copyfile(SCRIPTS / script, told / name)
        (told / name).chmod(0o755)
    target = out / f"{release.stem}.deb"
    packed = ("-Zgzip", "-z1") if quick else ("-Zxz", "-z6")
    _run(["dpkg-deb", "--root-owner-group", *packed, "--build", str(root), str(target)], ".deb")
    shutil.rmtree(root)
    return target


def description(release: Release, needs: Needs, tree: Path, kind: Path) -> dict[str, object]:
    """Return nfpm's description of the .rpm. kind: the file that says which installer it was."""
    requires, optional = needs.rpm()
    return {
        "name": "penwright",
        "arch": release.architecture,
        "platform": "linux",
        "version": release.version,
        "section": "editors",
        "maintainer": MAINTAINER,
        "description": SUMMARY,
        "license": "MIT",
        "contents": [
            {"src": str(tree / "usr"), "dst": "/usr", "type": "tree"},
            {"src": str(kind), "dst": "/usr/lib/penwright/_internal/penwright/installer"},
        ],
        "scripts": {"postinstall": str(SCRIPTS / "after.sh"), "postremove": str(SCRIPTS / "after.sh")},
        "depends": requires,
        "recommends": [*optional, *RECOMMENDED["rpm"]],
        "rpm": {"compression": "zstd:19"},
    }


def make_rpm(own: Checkout, release: Release, needs: Needs, tree: Path, out: Path) -> Path:
    """Make the .rpm of a tree in `out`."""
    kind, told = out / "installer", out / "nfpm.json"  # JSON is YAML too
    kind.write_text("rpm\n", encoding="utf-8")
    told.write_text(json.dumps(description(release, needs, tree, kind), indent=2), encoding="utf-8")
    target = out / f"{release.stem}.rpm"
    _run([tool(own, "nfpm"), "package", "-f", str(told), "-p", "rpm", "-t", str(target)], ".rpm")
    kind.unlink()
    told.unlink()
    return target


def write_kind(root: Path, kind: str) -> None:
    """Say in a laid-out tree which installer brings it, for `penwright doctor`."""
    target = root / "usr" / "lib" / "penwright" / "_internal" / "penwright" / "installer"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{kind}\n", encoding="utf-8")


def _md5_line(file: Path, root: Path) -> str:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return f"{digest}  {file.relative_to(root).as_posix()}\n"


def _run(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(command, env=quiet_environment(), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise StepError(f"The {what} could not be made: {command[0]} is missing.") from None
    if done.returncode != 0:
        raise StepError(f"The {what} could not be made: {(done.stdout + done.stderr).strip()[-400:]}")
