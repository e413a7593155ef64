"""Markdown while it is written: what keys mean in lists, what becomes curly, what is shown as what."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penwright.core.typography import MARKS
from penwright.storage.settings import Settings, declarations
from penwright.ui.editor.area import WritingArea
from penwright.ui.quotes import Quotes
from penwright.ui.typist import press

Key = Qt.Key
Put = Callable[[str], None]


def type_keys(area: WritingArea, text: str) -> None:
    for letter in text:
        press(area, letter)


def formats(area: WritingArea, number: int) -> list[tuple[int, int, bool, bool]]:
    """Return start, length, bold and slanted of each format in a paragraph."""
    ranges = area.document().findBlockByNumber(number).layout().formats()
    return [(r.start, r.length, r.format.fontWeight() > 500, r.format.fontItalic()) for r in ranges]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("- one\ntwo\n\nend", "- one\n- two\nend"),
        ("9. nine\nten", "9. nine\n10. ten"),
        ("> said\nand\n\nend", "> said\n> and\nend"),
        ("- [x] done\nnext", "- [x] done\n- [ ] next"),
        ("- one\n- two\n- three", "- one\n- two\n- three"),
        ("1. one\n2. two\n\nend", "1. one\n2. two\nend"),
        ("- one\n* two", "- one\n- * two"),
        ("- one\n- - deep", "- one\n- - deep"),
        ("plain\nplain", "plain\nplain"),
        ("- 😀\n𠮷", "- 😀\n- 𠮷"),
        ("```\n- code\n", "```\n- code\n"),
    ],
)
def test_lists_and_quotes_go_on(area: WritingArea, keys: str, text: str) -> None:
    type_keys(area, keys)
    assert area.text() == text


def test_enter_in_a_list_is_one_step_to_undo(area: WritingArea, put: Put) -> None:
    put("- 😀 one| two")
    QTest.keyClick(area, Key.Key_Return)
    assert area.text() == "- 😀 one\n- two"
    area.undo()
    assert area.text() == "- 😀 one two"


def test_tab_and_back_tab_move_an_item(area: WritingArea, put: Put) -> None:
    put("1. one\n2. two|")
    QTest.keyClick(area, Key.Key_Tab)
    assert area.text() == "1. one\n   1. two"
    QTest.keyClick(area, Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert area.text() == "1. one\n2. two"
    assert area.hasFocus()


def test_tab_takes_the_ghost_where_one_shows(area: WritingArea, put: Put, record) -> None:
    put("- one\n- two|")
    area.show_ghost(" more")
    record.since()
    QTest.keyClick(area, Key.Key_Tab)
    assert record.since() == ["take all"]
    assert area.text() == "- one\n- two"


def test_tab_is_a_tab_elsewhere(area: WritingArea, put: Put) -> None:
    put("plain|")
    QTest.keyClick(area, Key.Key_Tab)
    assert area.text() == "plain\t"


def test_quotes_are_curly_only_when_that_is_wanted(area: WritingArea) -> None:
    type_keys(area, '"a"')
    area.markdown_keys.language = "en"
    type_keys(area, ' "b"--c')
    assert area.text() == '"a" “b”–c'


def test_backspace_right_after_takes_the_plain_one_back(area: WritingArea) -> None:
    area.markdown_keys.language = "en"
    type_keys(area, "a--")
    QTest.keyClick(area, Key.Key_Backspace)
    assert area.text() == "a--"
    QTest.keyClick(area, Key.Key_Backspace)
    assert area.text() == "a-"


def test_a_fence_changes_what_follows_and_only_then(area: WritingArea, put: Put, qtbot: QtBot) -> None:
    put("``|\n*a*\n# B")
    assert formats(area, 1)[1] == (1, 1, False, True)
    type_keys(area, "`")
    qtbot.waitUntil(lambda: formats(area, 2) == [(0, 3, False, False)])
    QTest.keyClick(area, Key.Key_Backspace)
    qtbot.waitUntil(lambda: formats(area, 2)[-1][2])


def test_a_loaded_text_knows_its_headings_at_once(area: WritingArea, qtbot: QtBot) -> None:
    with qtbot.waitSignal(area.passages.headings_changed):
        area.load_text("# One\n\n## Two")
    assert [heading.title for heading in area.passages.headings] == ["One", "Two"]
    with qtbot.waitSignal(area.passages.headings_changed):
        type_keys(area, "#")
    assert [heading.level for heading in area.passages.headings] == [2, 2]


def test_a_long_text_is_formatted_as_it_is_seen(area: WritingArea, qtbot: QtBot) -> None:
    area.load_text("*a*\n" * 3000)
    assert formats(area, 0) and not formats(area, 2500)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: bool(formats(area, 2995)))


def test_the_language_of_quotes_is_chosen(desk, qtbot: QtBot) -> None:
    def wish(**changes) -> None:
        quotes.follow(replace(Settings(), **changes))

    quotes = Quotes(desk.halves, desk.commands, wish, desk)
    declared = next(each for each in declarations() if each.name == "quotes")
    assert set(quotes._kinds) == {"off", *MARKS} == set(declared.choices)
    desk.commands["write.quotes.de"].trigger()
    type_keys(desk.area, '"ja"')
    desk.commands["write.quotes.off"].trigger()
    type_keys(desk.area, '"')
    assert desk.area.text() == '„ja“"'
