"""Pictures decoded no larger than a page can use, and never one that would fill the memory."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader

from penwright.formats.pictures import PictureFile

_MOST_PIXELS = 80_000_000  # of a picture in its file; 320 MB once it is decoded
_WIDEST = 2400  # pixels kept: a page's column at 360 dpi


def decoded(picture: PictureFile | None) -> tuple[QImage | None, str]:
    """Return the image, or None and the kind of loss. May be called on any thread."""
    if picture is None:
        return None, "picture_missing"
    if picture.kind == "svg":
        return None, "picture_kind"
    buffer = QBuffer()
    buffer.setData(QByteArray(picture.data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(picture.kind.encode()))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > _MOST_PIXELS:
        return None, "picture_large"
    if size.isValid() and size.width() > _WIDEST:
        reader.setScaledSize(QSize(_WIDEST, max(1, round(size.height() * _WIDEST / size.width()))))
    image = reader.read()
    return (image, "") if not image.isNull() else (None, "picture_missing")
