"""Pages: what lies on them, their preview that follows the text, and paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.scripted import ScriptedEngine
from penwright.formats.losses import Losses
from penwright.formats.markdown_in import read_markdown
from penwright.formats.pictures import Pictures
from penwright.ui.pages.paging import Pages, usual_layout
from penwright.ui.pages.paper import print_text
from penwright.ui.pages.pdf import write_pdf
from penwright.ui.pages.preview import Preview
from penwright.ui.window import DeskWindow

WORDS = "She put the lamp on the sill and waited until the road was dark and nobody came along it. " * 4


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[DeskWindow]:
    desk = Desk(
        qapp, Folders.under(tmp_path / "own"), catalogue, lambda listener: ScriptedEngine(listener, ())
    )
    window = desk.open_window()
    desk.furnish()
    window.activateWindow()
    window.area.setFocus()
    qtbot.waitUntil(window.area.hasFocus)
    yield window
    desk.close()


def pdf(text: str) -> PdfReader:
    import io

    return PdfReader(io.BytesIO(write_pdf(read_markdown(text), Pictures(), Losses())))


def words_of(page) -> str:
    return " ".join(page.extract_text().split())


def pages_of(text: str) -> Pages:
    device = QImage(1, 1, QImage.Format.Format_RGB32)
    device.setDotsPerMeterX(23622)
    device.setDotsPerMeterY(23622)
    return Pages.of(read_markdown(text), Pictures(), Losses(), usual_layout(), device)


def test_no_heading_stands_alone_at_a_pages_end(qapp: QApplication) -> None:
    for paragraphs in range(6, 12):
        text = "# A\n\n" + f"{WORDS}\n\n" * paragraphs + "## Lonely\n\n### Lonelier\n\n" + f"{WORDS}\n\n" * 3
        pages = pages_of(text)
        place = {entry.words: entry.page for entry in pages.outline()}
        block = pages.text.begin()
        while block.isValid() and block.text() != "Lonelier":
            block = block.next()
        assert place["Lonely"] == place["Lonelier"] == pages._page(block.next()), paragraphs


def test_every_word_is_on_one_page_and_on_one_alone(qapp: QApplication) -> None:
    marks = [f"word{number}x" for number in range(60)]
    reader = pdf("\n\n".join(f"{mark} {WORDS[:200]}" for mark in marks))
    assert len(reader.pages) > 2
    text = " ".join(words_of(page) for page in reader.pages)
    assert all(text.count(mark) == 1 for mark in marks)
    assert [words_of(page).split()[-1] for page in reader.pages] == [
        str(number) for number in range(1, len(reader.pages) + 1)
    ]


def test_fonts_are_embedded_and_links_and_outline_live(qapp: QApplication) -> None:
    text = "# One\n\nA [link](https://example.org) and [there](#二).[^1]\n\n## 二\n\n"
    reader = pdf(f"{text}灯里长门\n\n[^1]: Note.\n")
    page = reader.pages[0]
    for font in page["/Resources"]["/Font"].values():
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3", "/FontFile"} & set(descriptor), "embedded"
    words = words_of(page)
    assert all(letter in words for letter in "灯里长门"), "words, not the radicals that look like them"
    links = [each.get_object() for each in page["/Annots"]]
    assert any(link.get("/A", {}).get("/URI") == "https://example.org" for link in links)
    assert sum("/Dest" in link or "/D" in link.get("/A", {}) for link in links) == 3, "heading, note and back"
    assert reader.outline[0].title == "One"
    assert reader.outline[1][0].title == "二"


def test_a_preview_follows_the_text(window: DeskWindow, qtbot: QtBot) -> None:
    window.area.insertPlainText("# One\n\nA word.\n")
    window.commands["file.preview"].trigger()
    preview = window.findChild(Preview)
    assert preview is not None
    qtbot.waitUntil(lambda: preview.view.count == 1 and not preview.busy, timeout=20_000)
    assert preview.state.text() == "Page 1 of 1"
    window.area.insertPlainText(f"{WORDS}\n\n" * 30)
    qtbot.waitUntil(lambda: preview.view.count > 1 and not preview.busy, timeout=20_000)
    preview.view.setFocus()
    qtbot.keyClick(preview.view, Qt.Key.Key_End)
    assert preview.state.text() == f"Page {preview.view.count} of {preview.view.count}"
    qtbot.keyClick(preview.view, "-")
    window.commands["file.preview"].trigger()
    assert window.findChildren(Preview) == [preview], "one for each window"
    qtbot.keyClick(preview.view, Qt.Key.Key_Home)
    preview.view.viewport().repaint()
    qtbot.waitUntil(lambda: preview.view.complete, timeout=20_000)
    shown = preview.view.viewport().grab().toImage()
    inks = {shown.pixelColor(x, y).lightness() < 120 for x in range(shown.width()) for y in range(50, 400, 3)}
    assert True in inks, "words are seen"
    qtbot.keyClick(preview, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(Preview) is None)


def test_a_preview_closes_with_its_window_while_it_works(window: DeskWindow, qtbot: QtBot) -> None:
    window.area.insertPlainText(f"{WORDS}\n\n" * 200)
    window.commands["file.preview"].trigger()
    window.discard()


def test_paper(qapp: QApplication, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    printer.setPageLayout(usual_layout())
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 3)
    text = "\n\n".join(f"word{number}x {WORDS}" for number in range(60))
    notes = print_text(f"{text}\n\n![gone](gone.png)\n", None, printer)
    assert notes == (("formats.lost.picture_missing", {"count": 1}),)
    reader = PdfReader(tmp_path / "paper.pdf")
    assert len(reader.pages) == 2
    assert words_of(reader.pages[0]).split()[-1] == "2"
    assert "word0x" not in words_of(reader.pages[0])


def test_printing_asks_for_a_printer_beside_the_text(window: DeskWindow, qtbot: QtBot) -> None:
    window.area.insertPlainText("A word.\n")
    window.commands["file.print"].trigger()
    dialog = window.findChild(QPrintDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()
