"""Out to other formats and in from them, by the menu's own commands in the running program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.scripted import ScriptedEngine
from penwright.formats.docx_in import read_docx
from penwright.formats.docx_out import write_docx
from penwright.formats.losses import Losses
from penwright.formats.markdown_in import read_markdown
from penwright.formats.model import Picture, walk
from penwright.formats.pictures import Pictures
from penwright.ui.dialogs.export import ExportDialog
from penwright.ui.window import DeskWindow

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
TEXT = "# One\n\nShe came *home*.[^1]\n\n![a dot](dot.png)\n\n春天。\n\n[^1]: Late.\n"


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, catalogue: Catalogue) -> Iterator[Desk]:
    desk = Desk(
        qapp, Folders.under(tmp_path / "own"), catalogue, lambda listener: ScriptedEngine(listener, ())
    )
    yield desk
    desk.close()


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> DeskWindow:
    window = desk.open_window()
    desk.furnish()
    return ready(window, qtbot)


def ready(window: DeskWindow, qtbot: QtBot) -> DeskWindow:
    window.activateWindow()
    window.area.setFocus()
    qtbot.waitUntil(lambda: window.area.hasFocus() and not window.filing.busy)
    return window


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """Return a Word document with a picture in it."""
    (tmp_path / "dot.png").write_bytes(PNG)
    file = tmp_path / "letter.docx"
    file.write_bytes(write_docx(read_markdown(TEXT), Pictures(tmp_path), Losses()))
    (tmp_path / "dot.png").unlink()
    return file


@pytest.fixture
def text(tmp_path: Path, window: DeskWindow, qtbot: QtBot) -> Path:
    """Return a text that is open in the window."""
    (tmp_path / "dot.png").write_bytes(PNG)
    file = tmp_path / "story.md"
    file.write_text(TEXT, "utf-8")
    window.open_path(file)
    qtbot.waitUntil(lambda: not window.filing.busy)
    return file


def export(window: DeskWindow, qtbot: QtBot, row: int) -> ExportDialog:
    """Open the dialog and mark a format with the keys."""
    window.commands["file.export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    qtbot.waitExposed(dialog)
    dialog.kinds.setFocus()
    qtbot.keyClick(dialog.kinds, Qt.Key.Key_Home)
    for _ in range(row):
        qtbot.keyClick(dialog.kinds, Qt.Key.Key_Down)
    return dialog


def said(window: DeskWindow, qtbot: QtBot, words: str) -> str:
    qtbot.waitUntil(lambda: words in window.notice.text, timeout=20_000)
    return window.notice.text


def test_opening_a_word_document_begins_a_new_text(window: DeskWindow, qtbot: QtBot, letter: Path) -> None:
    before = letter.read_bytes()
    window.open_path(letter)
    words = said(window, qtbot, "brought in")
    assert "letter.docx" in words
    assert window.filing.name == "letter.md"
    assert window.area.document().isModified(), "it lies nowhere yet"
    assert not letter.with_suffix(".md").exists()
    (picture,) = (
        piece for piece in walk(read_markdown(window.area.text()).blocks) if isinstance(piece, Picture)
    )
    assert (letter.parent / picture.target).read_bytes() == PNG
    assert letter.read_bytes() == before
    window.filing.save()
    qtbot.waitUntil(lambda: not window.filing.busy)
    assert letter.with_suffix(".md").read_text("utf-8") == window.area.text()


def test_a_name_that_is_taken_is_left_alone(window: DeskWindow, qtbot: QtBot, letter: Path) -> None:
    letter.with_suffix(".md").write_text("precious", "utf-8")
    window.open_path(letter)
    said(window, qtbot, "brought in")
    assert window.filing.name == "letter 2.md"


def test_importing_beside_a_text_takes_a_window_of_its_own(
    desk: Desk, window: DeskWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<h1>A</h1><p>b <b>c</b></p>", "utf-8")
    qtbot.keyClicks(window.area, "mine")
    monkeypatch.setattr(window.asking, "import_path", lambda _parent, _folder: page)
    window.commands["file.import"].trigger()
    (other,) = (each for each in desk.seats if each is not window)
    qtbot.waitUntil(lambda: not other.filing.busy)
    assert other.area.text() == "# A\n\nb **c**\n"
    assert window.area.text() == "mine"


def test_a_broken_document_is_told_and_nothing_changes(
    window: DeskWindow, qtbot: QtBot, letter: Path
) -> None:
    letter.write_bytes(letter.read_bytes()[:400])
    window.open_path(letter)
    assert "damaged" in said(window, qtbot, "letter.docx")
    assert window.filing.untouched


def test_exporting_by_the_keys(window: DeskWindow, qtbot: QtBot, text: Path) -> None:
    dialog = export(window, qtbot, 0)
    assert dialog.target == text.with_suffix(".docx")
    qtbot.keyClick(dialog.kinds, Qt.Key.Key_Return)
    said(window, qtbot, "Exported to story.docx")
    back = read_docx(text.with_suffix(".docx").read_bytes(), "x", Losses())
    assert back.blocks[0] == read_markdown(TEXT).blocks[0]
    assert text.read_text("utf-8") == TEXT


def test_pdf_is_made_while_the_writer_goes_on(window: DeskWindow, qtbot: QtBot, text: Path) -> None:
    window.area.insertPlainText("Typed before. ")
    dialog = export(window, qtbot, 3)
    assert dialog.target.suffix == ".pdf"
    dialog.export.click()
    qtbot.keyClicks(window.area, "Typed after. ")
    said(window, qtbot, "Exported to story.pdf")
    words = "".join(page.extract_text() for page in PdfReader(text.with_suffix(".pdf")).pages)
    assert "Typed before." in words
    assert "Typed after." not in words
    assert "春天" in words


def test_losses_are_said(window: DeskWindow, qtbot: QtBot, text: Path) -> None:
    export(window, qtbot, 5).export.click()
    assert "emphasis" in said(window, qtbot, "Exported to story.txt")


def test_the_text_itself_is_never_written_over(window: DeskWindow, qtbot: QtBot, text: Path) -> None:
    dialog = export(window, qtbot, 6)
    assert not dialog.export.isEnabled()
    assert "the text itself" in dialog.warning.text()
    qtbot.keyClick(dialog.kinds, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.path.setText(str(text.with_name("copy.md")))
    assert dialog.export.isEnabled()
    text.with_name("there.md").write_text("x", "utf-8")
    dialog.path.setText(str(text.with_name("there.md")))
    assert "replaced" in dialog.warning.text()
    dialog.reject()


def test_a_folder_that_is_gone_is_told(window: DeskWindow, qtbot: QtBot, text: Path) -> None:
    dialog = export(window, qtbot, 4)
    dialog.path.setText(str(text.parent / "none" / "a.html"))
    dialog.export.click()
    assert "Nothing has been changed" in said(window, qtbot, "folder")
