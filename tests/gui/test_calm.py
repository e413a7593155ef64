"""Focus, typewriter scrolling, size, measure, font and full screen, with real keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QCursor, QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.storage.settings import Settings
from penwright.ui.calm import Calm
from penwright.ui.editor.area import WritingArea
from penwright.ui.focus import OFF, PARAGRAPH, SENTENCE, Focus
from penwright.ui.palette import Palette
from penwright.ui.typewriter import Typewriter
from penwright.ui.typist import press
from penwright.ui.window import DeskWindow

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Put = Callable[[str], None]


def bright(area: WritingArea) -> list[str]:
    """Return the parts of each paragraph that are not dimmed, those without any left out."""
    parts = []
    dim = area.highlighter._dim
    block = area.document().firstBlock()
    while block.isValid():
        units = block.text().encode("utf-16-le")
        kept = bytearray(units)
        for entry in block.layout().formats():
            if entry.format.foreground().color() == dim:
                kept[2 * entry.start : 2 * (entry.start + entry.length)] = b"\0\0" * entry.length
        text = kept.decode("utf-16-le", "replace").replace("\0", "")
        if text:
            parts.append(text)
        block = block.next()
    return parts


@pytest.fixture
def focus(area: WritingArea) -> Focus:
    area.highlighter.set_colours(*(QColor(red, 1, 1) for red in (1, 200, 2, 3, 4)))
    return Focus(area, area)


def test_a_sentence_stays_bright(area: WritingArea, focus: Focus, put: Put, qtbot: QtBot) -> None:
    put("One 😀 two. Three| four. Five.\n\nSix. Seven.")
    focus.set_kind(SENTENCE)
    qtbot.waitUntil(lambda: bright(area) == ["Three four."])
    QTest.keyClick(area, Key.Key_Home)
    assert bright(area) == ["One 😀 two."]
    QTest.keyClick(area, Key.Key_End, CONTROL)
    assert bright(area) == ["Seven."]
    for letter in " A new one":
        press(area, letter)
    assert bright(area) == ["A new one"]
    press(area, "\n")
    press(area, "B")
    assert bright(area) == ["B"]
    area.undo()
    focus.set_kind(OFF)
    qtbot.waitUntil(lambda: "Six. Seven." in " ".join(bright(area)))


def test_a_paragraph_stays_bright(area: WritingArea, focus: Focus, put: Put, qtbot: QtBot) -> None:
    put("One. Two.\nThree. |Four.\n走吧。天黑了。")
    focus.set_kind(PARAGRAPH)
    qtbot.waitUntil(lambda: bright(area) == ["Three. Four."])
    QTest.keyClick(area, Key.Key_Down)
    assert bright(area) == ["走吧。天黑了。"]
    QTest.keyClick(area, Key.Key_Up, SHIFT)
    assert bright(area) == ["Three. Four.", "走吧。天黑了。"], "a selection is bright as a whole"


def test_the_ghost_is_left_alone(area: WritingArea, focus: Focus, put: Put, qtbot: QtBot) -> None:
    put("One. Two| three. Four.")
    focus.set_kind(SENTENCE)
    qtbot.waitUntil(lambda: bright(area) == ["Two three."])
    area.show_ghost(" and a half")
    block = area.document().firstBlock()
    ghost = [r for r in block.layout().formats() if r.start == 8]
    assert ghost[-1].format.foreground().color() != area.highlighter._dim
    press(area, "!")
    assert area.text() == "One. Two! three. Four."
    assert bright(area) == ["Two! three."], "a mark that a small letter follows ends nothing"


def test_everything_selected_costs_little(area: WritingArea, focus: Focus, put: Put, qtbot: QtBot) -> None:
    put("|" + "One two. Three.\n" * 2000)
    focus.set_kind(SENTENCE)
    area.selectAll()
    qtbot.waitUntil(lambda: bright(area)[0] == "One two. Three.")
    QTest.keyClick(area, Key.Key_Left)
    qtbot.waitUntil(lambda: bright(area)[0] == "One two.")


def caret_y(area: WritingArea) -> int:
    return area.viewport().mapTo(area, area.cursorRect().center()).y()


@pytest.fixture
def typewriter(area: WritingArea) -> Typewriter:
    return Typewriter(area, area)


def test_the_line_stays_where_it_is(
    area: WritingArea, typewriter: Typewriter, put: Put, qtbot: QtBot
) -> None:
    put("|")
    typewriter.set_on(True)
    wanted = caret_y(area)
    assert abs(wanted - 0.42 * area.height()) < area.sheet_layout.line
    heights = set()
    for letter in "Some words that are long enough to go over the line's end. " * 12 + "\n\nx\n" * 12:
        press(area, letter)
        heights.add(caret_y(area))
    for _ in range(40):
        QTest.keyClick(area, Key.Key_Up)
        heights.add(caret_y(area))
    assert max(heights) - min(heights) <= 1
    QTest.keyClick(area, Key.Key_Home, CONTROL)
    assert abs(caret_y(area) - wanted) <= 1
    area.resize(700, 700)
    qtbot.waitUntil(lambda: abs(caret_y(area) - wanted - 0.42 * 200) <= 2)
    typewriter.set_on(False)
    assert area.viewportMargins().top() == 0 and area.cursorRect().top() >= 40


def test_the_mouse_does_not_scroll(area: WritingArea, typewriter: Typewriter, put: Put) -> None:
    put("|" + "line\n" * 100)
    typewriter.set_on(True)
    QTest.keyClick(area, Key.Key_End, CONTROL)
    before = area.verticalScrollBar().value()
    where = area.cursorRect().center() - QPoint(0, 2 * area.sheet_layout.line)
    QTest.mousePress(area.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert area.verticalScrollBar().value() == before
    QTest.mouseRelease(area.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert area.textCursor().blockNumber() < 100


@pytest.fixture
def settings() -> list[Settings]:
    return [Settings()]


@pytest.fixture
def calm(desk: DeskWindow, settings: list[Settings]) -> Calm:
    palette = Palette(desk, desk.commands, back_to=desk.halves)

    def wish(**changes: object) -> None:
        settings.append(replace(settings[-1], **changes))
        calm.follow(settings[-1])

    calm = Calm(desk, desk.halves, desk.commands, palette, wish)
    calm.follow(settings[-1])
    return calm


def test_what_is_chosen_is_kept(calm: Calm, desk: DeskWindow, settings: list[Settings]) -> None:
    desk.area.load_text("One. Two.")
    QTest.keyClick(desk, Key.Key_F, CONTROL | SHIFT)
    assert settings[-1].focus == calm.focus.kind == SENTENCE
    desk.commands["view.focus.paragraph"].trigger()
    QTest.keyClick(desk, Key.Key_F, CONTROL | SHIFT)
    assert calm.focus.kind == OFF
    QTest.keyClick(desk, Key.Key_F, CONTROL | SHIFT)
    assert calm.focus.kind == PARAGRAPH, "the last kind comes back"
    QTest.keyClick(desk, Key.Key_T, CONTROL | SHIFT)
    assert settings[-1].typewriter and calm.typewriter.on
    QTest.keyClick(desk, Key.Key_Plus, CONTROL)
    assert settings[-1].zoom == desk.area.zoom == 110
    desk.commands["view.measure.56"].trigger()
    assert settings[-1].measure == desk.area.measure == 56
    calm.follow(replace(settings[-1], measure=7, zoom=5))
    assert (desk.area.measure, desk.area.zoom) == (40, 60), "what no window could show is not taken literally"


def test_a_font_is_found_by_its_letters(calm: Calm, desk: DeskWindow, settings: list[Settings]) -> None:
    family = next(one for one in QFontDatabase.families() if QFontDatabase.isSmoothlyScalable(one))
    desk.commands["view.font"].trigger()
    QTest.keyClicks(QApplication.focusWidget(), family)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    assert settings[-1].font == family and desk.area.font().families()[0] == family
    calm.follow(replace(settings[-1], font="No Such Font"))
    assert "No Such Font" not in desk.area.font().families()


def test_full_screen_has_menus_only_when_called(calm: Calm, desk: DeskWindow, qtbot: QtBot) -> None:
    QCursor.setPos(desk.mapToGlobal(QPoint(200, 300)))
    QTest.keyClick(desk, Key.Key_F11)
    qtbot.waitUntil(lambda: desk.isFullScreen() and desk.menuBar().height() == 0)
    QTest.keyClick(desk, Key.Key_F, CONTROL | SHIFT)
    assert calm.focus.kind == SENTENCE, "keys of commands work without their menus"
    QCursor.setPos(desk.mapToGlobal(QPoint(200, 1)))
    qtbot.waitUntil(lambda: desk.menuBar().height() > 10)
    QCursor.setPos(desk.mapToGlobal(QPoint(200, 300)))
    qtbot.waitUntil(lambda: desk.menuBar().height() == 0)
    QTest.keyClick(desk, Key.Key_F11)
    qtbot.waitUntil(lambda: not desk.isFullScreen() and desk.menuBar().height() > 10)
