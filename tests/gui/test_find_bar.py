"""Finding and replacing, with real keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penwright.ui.find_bar import FindBar
from penwright.ui.typist import press
from penwright.ui.window import DeskWindow

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
TEXT = "The house 😀 and the House.\n\nA houseboat."


@pytest.fixture
def bar(desk: DeskWindow, sentences, qtbot: QtBot) -> Iterator[FindBar]:
    bar = FindBar(desk.halves, desk.commands, sentences)
    desk.foot.addWidget(bar)
    desk.area.load_text(TEXT)
    yield bar
    bar.finder.wait()
    qtbot.waitUntil(lambda: not bar.finder.busy, timeout=30_000)


def look(bar: FindBar, qtbot: QtBot, words: str) -> None:
    QTest.keyClick(bar.window(), Key.Key_F, CONTROL)
    qtbot.waitUntil(bar.field.hasFocus)
    QTest.keyClicks(bar.field, words)
    qtbot.waitUntil(lambda: not bar.finder.busy, timeout=30_000)


def selected(desk: DeskWindow) -> tuple[int, str]:
    cursor = desk.area.textCursor()
    return cursor.selectionStart(), cursor.selectedText()


def marked(desk: DeskWindow, number: int) -> list[tuple[int, int]]:
    block = desk.area.document().findBlockByNumber(number)
    ranges = block.layout().formats()
    return [(r.start, r.length) for r in ranges if r.format.background().style() != Qt.BrushStyle.NoBrush]


def test_finding_goes_round(bar: FindBar, desk: DeskWindow, qtbot: QtBot) -> None:
    look(bar, qtbot, "house")
    assert bar.told.text() == "3 found"
    seen = []
    for _ in range(4):
        QTest.keyClick(bar.field, Key.Key_Return)
        seen.append(selected(desk))
    assert seen == [(4, "house"), (21, "House"), (31, "house"), (4, "house")]
    QTest.keyClick(bar.field, Key.Key_Return, SHIFT)
    assert selected(desk) == (31, "house")
    assert bar.told.text() == "3 of 3"
    QTest.keyClick(bar.field, Key.Key_Escape)
    assert bar.isHidden() and desk.area.hasFocus()
    QTest.keyClick(desk.area, Key.Key_F3)
    qtbot.waitUntil(lambda: not bar.finder.busy and selected(desk) == (4, "house"))


def test_hits_are_marked_and_stay_at_their_words(bar: FindBar, desk: DeskWindow, qtbot: QtBot) -> None:
    look(bar, qtbot, "house")
    qtbot.waitUntil(lambda: marked(desk, 0) == [(4, 5), (21, 5)])
    cursor = QTextCursor(desk.area.document())
    cursor.insertText("xx ")
    assert marked(desk, 0) == [(7, 5), (24, 5)], "before the text is searched anew"
    qtbot.waitUntil(lambda: not bar.finder.busy, timeout=30_000)
    assert marked(desk, 0) == [(7, 5), (24, 5)]
    bar.close_bar()
    qtbot.waitUntil(lambda: marked(desk, 0) == [])


def test_marks_leave_the_ghost_alone(bar: FindBar, desk: DeskWindow, qtbot: QtBot) -> None:
    look(bar, qtbot, "house")
    desk.area.setFocus()
    cursor = desk.area.textCursor()
    cursor.setPosition(9)
    desk.area.setTextCursor(cursor)
    desk.area.show_ghost(" of cards")
    block = desk.area.document().firstBlock()
    ghost = next(r for r in block.layout().formats() if r.start == 9)
    assert ghost.format.background().style() == Qt.BrushStyle.NoBrush
    assert marked(desk, 0) == [(4, 4), (21 + 10, 5)]


def test_options_narrow(bar: FindBar, desk: DeskWindow, qtbot: QtBot) -> None:
    look(bar, qtbot, "house")
    bar.whole.click()
    qtbot.waitUntil(lambda: not bar.finder.busy and len(bar.finder.hits) == 2)
    bar.case.click()
    qtbot.waitUntil(lambda: not bar.finder.busy and len(bar.finder.hits) == 1)


def test_a_wrong_pattern_is_told_and_a_hostile_one_holds_up_nobody(
    bar: FindBar, desk: DeskWindow, qtbot: QtBot, sentences
) -> None:
    bar._catalogue = sentences
    sentences.sentence = lambda error: error.key
    look(bar, qtbot, "(")
    bar.expression.click()
    qtbot.waitUntil(lambda: bar.told.text() == "find.bad_pattern")
    desk.area.load_text("a" * 5000 + "!")
    bar.field.setText("(a|aa)+$")
    meanwhile = 0
    while not bar.finder.trouble or bar.finder.trouble.key != "find.too_long":
        if bar.finder.busy:
            press(desk.area, "b")
            meanwhile += 1
        qtbot.wait(10)
        if meanwhile > 20:  # each key has the text searched anew; now a search has its time
            qtbot.waitUntil(lambda: not bar.finder.busy, timeout=30_000)
    assert meanwhile > 20, "the search alone would take for ever, and no key waited for it"
    assert desk.area.text() == "b" * meanwhile + "a" * 5000 + "!"


def test_replacing_all_is_one_step(bar: FindBar, desk: DeskWindow, qtbot: QtBot) -> None:
    QTest.keyClick(desk, Key.Key_H, CONTROL)
    QTest.keyClicks(bar.field, "house")
    QTest.keyClicks(bar.replacement, "home")
    qtbot.waitUntil(lambda: not bar.finder.busy and len(bar.finder.hits) == 3)
    assert bar.all.text() == "Replace All 3"
    with qtbot.waitSignal(bar.finder.replaced) as told:
        bar.all.click()
    assert told.args == [3]
    assert desk.area.text() == "The home 😀 and the home.\n\nA homeboat."
    desk.area.undo()
    assert desk.area.text() == TEXT


def test_replacing_one_goes_on(bar: FindBar, desk: DeskWindow, qtbot: QtBot) -> None:
    QTest.keyClick(desk, Key.Key_H, CONTROL)
    bar.expression.click()
    QTest.keyClicks(bar.field, "h(o)use")
    QTest.keyClicks(bar.replacement, r"\1!")
    qtbot.waitUntil(lambda: not bar.finder.busy and len(bar.finder.hits) == 3)
    QTest.keyClick(bar.replacement, Key.Key_Return)
    assert selected(desk) == (4, "house")
    QTest.keyClick(bar.replacement, Key.Key_Return)
    qtbot.waitUntil(lambda: selected(desk)[1] == "House")
    assert desk.area.text().startswith("The o! 😀 and the House")


def test_thousands_are_replaced_at_once(bar: FindBar, desk: DeskWindow, qtbot: QtBot) -> None:
    text = "A 😀 house.\n" * 5000
    desk.area.load_text(text)
    look(bar, qtbot, "house")
    qtbot.waitUntil(lambda: not bar.finder.busy and len(bar.finder.hits) == 5000)
    with qtbot.waitSignal(bar.finder.replaced):
        bar.finder.replace_all("𠮷")
    assert desk.area.text() == text.replace("house", "𠮷")
    desk.area.undo()
    assert desk.area.text() == text


def test_what_is_looked_for_during_a_replacement_is_found(
    bar: FindBar, desk: DeskWindow, qtbot: QtBot
) -> None:
    look(bar, qtbot, "boat")
    desk.area.load_text("No such word here. A house.")
    with qtbot.waitSignal(bar.finder.replaced):
        bar.finder.replace_all("x")
        bar.field.setText("house")
    qtbot.waitUntil(lambda: not bar.finder.busy and len(bar.finder.hits) == 1)
