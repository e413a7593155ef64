"""Both halves of a split window are one desk: marks show in both, commands are for the one in hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage, QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from penwright.ui.editor.area import WritingArea
from penwright.ui.provisional import Provisional
from penwright.ui.split_view import SecondArea
from penwright.ui.typist import press, press_key
from rooms import Room

Key = Qt.Key
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
TEXT = "# One\n\nThe cat sat. It wrod 😀 here.\n\n## Two\n\nThe end of it. A wrod more."
_LONG = 20_000  # milliseconds


class Split:
    """A split window; the second half has the keys."""

    def __init__(self, room: Room) -> None:
        self.room, self.qtbot = room, room.qtbot
        self.window, self.seat = room.window, room.desk.seats[room.window]
        self.first = room.area
        self.first.load_text(TEXT)
        self.key(Key.Key_Backslash, CONTROL, self.window)
        assert isinstance(self.window.halves.second, SecondArea)
        self.second = self.window.halves.second
        self.qtbot.waitUntil(self.second.hasFocus)

    @property
    def provisional(self) -> Provisional:
        return self.seat.provisional

    def key(self, key: Qt.Key, held=Qt.KeyboardModifier.NoModifier, where=None) -> None:
        QTest.keyClick(where or self.second, key, held)

    def type(self, text: str, where: WritingArea | None = None) -> None:
        for letter in text:
            press(where or self.second, letter)

    def both(self, text: str) -> None:
        assert self.first.text() == self.second.text() == text


@pytest.fixture
def split(room: Room) -> Split:
    return Split(room)


def stretches(area: WritingArea, is_one: Callable[[QTextCharFormat], bool]) -> list[str]:
    """Return what is shown in a certain way, as Qt has it now."""
    found = []
    block = area.document().begin()
    while block.isValid():
        units = block.text().encode("utf-16-le")
        found += [
            units[2 * each.start : 2 * (each.start + each.length)].decode("utf-16-le")
            for each in block.layout().formats()
            if is_one(each.format)
        ]
        block = block.next()
    return found


def wrong(area: WritingArea) -> list[str]:
    wave = QTextCharFormat.UnderlineStyle.SpellCheckUnderline
    return stretches(area, lambda look: look.underlineStyle() == wave)


def hits(area: WritingArea) -> list[str]:
    return stretches(area, lambda look: look.background().color() == area.highlighter._hit)


def dimmed(area: WritingArea) -> str:
    return " ".join(stretches(area, lambda look: look.foreground().color() == area.highlighter._dim))


def test_what_is_found_shows_in_both_and_f3_goes_there_in_the_half_in_hand(split: Split) -> None:
    split.key(Key.Key_F, CONTROL, split.window)
    QTest.keyClicks(QApplication.focusWidget(), "the")
    split.qtbot.waitUntil(lambda: hits(split.first) == hits(split.second) == ["The", "The"])
    split.key(Key.Key_F3, where=split.window)
    assert split.second.textCursor().selectedText() == "The" and not split.first.textCursor().hasSelection()
    split.second.setFocus()
    split.key(Key.Key_Home, CONTROL)
    for letter in "a\nbc":
        split.type(letter)
        assert hits(split.first) == hits(split.second) == ["The", "The"], "they move with each key"
    split.type("the", split.first)
    assert hits(split.first) == hits(split.second) == ["The", "The"]
    split.key(Key.Key_H, CONTROL, split.window)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    assert split.second.hasFocus()
    split.qtbot.waitUntil(lambda: hits(split.first) == hits(split.second) == [])


def test_one_is_replaced_where_it_is_selected(split: Split) -> None:
    bar = split.seat.find_bar
    split.key(Key.Key_H, CONTROL, split.window)
    QTest.keyClicks(bar.field, "wrod")
    QTest.keyClicks(bar.replacement, "word")
    split.qtbot.waitUntil(lambda: len(bar.finder.hits) == 2)
    QTest.keyClick(bar.replacement, Key.Key_Return)
    QTest.keyClick(bar.replacement, Key.Key_Return)
    split.qtbot.waitUntil(lambda: split.second.text() == TEXT.replace("wrod", "word", 1))
    split.both(TEXT.replace("wrod", "word", 1))
    split.qtbot.waitUntil(lambda: split.second.textCursor().selectedText() == "wrod")
    bar.all.click()
    split.qtbot.waitUntil(lambda: split.second.text() == TEXT.replace("wrod", "word"))
    split.second.setFocus()
    split.key(Key.Key_Z, CONTROL)
    split.both(TEXT.replace("wrod", "word", 1))


def test_wrong_words_are_marked_in_both_and_mended_in_either(split: Split) -> None:
    split.qtbot.waitUntil(
        lambda: wrong(split.first) == wrong(split.second) == ["wrod", "wrod"], timeout=_LONG
    )
    split.key(Key.Key_F7, where=split.window)
    assert split.second.textCursor().selectedText() == "wrod" and not split.first.textCursor().hasSelection()
    split.key(Key.Key_Right)
    split.type("x")
    split.qtbot.waitUntil(lambda: wrong(split.first) == ["wrodx", "wrod"], timeout=_LONG)
    assert wrong(split.second) == ["wrod"], "what is being typed is left alone, where it is typed"
    split.key(Key.Key_Backspace)
    cursor = split.second.textCursor()
    cursor.setPosition(TEXT.index("wrod") + 1)
    point = split.second.cursorRect(cursor).center() + QPoint(2, 0)
    place = split.second.viewport().mapToGlobal(point)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, place)
    QApplication.sendEvent(split.second.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entries: dict[str, Callable[[], None]] = {}

    def known() -> bool:
        entries.update((each.text(), each.trigger) for each in menu.actions())
        return "word" in entries

    split.qtbot.waitUntil(known, timeout=_LONG)
    entries["word"]()
    menu.close()
    split.both(TEXT.replace("wrod", "word", 1))
    assert wrong(split.first) == ["wrod"]
    split.key(Key.Key_Z, CONTROL)
    split.both(TEXT)


def test_each_half_is_set_alike_and_has_its_own_focus(split: Split) -> None:
    split.key(Key.Key_Plus, CONTROL, split.window)
    split.window.commands["view.measure.56"].trigger()
    split.window.commands["view.typeface.sans"].trigger()
    assert split.first.zoom == split.second.zoom == 110
    assert split.first.measure == split.second.measure == 56
    assert split.first.typeface == split.second.typeface == "sans"
    for area in (split.first, split.second):
        shown = area.grab().toImage()
        paper = split.room.desk._themes.current.paper
        assert shown.pixelColor(shown.width() // 2, shown.height() - 20).name() == paper.lower()
    split.second.zoom_by(1)
    assert split.first.zoom == split.second.zoom == split.room.desk._settings.zoom == 125
    split.key(Key.Key_F, CONTROL | SHIFT, split.window)
    split.key(Key.Key_End, CONTROL)
    split.qtbot.waitUntil(lambda: "The end of it." in dimmed(split.second))
    split.qtbot.waitUntil(lambda: "more." in dimmed(split.first))
    assert "more." not in dimmed(split.second)
    split.key(Key.Key_T, CONTROL | SHIFT, split.window)
    heights = set()
    for letter in "\nLast\n\nwords\n" * 9:
        split.type(letter)
        heights.add(split.second.viewport().mapTo(split.second, split.second.cursorRect().center()).y())
    assert max(heights) - min(heights) <= 1
    split.key(Key.Key_Backslash, CONTROL, split.window)
    assert split.window.halves.second is None and split.first.hasFocus()
    assert split.first.textCursor().atEnd(), "the caret stays where it was written last"
    split.key(Key.Key_Backslash, CONTROL, split.window)
    again = split.window.halves.second
    assert again is not None and (again.zoom, again.measure, again.typeface) == (125, 56, "sans")
    split.qtbot.waitUntil(lambda: bool(dimmed(again)))


def test_both_halves_and_their_margins_go_dark_with_the_system(split: Split) -> None:
    themes = split.seat._shared.themes
    for theme in (themes._dark, themes._light):
        themes.current = theme
        themes.changed.emit(theme)
        shown = split.window.grab().toImage()
        middle = split.window.centralWidget().y() + 20
        for x in range(4, shown.width() - 20, 50):
            for y in (middle, shown.height() - 60):
                assert shown.pixelColor(x, y).name() == theme.paper.lower(), (x, y)


def test_headings_are_gone_to_and_moved_in_the_half_in_hand(split: Split) -> None:
    split.key(Key.Key_Down, CONTROL | ALT, split.window)
    assert split.second.textCursor().block().text() == "## Two"
    assert split.first.textCursor().position() == 0
    split.key(Key.Key_J, CONTROL, split.window)
    QTest.keyClicks(QApplication.focusWidget(), "one")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    assert split.second.hasFocus() and split.second.textCursor().block().text() == "# One"
    split.key(Key.Key_O, CONTROL | SHIFT, split.window)
    tree = split.seat.outline.tree
    assert tree.number(tree.currentItem()) == 0
    QTest.keyClick(tree, Key.Key_Down)
    QTest.keyClick(tree, Key.Key_Return)
    assert split.second.hasFocus() and split.second.textCursor().block().text() == "## Two"
    split.key(Key.Key_Left, CONTROL | ALT, split.window)
    split.both(TEXT.replace("## Two", "# Two"))
    split.key(Key.Key_Up, CONTROL | SHIFT, split.window)
    assert split.second.text().startswith("# Two\n") and split.second.textCursor().block().text() == "# Two"
    split.both(split.first.text())
    split.key(Key.Key_Z, CONTROL)
    split.key(Key.Key_Z, CONTROL)
    split.both(TEXT)


def test_rich_text_and_pictures_are_pasted_into_the_half_in_hand(split: Split, tmp_path: Path) -> None:
    data = QMimeData()
    data.setHtml("<p>a <b>bold</b> word</p>")
    QGuiApplication.clipboard().setMimeData(data)
    split.key(Key.Key_End, CONTROL)
    split.key(Key.Key_V, CONTROL)
    split.both(TEXT + "a **bold** word")
    split.key(Key.Key_Z, CONTROL)
    split.both(TEXT)
    path = tmp_path / "story.md"
    path.write_text("Words.", "utf-8")
    split.window.filing.discard()
    split.first.load_text("")
    split.window.filing.open(path)
    split.qtbot.waitUntil(lambda: split.second.text() == "Words.")
    picture = QImage(20, 10, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(picture)
    split.key(Key.Key_End, CONTROL)
    split.key(Key.Key_V, CONTROL)
    split.window.commands["view.split"].trigger()  # it goes while the picture is being saved
    split.qtbot.waitUntil(lambda: "![](" in split.first.text(), timeout=_LONG)
    assert split.first.text().startswith("Words.![]("), "it goes to where it was pasted"


def test_what_is_selected_counts_and_is_copied_where_the_caret_is(split: Split) -> None:
    split.first.selectAll()
    assert not split.window.commands["edit.copy"].isEnabled()
    split.key(Key.Key_Home, CONTROL)
    split.key(Key.Key_Right, SHIFT)
    assert split.window.commands["edit.copy"].isEnabled()
    split.window.commands["edit.copy"].trigger()
    assert QGuiApplication.clipboard().text() == "#"
    split.qtbot.waitUntil(lambda: "selected" in split.window.status_line.texts()[0])
    split.key(Key.Key_F6, where=split.window)
    assert split.first.hasFocus()
    split.window.commands["edit.copy"].trigger()
    assert QGuiApplication.clipboard().text() == TEXT


def test_a_suggestion_taken_in_the_second_is_a_step_of_its_own(split: Split) -> None:
    split.key(Key.Key_End, CONTROL)
    split.second.show_ghost(" And more.")
    split.second.insert_accepted(" And more.")
    assert split.second.textCursor().atEnd()
    split.type(" x")
    split.both(TEXT + " And more. x")
    split.key(Key.Key_Z, CONTROL)
    split.both(TEXT + " And more.")
    split.key(Key.Key_Z, CONTROL)
    split.both(TEXT)


def test_text_written_into_the_second_outlives_it(split: Split) -> None:
    split.key(Key.Key_End, CONTROL)
    press_key(split.second, Key.Key_Return, CONTROL | ALT)
    split.window.commands["write.go_on"].trigger()
    split.room.asked(1)
    split.room.engine.stream(" And so")
    split.qtbot.waitUntil(lambda: split.second.draft_text == " And so")
    assert split.first.draft_text == ""
    split.window.commands["view.split"].trigger()
    assert split.first.draft_text == " And so"
    split.room.engine.stream(" on.")
    split.room.engine.finish()
    split.qtbot.waitUntil(lambda: split.first.draft_text == " And so on." and not split.provisional.writing)
    split.window.commands["write.take"].trigger()
    assert split.first.text() == TEXT + " And so on."


@pytest.mark.parametrize("goes", [False, True])
def test_a_rewriting_is_of_what_is_selected_in_the_half_in_hand(split: Split, goes: bool) -> None:
    cursor = split.second.textCursor()
    cursor.setPosition(TEXT.index("A wrod") + 1)  # the emoji is two units
    cursor.movePosition(cursor.MoveOperation.End, cursor.MoveMode.KeepAnchor)
    split.second.setTextCursor(cursor)
    split.room.choose("fix-spelling")
    split.room.asked(1)
    split.room.answer("A word more.")
    split.room.reviewed()
    assert split.room.review.sheet.parentWidget().geometry() == split.second.geometry()
    assert split.room.review.sheet.window() is split.window
    if goes:
        split.window.commands["view.split"].trigger()
        assert split.room.review.sheet.isVisible() and split.room.review.active
    QTest.keyClick(split.room.review.sheet, Key.Key_Return)
    QTest.keyClick(split.room.review.sheet, Key.Key_Return)
    assert split.first.text() == TEXT.replace("A wrod", "A word")
    if not goes:
        split.both(TEXT.replace("A wrod", "A word"))
        assert split.second.hasFocus()
        split.key(Key.Key_Backslash, CONTROL, split.window)
    split.first.undo()
    split.room.choose("fix-spelling")  # the page is there for the next one, whichever half went
    split.room.asked(2)
    split.room.answer("A new text.")
    split.room.reviewed()
