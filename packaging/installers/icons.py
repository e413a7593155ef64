"""The icon in the files that systems want, from the one drawing: .ico for Windows, .icns for macOS."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment
from devtools.console import StepError

# Pixels; those in which Windows asks for icons, at 100 to 250 %.
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)
# Apple's names of PNGs by their pixels; some sizes are both a small one's double and one of their own.
_ICNS_NAMES = {
    16: (b"icp4",),
    32: (b"icp5", b"ic11"),
    64: (b"ic12",),
    128: (b"ic07",),
    256: (b"ic08", b"ic13"),
    512: (b"ic09", b"ic14"),
    1024: (b"ic10",),
}
_SMALL = 32  # pixels
_DRAW = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
application = QGuiApplication(["icons"])
drawing = QSvgRenderer(sys.argv[1])
for size in map(int, sys.argv[3:]):
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    assert image.save(str(Path(sys.argv[2]) / f"{size}.png"))
"""


def draw(own: Checkout, drawing: Path, folder: Path, sizes: Sequence[int]) -> dict[int, bytes]:
    """Draw an SVG into `folder`/SIZE.png with the bundle's own Qt; return the PNGs. Raises StepError.

    Small sizes come of the drawing beside it that ends in -small: few lines, on whole pixels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    small = drawing.with_stem(f"{drawing.stem}-small")
    environment = {**quiet_environment(), "QT_QPA_PLATFORM": "offscreen"}
    for source, of_it in (
        (small, [size for size in sizes if size <= _SMALL]),
        (drawing, [size for size in sizes if size > _SMALL]),
    ):
        command = [str(own.python), "-c", _DRAW, str(source), str(folder), *map(str, of_it)]
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            raise StepError("The icons could not be drawn.")
    return {size: (folder / f"{size}.png").read_bytes() for size in sizes}


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """Return an .ico of PNGs by their size in pixels, 256 at most (Windows Vista and newer read such)."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + 16 * len(pictures)
    entries, bodies = b"", b""
    for size, picture in sorted(pictures.items()):
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), at + len(bodies))
        bodies += picture
    return head + entries + bodies


def icns(pictures: Mapping[int, bytes]) -> bytes:
    """Return an .icns of PNGs by their size in pixels. Raises KeyError for other sizes than ICNS_SIZES."""
    body = b"".join(
        name + struct.pack(">I", len(picture) + 8) + picture
        for size, picture in sorted(pictures.items())
        for name in _ICNS_NAMES[size]
    )
    return b"icns" + struct.pack(">I", len(body) + 8) + body
