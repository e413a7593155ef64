"""The ghost stands on the sheet, and nowhere else."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from penwright.core.snapshot import Edit
from penwright.storage.documents import Documents
from penwright.ui.editor.area import WritingArea

Put = Callable[[str], None]
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    "marked",
    ["The old |house", "|", "One.\n|\nThree.", "# Head **bold|** x", "end|", "a\u00a0b|\u2028c", "😀|中文"],
)
def test_it_never_reaches_text_undo_or_file(area: WritingArea, put: Put, record, tmp_path, marked) -> None:
    put(marked)
    real = marked.replace("|", "")
    revision = area.revision
    record.since()
    area.show_ghost(" ghost\nand more")
    assert area.ghost_text == " ghost\nand more"
    assert area.text() == real
    assert "ghost" not in area.toPlainText()
    assert "ghost" not in area.document().toRawText()
    assert not area.document().isModified()
    assert not area.document().isUndoAvailable()
    snapshot = area.snapshot()
    assert snapshot.before + snapshot.after == real
    Documents().save(tmp_path / "a.txt", area.text(), None)
    assert (tmp_path / "a.txt").read_bytes() == real.encode()
    area.show_ghost("another")
    area.hide_ghost()
    assert area.ghost_text == ""
    assert (area.text(), area.revision) == (real, revision)
    assert record.since() == []
    assert not area.document().isModified()


@pytest.mark.parametrize(
    ("key", "modifiers", "expected"),
    [
        (Key.Key_Delete, CTRL, "One the |cat sat\nlast"),
        (Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "One the |fat cat sat\nlast".replace("fat", "at")),
        (Key.Key_End, Qt.KeyboardModifier.NoModifier, "One the fat cat sat|\nlast"),
        (Key.Key_Down, Qt.KeyboardModifier.NoModifier, "One the fat cat sat\nlast|"),
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, "One the f|at cat sat\nlast"),
        (Key.Key_Home, Qt.KeyboardModifier.NoModifier, "|One the fat cat sat\nlast"),
        (Key.Key_Left, CTRL, "One |the fat cat sat\nlast"),
    ],
)
def test_keys_act_on_the_real_text_only(area: WritingArea, put: Put, key, modifiers, expected) -> None:
    put("One the |fat cat sat\nlast")
    area.show_ghost("ghostly and the other")
    QTest.keyClick(area, key, modifiers)
    position = area.textCursor().position()
    assert area.text()[:position] + "|" + area.text()[position:] == expected
    assert area.ghost_text == ""


def test_keys_mean_what_they_mean_without_a_ghost(area: WritingArea, put: Put, record) -> None:
    put("One |two three")
    record.since()
    QTest.keyClick(area, Key.Key_Right, CTRL)
    assert area.textCursor().position() == 8
    QTest.keyClick(area, Key.Key_Tab)
    assert area.text() == "One two \tthree"
    QTest.keyClick(area, Key.Key_Escape)
    assert record.since() == ["strayed", "typed"]


def test_keys_of_a_ghost_are_told_and_change_nothing(area: WritingArea, put: Put, record) -> None:
    put("One |two")
    record.since()
    area.show_ghost("and ")
    for key, modifiers, said in (
        (Key.Key_Tab, Qt.KeyboardModifier.NoModifier, "take all"),
        (Key.Key_Right, CTRL, "take word"),
        (Key.Key_Down, CTRL, "take sentence"),
    ):
        QTest.keyClick(area, key, modifiers)
        assert record.since() == [said]
        assert area.ghost_text == "and "
    QTest.keyClick(area, Key.Key_Escape)
    assert record.since() == ["dismissed"]
    assert area.ghost_text == ""
    QTest.keyClick(area, Key.Key_Space, CTRL)
    assert record.since() == ["asked"]
    assert area.text() == "One two"


def test_a_key_that_moves_nothing_leaves_the_ghost(area: WritingArea, put: Put, record) -> None:
    put("One two|")
    record.since()
    area.show_ghost(" three")
    QTest.keyClick(area, Key.Key_Shift)
    QTest.keyClick(area, Key.Key_Right)
    assert area.ghost_text == " three"
    assert record.since() == []


def test_typing_through_paints_no_frame_without_ghost(qtbot: QtBot, area: WritingArea, put: Put) -> None:
    put("One |")
    rest = "two three"
    painted: list[str] = []

    def go_on(edit: Edit) -> None:
        nonlocal rest
        assert edit is Edit.TYPED
        assert area.ghost_text == ""
        rest = rest[1:]
        area.show_ghost(rest)

    area.edited.connect(go_on)
    area.updateRequest.connect(lambda *_: None)
    area.show_ghost(rest)
    area.ghost_painted.connect(lambda _at: painted.append(area.ghost_text))
    qtbot.waitUntil(lambda: painted == ["two three"])
    for letter in "two":
        QTest.keyClick(area, letter)
        qtbot.waitUntil(lambda: painted[-1] == area.ghost_text)
    assert painted == ["two three", "wo three", "o three", " three"]
    assert area.text() == "One two"


@pytest.mark.parametrize("offset", range(0, 20, 3))
def test_click_right_of_the_ghost_lands_right(area: WritingArea, put: Put, record, offset: int) -> None:
    put("One |two three four five six")
    area.show_ghost("ghost ")
    plain = area.cursorRect()
    # where the letter stands while the ghost shows
    block = area.textCursor().block()
    line = block.layout().lineAt(0)
    x = line.cursorToX(4 + 1 + len("ghost ") + offset)[0]
    record.since()
    QTest.mouseClick(
        area.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(round(x + area.contentOffset().x()), plain.center().y()),
    )
    assert area.textCursor().position() == 4 + offset
    assert area.ghost_text == ("ghost " if offset == 0 else "")
    assert set(record.since()) == ({"strayed"} if offset else set())


def test_click_on_the_ghost_goes_to_the_caret(area: WritingArea, put: Put) -> None:
    put("One |two three")
    area.show_ghost("ghost letters ")
    line = area.textCursor().block().layout().lineAt(0)
    x = line.cursorToX(4 + 8)[0]
    QTest.mouseClick(
        area.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(round(x), area.cursorRect().center().y()),
    )
    assert area.textCursor().position() == 4
    assert area.text() == "One two three"


def test_selecting_hides_it_and_a_selection_keeps_it_away(area: WritingArea, put: Put, record) -> None:
    put("One |two three")
    area.show_ghost("ghost ")
    record.since()
    QTest.keyClick(area, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert record.since() == ["strayed"]
    area.show_ghost("ghost ")
    assert area.ghost_text == ""
    put("One |two three")
    area.show_ghost("ghost ")
    area.selectAll()
    assert area.ghost_text == ""
    assert area.textCursor().selectedText() == "One two three"


def test_focus_lost_hides_it(qtbot: QtBot, light) -> None:
    desk = QWidget()
    qtbot.addWidget(desk)
    area, other = WritingArea(), QLineEdit()
    column = QVBoxLayout(desk)
    column.addWidget(area)
    column.addWidget(other)
    desk.show()
    desk.activateWindow()
    area.setFocus()
    qtbot.waitUntil(area.hasFocus)
    said: list[str] = []
    area.strayed.connect(lambda: said.append("strayed"))
    area.show_ghost("ghost")
    other.setFocus()
    assert area.ghost_text == ""
    assert said == ["strayed"]
    area.show_ghost("ghost")
    assert area.ghost_text == ""


@pytest.mark.parametrize("where", ["before", "same", "after", "joined", "split", "all"])
def test_changes_by_other_code_take_it_away(area: WritingArea, put: Put, record, where: str) -> None:
    put("First one.\nSecond **on|e**.\nThird.")
    area.show_ghost(" ghost")
    record.since()
    revision = area.revision
    cursor = QTextCursor(area.document())
    start = {"before": 0, "same": 12, "after": 28, "joined": 10, "split": 14, "all": 0}[where]
    cursor.setPosition(start)
    if where == "joined":
        cursor.deleteChar()
    elif where == "split":
        cursor.insertBlock()
    elif where == "all":
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText("x\ny")
    else:
        cursor.insertText("Q\nR")
    assert area.ghost_text == ""
    assert area.revision > revision
    assert record.since().count("other") == 1
    block = area.document().firstBlock()
    while block.isValid():
        assert block.layout().preeditAreaText() == ""
        block = block.next()


@pytest.mark.parametrize("marked", ["A **strong| word** and *slant*", "# Head|ing *a*", "|**b** c", "**b**|"])
def test_formats_survive_it(area: WritingArea, put: Put, marked: str) -> None:
    put(marked)
    block = area.textCursor().block()

    def formats() -> list[tuple[int, int, int, bool]]:
        found = [
            (r.start, r.length, int(r.format.fontWeight()), r.format.fontItalic())
            for r in block.layout().formats()
        ]
        return sorted(found)

    before = formats()
    assert before
    area.show_ghost(" ghost")
    assert len(formats()) > len(before)
    area.hide_ghost()
    assert formats() == before


def test_formats_lie_around_it(area: WritingArea, put: Put) -> None:
    put("A **strong| word** and *slant*")
    area.show_ghost(" ghost")
    shown = area.textCursor().block().layout()
    length = len(shown.preeditAreaText())
    slanted = [r for r in shown.formats() if r.format.fontItalic()]
    assert [(r.start, r.length) for r in slanted] == [(23 + length, 5)]
    ghost = [r for r in shown.formats() if r.start == 10 and r.length == length]
    assert len(ghost) == 1
    assert ghost[0].format.foreground().color().name() == area._ghost._format.foreground().color().name()


def test_it_moves_nothing_before_the_caret(area: WritingArea, put: Put) -> None:
    text = "word " * 12 + "compl"

    def places(end: int) -> list[tuple[int, float, float]]:
        found = []
        layout = area.document().firstBlock().layout()
        area.sheet_layout.blockBoundingRect(area.document().firstBlock())
        for position in range(end + 1):
            line = layout.lineForTextPosition(position)
            found.append((line.lineNumber(), line.cursorToX(position)[0], line.y() + line.ascent()))
        return found

    for cut in range(len(text) - 40, len(text)):
        put(text[:cut] + "|")
        before = places(cut)
        area.show_ghost("ement and the rest of a rather long line that wraps over")
        assert places(cut) == before


def test_hiding_and_showing_does_not_scroll(qtbot: QtBot, area: WritingArea, put: Put) -> None:
    put("A paragraph of text.\n" * 60 + "The last |")
    bar = area.verticalScrollBar()
    area.ensureCursorVisible()
    bar.setValue(bar.value() + 3)
    before = bar.value()
    area.show_ghost("ghost " * 60)
    area.grab()
    for _ in range(5):
        QTest.keyClick(area, Key.Key_Shift)
        area.grab()
        assert bar.value() == before
    area.hide_ghost()
    assert bar.value() == before


def test_a_new_text_takes_it_away(area: WritingArea, put: Put, record, compose, move) -> None:
    put("One |")
    area.show_ghost("two")
    record.since()
    old = area.document_id
    area.load_text("another")
    assert record.since() == ["strayed", "loaded"]
    assert area.ghost_text == ""
    assert area.document_id != old
    assert area.revision == 0
    move(3)
    compose()
    assert area.revision == 0


def _at(area: WritingArea, position: int) -> QTextCursor:
    cursor = QTextCursor(area.document())
    cursor.setPosition(position)
    return cursor
