"""The command palette and the panels beside the sheet, with real keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from penwright.ui.commands import Place
from penwright.ui.palette import Entry, Palette
from penwright.ui.sides import Side
from penwright.ui.window import DeskWindow

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def opened(desk: DeskWindow, qtbot: QtBot) -> Palette:
    palette = Palette(desk, desk.commands, back_to=desk.halves)
    desk.show()
    qtbot.waitExposed(desk)
    desk.activateWindow()
    desk.area.setFocus()
    qtbot.waitUntil(desk.area.hasFocus)
    qtbot.keyClick(desk.area, Qt.Key.Key_P, CONTROL_SHIFT)
    qtbot.waitUntil(palette.field.hasFocus)
    return palette


def test_letters_narrow_and_enter_does_it(desk: DeskWindow, qtbot: QtBot) -> None:
    palette = opened(desk, qtbot)
    everything = palette.list.topLevelItemCount()
    qtbot.keyClicks(palette.field, "typeface sans")
    assert 0 < palette.list.topLevelItemCount() < everything
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isHidden()
    assert desk.area.hasFocus()
    assert desk.area.typeface == "sans"


def test_escape_goes_back_and_nothing_was_typed(desk: DeskWindow, qtbot: QtBot) -> None:
    palette = opened(desk, qtbot)
    qtbot.keyClicks(palette.field, "save")
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert desk.area.hasFocus()
    assert desk.area.text() == ""


def test_arrows_mark_and_what_was_done_comes_first(desk: DeskWindow, qtbot: QtBot) -> None:
    palette = opened(desk, qtbot)
    qtbot.keyClicks(palette.field, "zoom")
    first = palette.list.currentItem()
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    second = palette.list.currentItem()
    assert second is not None
    assert second is not first
    chosen = second.text(0)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert desk.area.zoom != 100
    qtbot.keyClick(desk.area, Qt.Key.Key_P, CONTROL_SHIFT)
    top = palette.list.topLevelItem(0)
    assert top is not None
    assert top.text(0) == chosen


def test_nothing_that_can_not_be_done_is_offered(desk: DeskWindow, qtbot: QtBot) -> None:
    palette = opened(desk, qtbot)
    assert not desk.commands["edit.undo"].isEnabled()
    qtbot.keyClicks(palette.field, "undo")
    assert palette.list.topLevelItemCount() == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)  # does nothing, and ends nothing


def test_others_can_add_what_is_no_command(desk: DeskWindow, qtbot: QtBot) -> None:
    done: list[str] = []
    palette = Palette(desk, desk.commands, back_to=desk.halves)
    palette.add_source(lambda: [Entry("News report", "style", lambda: done.append("news"))])
    desk.show()
    palette.open()
    qtbot.keyClicks(palette.field, "newsrep")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == ["news"]


def test_every_command_has_an_id_of_its_own(desk: DeskWindow) -> None:
    names = [action.objectName() for action in desk.commands.all()]
    assert len(names) == len(set(names))
    assert all(name.split(".")[0] in {place.value for place in Place} for name in names)


def test_a_panel_leaves_the_line_where_it_is(desk: DeskWindow, qtbot: QtBot) -> None:
    desk.resize(1600, 800)
    desk.show()
    qtbot.waitExposed(desk)
    qtbot.keyClicks(desk.area, "A line that is being written.")

    def caret() -> int:
        return desk.area.viewport().mapTo(desk, desk.area.cursorRect().topLeft()).x()

    before = caret()
    content = QLabel("Headings")
    content.setWindowTitle("Outline")
    desk.sides.show_panel(Side.LEFT, content)
    assert caret() == before
    desk.sides.hide_panel(Side.LEFT)
    assert caret() == before


def test_in_a_narrow_window_the_text_gives_way_and_is_not_covered(desk: DeskWindow, qtbot: QtBot) -> None:
    desk.resize(640, 420)
    desk.show()
    qtbot.waitExposed(desk)
    content = QLabel("Headings")
    content.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    desk.sides.show_panel(Side.LEFT, content)
    panel = content.parentWidget()
    assert panel is not None
    left = desk.area.viewport().mapTo(desk, desk.area.viewport().rect().topLeft()).x()
    assert left >= panel.width()
    assert desk.area.viewport().width() > 200
    qtbot.keyClick(content, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert desk.sides.shown(Side.LEFT) is None
