"""Pasting rich text, pictures and plain letters, with the real keys."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penwright.base.catalogue import Catalogue
from penwright.base.paths import resources
from penwright.ui.pasting import Pasting
from penwright.ui.typist import press
from penwright.ui.window import DeskWindow

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def place(tmp_path: Path) -> list[Path | None]:
    return [tmp_path / "ferry.md"]


@pytest.fixture
def pasting(desk: DeskWindow, place: list[Path | None], qtbot: QtBot) -> Iterator[Pasting]:
    pasting = Pasting(
        halves=desk.halves,
        commands=desk.commands,
        catalogue=Catalogue(resources() / "i18n"),
        path=lambda: place[-1],
        say=desk.show_notice,
        parent=desk,
    )
    yield pasting
    pasting.wait()
    qtbot.waitUntil(lambda: not pasting.busy)


def clip(html: str = "", text: str = "", image: QImage | None = None, files: tuple[Path, ...] = ()) -> None:
    data = QMimeData()
    if html:
        data.setHtml(html)
    if text:
        data.setText(text)
    if image is not None:
        data.setImageData(image)
    if files:
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    QGuiApplication.clipboard().setMimeData(data)


def a_picture() -> QImage:
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return image


def paste(desk: DeskWindow, *, plain: bool = False) -> None:
    QTest.keyClick(desk.area, Key.Key_V, CONTROL | SHIFT if plain else CONTROL)


def test_rich_text_becomes_markdown(pasting: Pasting, desk: DeskWindow) -> None:
    clip("<p>One <b>two</b></p><ul><li>three</li></ul>", "One two\n• three")
    press(desk.area, "x")
    paste(desk)
    assert desk.area.text() == "xOne **two**\n\n- three"
    desk.area.undo()
    assert desk.area.text() == "x"
    paste(desk, plain=True)
    assert desk.area.text() == "xOne two\n• three"


def test_letters_without_meaning_stay_as_they_are(pasting: Pasting, desk: DeskWindow) -> None:
    clip('<span style="color:red">a * b_c</span>', "a * b_c")
    paste(desk)
    assert desk.area.text() == "a * b_c"


def test_code_stays_code(pasting: Pasting, desk: DeskWindow) -> None:
    desk.area.load_text("```\n\n```")
    QTest.keyClick(desk.area, Key.Key_Down)
    clip("<pre><b>def</b> f</pre>", "def f")
    paste(desk)
    assert desk.area.text() == "```\ndef f\n```"


def test_our_own_letters_come_back_exactly(pasting: Pasting, desk: DeskWindow) -> None:
    text = "# A\u00a0b *c*\n- 😀\n\n\tcode"
    desk.area.load_text(text)
    desk.area.selectAll()
    QTest.keyClick(desk.area, Key.Key_C, CONTROL)
    QTest.keyClick(desk.area, Key.Key_End, CONTROL)
    paste(desk)
    assert desk.area.text() == text * 2


def test_much_markup_is_read_beside_the_keys(pasting: Pasting, desk: DeskWindow, qtbot: QtBot) -> None:
    clip("<p>long <i>words</i></p>" * 4000, "plain")
    press(desk.area, "a")
    paste(desk)
    assert desk.area.text() == "a" and pasting.busy
    press(desk.area, "b")
    qtbot.waitUntil(lambda: not pasting.busy)
    assert desk.area.text().startswith("along *words*\n\nlong") and desk.area.text().endswith("*words*b")


def test_a_picture_is_saved_beside_the_text(
    pasting: Pasting, desk: DeskWindow, place: list[Path | None], qtbot: QtBot
) -> None:
    clip(image=a_picture())
    paste(desk)
    qtbot.waitUntil(lambda: desk.area.text() == "![](ferry-1.png)")
    assert QImage(str(place[-1].with_name("ferry-1.png"))).size() == a_picture().size()
    clip("<img src='https://x.org/a.png'>", "https://x.org/a.png", a_picture())
    paste(desk)
    qtbot.waitUntil(lambda: desk.area.text() == "![](ferry-1.png)![](ferry-2.png)")
    clip("<p>words <img src='a.png'></p>", "words", a_picture())
    paste(desk)
    assert desk.area.text().endswith("words ![](a.png)"), "a program may draw its words too"


def test_files_of_pictures_are_brought_along(
    pasting: Pasting, desk: DeskWindow, place: list[Path | None], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "home" / "pics").mkdir(parents=True)
    place.append(tmp_path / "home" / "ferry.md")
    inside, outside = tmp_path / "home" / "pics" / "a b.png", tmp_path / "far.JPG"
    for path in (inside, outside):
        a_picture().save(str(path))
    clip(files=(inside, outside))
    paste(desk)
    qtbot.waitUntil(lambda: not pasting.busy)
    assert desk.area.text() == "![](<pics/a b.png>)\n\n![](ferry-1.jpg)"
    assert (tmp_path / "home" / "ferry-1.jpg").read_bytes() == outside.read_bytes()


def test_what_cannot_be_is_told(
    pasting: Pasting, desk: DeskWindow, place: list[Path | None], qtbot: QtBot, tmp_path: Path
) -> None:
    place.append(None)
    clip(image=a_picture())
    paste(desk)
    assert "Save your text first" in desk.notice.text
    place.append(tmp_path / "gone" / "ferry.md")
    paste(desk)
    qtbot.waitUntil(lambda: "gone" in desk.notice.text)
    assert desk.area.text() == ""


def test_a_program_that_copied_and_cut_ends_without_a_fault() -> None:
    script = (
        "from PySide6.QtWidgets import QApplication\n"
        "from penwright.ui.editor.area import WritingArea\n"
        "app = QApplication([])\n"
        "area = WritingArea()\n"
        "area.load_text('some text')\n"
        "area.selectAll()\n"
        "area.copy()\n"
        "area.cut()\n"
        "app.processEvents()\n"
        "assert app.clipboard().text() == 'some text'\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0
