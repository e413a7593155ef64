"""A document as PDF, its fonts embedded, its links and its outline alive."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QPainter, QPdfWriter

from penwright import __version__
from penwright.base.errors import DocumentError
from penwright.formats.losses import Losses
from penwright.formats.model import Document
from penwright.formats.pdf_finish import finished
from penwright.formats.pictures import Pictures
from penwright.ui.pages.paging import Pages, usual_layout

_DOTS = 600  # an inch


def write_pdf(document: Document, pictures: Pictures, losses: Losses) -> bytes:
    """Return the file's bytes. May be called on any thread once there is a Qt application."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS)
    writer.setCreator(f"Penwright {__version__}")
    writer.setPageLayout(usual_layout())
    writer.setPageMargins(writer.pageLayout().margins())
    pages = Pages.of(document, pictures, losses, usual_layout(), writer)
    painter = QPainter()
    if not painter.begin(writer):
        raise DocumentError("formats.no_pages")
    # The device's origin lies within its margins; ours is the paper's corner.
    inside = writer.pageLayout().paintRectPixels(_DOTS).topLeft()
    painter.translate(-inside)
    for number in range(pages.count):
        if number:
            writer.newPage()
        pages.draw(painter, number)
    painter.end()
    buffer.close()
    return finished(bytes(data.data()), document, pages.outline())
