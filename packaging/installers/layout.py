"""The installed files on Linux: a tree that .deb, .rpm, the archive and the AppDir are made from."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment
from devtools.console import StepError
from installers.names import APPLICATION
from installers.packages import SCRIPTS

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)  # pixels; those that desktops look for in hicolor

_DRAW = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
application = QGuiApplication(["icons"])
drawing = QSvgRenderer(sys.argv[1])
for size in map(int, sys.argv[4:]):
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    target = Path(sys.argv[2]) / f"{size}x{size}" / "apps" / f"{sys.argv[3]}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    assert image.save(str(target))
"""


def lay_out(own: Checkout, bundle: Path, records: Path, tree: Path, *, stamp: str, glibc: str) -> None:
    """Make `tree` with usr/ in it: the program, its command, desktop entry, icons, and what it is made of.

    records: the folder with the licences and the bill of materials. stamp: a line that only this build has.
    glibc: the oldest that the program starts with.
    """
    shutil.rmtree(tree, ignore_errors=True)
    usr = tree / "usr"
    shutil.copytree(bundle, usr / "lib" / "penwright", symlinks=True)
    write_launcher(usr, stamp, glibc)
    source, share = own.root / "packaging" / "linux" / "desktop", usr / "share"
    for folder, name in (
        ("applications", f"{APPLICATION}.desktop"),
        ("metainfo", f"{APPLICATION}.metainfo.xml"),
    ):
        (share / folder).mkdir(parents=True)
        shutil.copyfile(source / name, share / folder / name)
    drawing = own.root / "resources" / "icons" / "penwright.svg"
    icons = share / "icons" / "hicolor"
    (icons / "scalable" / "apps").mkdir(parents=True)
    shutil.copyfile(drawing, icons / "scalable" / "apps" / f"{APPLICATION}.svg")
    _draw_icons(own, drawing, icons)
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


def _draw_icons(own: Checkout, drawing: Path, icons: Path) -> None:
    sizes = [str(size) for size in ICON_SIZES]
    command = [str(own.python), "-c", _DRAW, str(drawing), str(icons), APPLICATION, *sizes]
    environment = {**quiet_environment(), "QT_QPA_PLATFORM": "offscreen"}
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        raise StepError("The icons could not be drawn.")
