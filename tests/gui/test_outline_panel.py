"""The outline: going to headings and moving sections, with real keys and real drags."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from penwright.core.outline import moved, neighbour
from penwright.ui.outline_panel import Outline
from penwright.ui.palette import Palette
from penwright.ui.sides import Side
from penwright.ui.typist import press
from penwright.ui.window import DeskWindow

Key = Qt.Key
Drop = QAbstractItemView.DropIndicatorPosition
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
TEXT = "before\n\n# One 😀\na\n\n## Below\nb\n\n# Two\nc\n\n# Three\nd"


@pytest.fixture
def outline(desk: DeskWindow, qtbot: QtBot) -> Outline:
    palette = Palette(desk, desk.commands, back_to=desk.halves)
    outline = Outline(desk.halves, desk.sides, desk.commands, palette)
    desk.area.load_text(TEXT)
    QTest.keyClick(desk, Key.Key_O, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: shown(outline) == ["One 😀", "  Below", "Two", "Three"])
    return outline


def shown(outline: Outline) -> list[str]:
    """Return what the tree shows, from top to bottom."""
    tree, lines = outline.tree, []
    item = tree.topLevelItem(0)
    while item is not None:
        depth, above = 0, item.parent()
        while above is not None:
            depth, above = depth + 1, above.parent()
        lines.append("  " * depth + item.text(0))
        item = tree.itemBelow(item)
    return lines


def caret_line(desk: DeskWindow) -> str:
    return desk.area.textCursor().block().text()


def drop(outline: Outline, number: int, to: int | None) -> None:
    """Drop a heading on another one, or below all of them."""
    tree = outline.tree
    tree.mark(number)
    point = QPoint(20, tree.viewport().height() - 2)
    if to is not None:
        point = tree.visualItemRect(tree._items[to]).center()
    tree.dropEvent(
        QDropEvent(
            point,
            Qt.DropAction.MoveAction,
            tree.mimeData([tree._items[number]]),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def test_it_follows_the_text_and_the_caret(outline: Outline, desk: DeskWindow, qtbot: QtBot) -> None:
    desk.area.setFocus()
    desk.area.moveCursor(desk.area.textCursor().MoveOperation.End)
    assert outline.tree.currentItem().text(0) == "Three"
    for letter in "\n\n## New":
        press(desk.area, letter)
    qtbot.waitUntil(lambda: shown(outline)[-1] == "  New")
    assert outline.tree.currentItem().text(0) == "New"
    desk.area.load_text("nothing")
    qtbot.waitUntil(outline.tree.isHidden)
    assert "#" in outline._hint.text() and not outline._hint.isHidden()


def test_keys_choose_a_heading_and_go_there(outline: Outline, desk: DeskWindow, qtbot: QtBot) -> None:
    assert outline.tree.hasFocus() and outline.tree.currentItem() is None, "the caret is before all of them"
    QTest.keyClick(outline.tree, Key.Key_Home)
    QTest.keyClick(outline.tree, Key.Key_Down)
    QTest.keyClick(outline.tree, Key.Key_Return)
    assert caret_line(desk) == "## Below" and desk.area.hasFocus()
    QTest.keyClick(desk, Key.Key_Down, CONTROL | ALT)
    assert caret_line(desk) == "# Two"
    QTest.keyClick(desk, Key.Key_Up, CONTROL | ALT)
    QTest.keyClick(desk, Key.Key_Up, CONTROL | ALT)
    assert caret_line(desk) == "# One 😀"
    rect = outline.tree.visualItemRect(outline.tree._items[3])
    QTest.mouseClick(outline.tree.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert caret_line(desk) == "# Three"


def test_a_heading_is_found_by_its_letters(outline: Outline, desk: DeskWindow) -> None:
    desk.area.setFocus()
    QTest.keyClick(desk, Key.Key_J, CONTROL)
    field = QApplication.focusWidget()
    assert field.placeholderText() == "Which heading?"
    QTest.keyClicks(field, "tw")
    QTest.keyClick(field, Key.Key_Return)
    assert caret_line(desk) == "# Two" and desk.area.hasFocus()


def test_a_section_moves_as_one_step(outline: Outline, desk: DeskWindow) -> None:
    desk.area.setFocus()
    desk.area.moveCursor(desk.area.textCursor().MoveOperation.End)
    QTest.keyClicks(desk.area, "one")
    QTest.keyClick(desk, Key.Key_Up, CONTROL | SHIFT)
    after = "before\n\n# One 😀\na\n\n## Below\nb\n\n# Three\ndone\n\n# Two\nc\n"
    assert desk.area.text() == after
    assert caret_line(desk) == "done", "the caret stays in its words"
    assert outline.tree.currentItem().text(0) == "Three"
    QTest.keyClicks(desk.area, "!")
    desk.area.undo()
    assert desk.area.text() == after, "letters typed next to it are a step of their own"
    desk.area.undo()
    assert desk.area.text() == TEXT + "one"
    desk.area.redo()
    assert desk.area.text() == after


def test_the_panel_has_the_same_keys(outline: Outline, desk: DeskWindow) -> None:
    outline.tree.mark(0)
    QTest.keyClick(outline.tree, Key.Key_Down, ALT)
    assert shown(outline) == ["Two", "One 😀", "  Below", "Three"]
    assert outline.tree.currentItem().text(0) == "One 😀" and outline.tree.hasFocus()
    QTest.keyClick(outline.tree, Key.Key_Right, ALT)
    assert shown(outline) == ["Two", "  One 😀", "    Below", "Three"]
    QTest.keyClick(outline.tree, Key.Key_Left, ALT)
    QTest.keyClick(outline.tree, Key.Key_Left, ALT)
    assert shown(outline) == ["Two", "One 😀", "  Below", "Three"], "no heading is above the first level"


@pytest.mark.parametrize(
    ("number", "to", "order"),
    [
        (3, 0, ["One 😀", "  Below", "Three", "Two"]),
        (0, None, ["Two", "Three", "One 😀", "  Below"]),
        (0, 3, ["Two", "Three", "One 😀", "  Below"]),
        (0, 1, ["One 😀", "  Below", "Two", "Three"]),
    ],
)
def test_dropping(outline: Outline, desk: DeskWindow, number, to, order) -> None:
    drop(outline, number, to)
    assert shown(outline) == order
    assert desk.area.text().startswith("before\n")
    desk.area.undo()
    assert desk.area.text() == TEXT


def test_where_a_drop_goes(outline: Outline) -> None:
    tree = outline.tree
    first, below, last = (tree._items[number] for number in (0, 1, 3))
    assert tree.target(first, Drop.AboveItem) == 0
    assert tree.target(first, Drop.BelowItem) == 1
    assert tree.target(first, Drop.OnItem) == tree.target(below, Drop.OnItem) == 2
    assert tree.target(last, Drop.BelowItem) is tree.target(last, Drop.OnItem) is None
    assert tree.target(None, Drop.OnViewport) is tree.target(first, Drop.OnViewport) is None


def test_a_strange_drop_moves_nothing(outline: Outline, desk: DeskWindow) -> None:
    outline.tree.setCurrentItem(None)
    none = Qt.KeyboardModifier.NoModifier
    outline.tree.dropEvent(
        QDropEvent(QPoint(2, 2), Qt.DropAction.MoveAction, QMimeData(), Qt.MouseButton.LeftButton, none)
    )
    desk.area.setReadOnly(True)
    outline.move_section(0, None)
    outline.move_section(9, None)
    assert desk.area.text() == TEXT


def test_random_moves_are_those_of_the_rules(outline: Outline, desk: DeskWindow) -> None:
    choice = random.Random(4)
    area = desk.area
    for _ in range(60):
        lines = [choice.choice(["# a", "## b", "### c", "text 😀", "", "𠮷"]) for _ in range(12)]
        area.load_text("\n".join(lines))
        headings = area.passages.headings
        if not headings:
            continue
        number, step = choice.randrange(len(headings)), choice.choice((-1, 1))
        move = neighbour(headings, number, step, len(lines))
        outline._move(number, step, 0)
        assert area.text().split("\n") == (moved(lines, move) if move else lines)
        if move:
            area.undo()
            assert area.text().split("\n") == lines


def test_it_opens_where_the_caret_is(outline: Outline, desk: DeskWindow) -> None:
    outline.go_to(1)
    for _ in range(2):
        QTest.keyClick(desk, Key.Key_O, CONTROL | SHIFT)
    assert outline.tree.currentItem().text(0) == "Below"


def test_it_closes_and_gives_the_keys_back(outline: Outline, desk: DeskWindow) -> None:
    QTest.keyClick(outline.tree, Key.Key_Escape)
    assert desk.sides.shown(Side.LEFT) is None and desk.area.hasFocus()
