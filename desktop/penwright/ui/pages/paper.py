"""A text on paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter

from penwright.base.errors import DocumentError
from penwright.formats.losses import Losses, Note
from penwright.formats.markdown_in import read_markdown
from penwright.formats.pictures import Pictures
from penwright.ui.pages.paging import Pages, usual_layout


def print_text(text: str, place: Path | None, printer: QPrinter) -> tuple[Note, ...]:
    """Draw the pages that are wanted on a printer; return what could not be shown. Raises DocumentError."""
    losses = Losses()
    usual, chosen = usual_layout(), printer.pageLayout()
    layout = QPageLayout(
        chosen.pageSize(), chosen.orientation(), usual.margins(), QPageLayout.Unit.Millimeter
    )
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    pictures = Pictures(place.parent if place is not None else None)
    pages = Pages.of(read_markdown(text), pictures, losses, layout, printer)
    first, last = 0, pages.count - 1
    if printer.printRange() is QPrinter.PrintRange.PageRange:
        first, last = max(0, printer.fromPage() - 1), min(last, printer.toPage() - 1)
    painter = QPainter()
    if not painter.begin(printer):
        raise DocumentError("formats.no_printer")
    for number in range(first, last + 1):
        if number > first:
            printer.newPage()
        pages.draw(painter, number)
    painter.end()
    return losses.notes()
