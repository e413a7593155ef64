"""Pages for the command line, which has no window."""

from __future__ import annotations

import os
import sys

from PySide6.QtGui import QGuiApplication

from penwright.base.display import check_display
from penwright.base.errors import DisplayError
from penwright.formats.losses import Losses
from penwright.formats.model import Document
from penwright.formats.pictures import Pictures
from penwright.ui.pages.pdf import write_pdf


def draw_pdf(document: Document, pictures: Pictures, losses: Losses) -> bytes:
    """Return the document as PDF; no screen is needed. Raises DocumentError where it can't be drawn."""
    if QGuiApplication.instance() is not None:
        return write_pdf(document, pictures, losses)
    try:
        check_display(os.environ, sys.platform)
    except DisplayError:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication(["penwright"])
    try:
        return write_pdf(document, pictures, losses)
    finally:
        del application
