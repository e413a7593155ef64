"""The installed files on Linux: a tree that .deb, .rpm, the archive and the AppDir are made from."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from devtools.checkout import Checkout
from installers.icons import draw
from installers.metainfo import make_metainfo
from installers.names import APPLICATION, version_of
from installers.packages import SCRIPTS

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)  # pixels; those that desktops look for in hicolor


def lay_out(own: Checkout, bundle: Path, records: Path, tree: Path, *, stamp: str, glibc: str) -> None:
    """Make `tree` with usr/ in it: the program, its command, desktop entry, icons, and what it is made of.

    records: the folder with the licences and the bill of materials. stamp: a line that only this build has.
    glibc: the oldest that the program starts with.
    """
    shutil.rmtree(tree, ignore_errors=True)
    usr = tree / "usr"
    shutil.copytree(bundle, usr / "lib" / "penwright", symlinks=True)
    write_launcher(usr, stamp, glibc)
    share = usr / "share"
    _introduce(own, share)
    _lay_icons(own, share / "icons" / "hicolor")
    documents = share / "doc" / "penwright"
    documents.mkdir(parents=True)
    shutil.copyfile(own.root / "LICENSE", documents / "copyright")
    for each in sorted(records.iterdir()):
        shutil.copyfile(each, documents / each.name)


def write_launcher(usr: Path, stamp: str, glibc: str) -> None:
    """Write the command, which looks whether all of one build is there, and the stamp that it looks for."""
    text = (SCRIPTS / "penwright.sh").read_text(encoding="utf-8")
    launcher = usr / "bin" / "penwright"
    launcher.parent.mkdir(exist_ok=True)
    launcher.write_text(text.replace("@STAMP@", stamp).replace("@GLIBC@", glibc), encoding="utf-8")
    launcher.chmod(0o755)
    (usr / "lib" / "penwright" / "stamp").write_text(f"{stamp}\n", encoding="utf-8")


def _introduce(own: Checkout, share: Path) -> None:
    """Lay in what tells desktops of the program: the entry of menus, and the metainfo of software shops."""
    source = own.root / "packaging" / "linux" / "desktop"
    for folder in ("applications", "metainfo"):
        (share / folder).mkdir(parents=True)
    entry, told = f"{APPLICATION}.desktop", f"{APPLICATION}.metainfo.xml"
    shutil.copyfile(source / entry, share / "applications" / entry)
    built = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    text = make_metainfo(
        (source / told).read_text(encoding="utf-8"),
        (own.root / "CHANGELOG.md").read_text(encoding="utf-8"),
        version_of(own.root),
        time.strftime("%Y-%m-%d", built),
        os.environ,
    )
    (share / "metainfo" / told).write_text(text, encoding="utf-8")


def _lay_icons(own: Checkout, icons: Path) -> None:
    drawings = own.root / "resources" / "icons"
    for drawing, folder, name in (
        ("penwright", "scalable", APPLICATION),
        ("penwright-symbolic", "symbolic", f"{APPLICATION}-symbolic"),
    ):
        (icons / folder / "apps").mkdir(parents=True)
        shutil.copyfile(drawings / f"{drawing}.svg", icons / folder / "apps" / f"{name}.svg")
    with tempfile.TemporaryDirectory() as folder:
        for size, picture in draw(own, drawings / "penwright.svg", Path(folder), ICON_SIZES).items():
            target = icons / f"{size}x{size}" / "apps" / f"{APPLICATION}.png"
            target.parent.mkdir(parents=True)
            target.write_bytes(picture)
