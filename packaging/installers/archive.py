"""The archive for every Linux, with a script that installs for one user, and the AppDir."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from installers.names import APPLICATION, Release

_INSTALL = """#!/bin/sh
# Installs Penwright for you alone, in ~/.local, or takes it away again:
#     ./install.sh              ./install.sh --uninstall
# Your texts, settings and models are never touched.
set -eu
cd "$(dirname "$0")"
prefix="${PENWRIGHT_PREFIX:-$HOME/.local}"
share="${XDG_DATA_HOME:-$HOME/.local/share}"
home="$prefix/lib/penwright"
entry="$share/applications/APPLICATION.desktop"

remove() {
    rm -rf "$home" "$home.new"
    rm -f "$prefix/bin/penwright" "$entry" "$share/metainfo/APPLICATION.metainfo.xml"
    find "$share/icons/hicolor" -name 'APPLICATION.*' -delete 2>/dev/null || true
}

case "${1:-}" in
--uninstall)
    remove
    echo "Penwright is gone. Your texts, settings and models are where they were."
    exit 0
    ;;
"") ;;
*)
    echo "usage: ./install.sh [--uninstall]" >&2
    exit 2
    ;;
esac

libc="$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2 || true)"
if [ -n "$libc" ] && [ "$(printf '2.34\\n%s\\n' "$libc" | sort -V | head -n1)" != "2.34" ]; then
    echo "Penwright needs a system with glibc 2.34 or newer; this one has $libc. Nothing was installed." >&2
    exit 1
fi

mkdir -p "$prefix/lib" "$prefix/bin" "$share"
# The new program is whole beside the old one before it takes its place.
rm -rf "$home.new"
cp -a usr/lib/penwright "$home.new"
rm -rf "$home"
mv "$home.new" "$home"
ln -sf "$home/penwright" "$prefix/bin/penwright"
cp -a usr/share/icons usr/share/metainfo usr/share/applications "$share/"
# A menu may not have ~/.local/bin on its path; quotes, so that any folder will do.
sed -i "s|^Exec=penwright|Exec=\\"$prefix/bin/penwright\\"|" "$entry"
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q "$share/applications" || true
fi
echo "Penwright is installed. Start it from the menu, or as $prefix/bin/penwright."
"""

_APP_RUN = """#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/bin/penwright" "$@"
"""


def make_archive(release: Release, tree: Path, out: Path) -> Path:
    """Make the tar.xz of the tree and its script in `out`, under one folder."""
    script = out / "install.sh"
    script.write_text(_INSTALL.replace("APPLICATION", APPLICATION), encoding="utf-8")
    script.chmod(0o755)
    target = out / f"{release.stem}.tar.xz"
    with tarfile.open(target, "w:xz") as archive:
        archive.add(script, f"{release.stem}/install.sh", filter=_nobodys)
        archive.add(tree / "usr", f"{release.stem}/usr", filter=_nobodys)
    script.unlink()
    return target


def make_app_dir(release: Release, tree: Path, out: Path) -> Path:
    """Make the AppDir in `out`; public CI squashes it to an AppImage."""
    target = out / f"{release.stem}.AppDir"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(tree, target, symlinks=True)
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
