"""The sheet's measure, lines, caret and formats."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.layout import LINE_HEIGHT
from penwright.ui.editor.sheet import MEASURE
from penwright.ui.typeface import SANS, SERIF, chosen, mean_width

Put = Callable[[str], None]
TEXT = (
    "# A heading\nOne line of English, *then* another: "
    + "and more of it " * 30
    + "\n\n中文和日本語かな、混ざる English 文。😀" * 8
)


def _at(area: WritingArea, position: int) -> QTextCursor:
    cursor = QTextCursor(area.document())
    cursor.setPosition(position)
    return cursor


@pytest.mark.parametrize("zoom", [100, 200])
@pytest.mark.parametrize("face", [SERIF, SANS])
def test_caret_and_hit_testing_agree(area: WritingArea, zoom: int, face: str) -> None:
    area.resize(900, 1600)
    area.set_zoom(zoom)
    area.set_typeface(face)
    area.load_text(TEXT)
    checked = 0
    for position in range(0, area.document().characterCount() - 1, 3):
        cursor = _at(area, position)
        point = area.cursorRect(cursor).center()
        if not area.viewport().rect().contains(point):
            continue
        if not area.document().findBlock(position).layout().isValidCursorPosition(cursor.positionInBlock()):
            continue
        assert area.cursorForPosition(point).position() == position
        checked += 1
    assert checked > 60


@pytest.mark.parametrize("below", range(0, 52, 4))
def test_a_click_between_two_lines_goes_to_the_nearer(area: WritingArea, below: int) -> None:
    area.load_text("and more of it " * 30)
    line = area.sheet_layout.line
    top = area.cursorRect(_at(area, 0)).center().y() - line // 2 + 1
    QTest.mouseClick(area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, top + below))
    block = area.textCursor().block()
    hit = block.layout().lineForTextPosition(area.textCursor().position()).lineNumber()
    assert hit == below // line
    assert area.cursorRect().left() == pytest.approx(150, abs=10)


def test_lines_stand_evenly_whatever_the_script(area: WritingArea) -> None:
    area.load_text(TEXT)
    assert area.sheet_layout.line == round(17 * LINE_HEIGHT)
    block = area.document().firstBlock()
    while block.isValid():
        area.sheet_layout.blockBoundingRect(block)
        layout = block.layout()
        lines = [layout.lineAt(number) for number in range(layout.lineCount())]
        baselines = [line.y() + line.ascent() for line in lines]
        steps = {round(b - a, 3) for a, b in pairwise(baselines)}
        assert steps <= {area.sheet_layout.line}
        block = block.next()
    assert not area.document().isModified()


def test_paragraphs_are_half_a_line_apart(area: WritingArea) -> None:
    area.load_text("One\nTwo\n\nThree")
    tops = [area.cursorRect(_at(area, p)).top() for p in (0, 4, 8, 9)]
    line = area.sheet_layout.line
    assert [b - a for a, b in pairwise(tops)] == [line + 13, line + 13, line]


def test_room_above_and_below(qtbot: QtBot, area: WritingArea) -> None:
    area.load_text("Text.\n" * 200)
    assert area.cursorRect(_at(area, 0)).top() >= 48
    bar = area.verticalScrollBar()
    bar.setValue(bar.maximum())
    last = area.cursorRect(_at(area, area.document().characterCount() - 1))
    assert last.bottom() < area.viewport().height() * 0.75


def test_the_line_being_written_keeps_room_below(area: WritingArea) -> None:
    for _ in range(60):
        QTest.keyClick(area, Qt.Key.Key_Return)
        assert area.cursorRect().bottom() + 2 * area.sheet_layout.line <= area.viewport().height() + 1


@pytest.mark.parametrize("width", [760, 1200, 2400])
@pytest.mark.parametrize("zoom", [80, 100])
def test_the_measure_is_the_same_at_any_width(qtbot: QtBot, area: WritingArea, width: int, zoom: int) -> None:
    area.set_zoom(zoom)
    area.resize(width, 500)
    inner = area.viewport().width() - 2 * area.document().documentMargin()
    assert MEASURE <= inner / mean_width(area.font()) < MEASURE + 2
    left, right = area.viewport().x(), area.width() - area.viewport().x() - area.viewport().width()
    assert abs(left - right) <= 1
    area.load_text("Text.\n" * 200)  # a scroll bar comes
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    assert area.viewport().x() == left


def test_a_narrow_window_keeps_a_margin(area: WritingArea) -> None:
    area.set_zoom(200)
    area.resize(640, 420)
    assert area.viewport().x() == 24
    assert area.viewport().width() >= 640 - 48 - 20


def test_zoom_goes_in_steps_and_stops(area: WritingArea) -> None:
    told: list[int] = []
    area.zoomed.connect(told.append)
    area.zoom_by(1)
    area.zoom_by(-2)
    area.set_zoom(1000)
    area.zoom_by(1)
    area.set_zoom(100)
    assert told == [110, 90, 300, 100]
    assert area.font().pixelSize() == 17


def test_the_caret_has_the_accent(area: WritingArea, put: Put, light) -> None:
    put("|")
    area.grab()
    image = area.viewport().grab().toImage()
    rect = area.cursorRect()
    assert image.pixelColor(rect.left(), rect.center().y()).name() == light.accent


def test_families_come_by_liking() -> None:
    installed = ["DejaVu Serif", "Georgia", "Noto Serif CJK SC", "DejaVu Sans"]
    assert chosen(SERIF, installed) == ["Georgia", "Noto Serif CJK SC"]
    assert chosen(SANS, installed) == ["DejaVu Sans", "Noto Serif CJK SC"]
    assert chosen(SERIF, []) == ["serif"]


@pytest.mark.parametrize(
    ("text", "bold", "slanted"),
    [
        ("# All of it", ["# All of it"], []),
        ("#no heading", [], []),
        ("a **strong** b __too__", ["strong", "too"], []),
        ("an *em* and _it_ snake_case_name 2 * 3 * 4", [], ["em", "it"]),
        ("`**code**` **b**", ["b"], []),
        ("> quoted *more*", [], ["quoted *more*"]),
        ("😀 **𠮷x** *中*", ["𠮷x"], ["中"]),
        ("* item\n** no", [], []),
        ("**both *of* them**", ["both *of* them"], ["of"]),
    ],
)
def test_markdown_formats(area: WritingArea, text: str, bold: list[str], slanted: list[str]) -> None:
    area.load_text(text)
    block = area.document().firstBlock()
    encoded = block.text().encode("utf-16-le")

    def dressed(wanted: Callable[..., bool]) -> list[str]:
        cells = [False] * (len(encoded) // 2)
        for r in block.layout().formats():
            if wanted(r.format):
                cells[r.start : r.start + r.length] = [True] * r.length
        found, start = [], None
        for number, cell in enumerate([*cells, False]):
            if cell and start is None:
                start = number
            elif not cell and start is not None:
                found.append(encoded[2 * start : 2 * number].decode("utf-16-le"))
                start = None
        return found

    assert dressed(lambda f: f.fontWeight() == 700) == bold
    assert dressed(lambda f: f.fontItalic()) == slanted


def test_a_long_text_gets_formats_as_it_is_seen(qtbot: QtBot, area: WritingArea) -> None:
    area.load_text("A **strong** word.\n" * 3000)
    first, last = area.document().firstBlock(), area.document().lastBlock().previous()
    assert first.layout().formats()
    assert not last.layout().formats()
    bar = area.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: bool(last.layout().formats()))
    assert area.revision == 0
    assert not area.document().isModified()


def test_points_beyond_the_viewport_are_left_to_qt(area: WritingArea) -> None:
    area.load_text("One\n" * 100)
    assert area._settled(QPointF(10, 5000))() == QPointF(10, 5000)
