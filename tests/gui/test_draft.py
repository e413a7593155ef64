"""A draft on the sheet: seen in the page, in neither the text nor its undo, and in nobody's way."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penwright.ui.editor.area import WritingArea

Put = Callable[[str], None]
CTRL = Qt.KeyboardModifier.ControlModifier
DRAFT = "A draft 😀 of\n\nsome 中文 words. " * 3


@pytest.mark.parametrize("marked", ["One |two\nlast", "|", "First.\n|\nLast.", "😀|中文", "# Head|", "end|"])
def test_it_never_reaches_text_undo_or_snapshot(area: WritingArea, put: Put, record, marked: str) -> None:
    put(marked)
    real, position, revision = marked.replace("|", ""), area.textCursor().position(), area.revision
    record.since()
    area.show_draft(position, "")
    for end in range(0, len(DRAFT), 7):
        area.extend_draft(DRAFT[:end])
    assert (area.draft_text, area.draft_position) == (DRAFT[:end], position)
    assert area.text() == real
    assert not area.document().isModified() and not area.document().isUndoAvailable()
    snapshot = area.snapshot()
    assert snapshot.before + snapshot.after == real
    area.clear_draft()
    assert (area.draft_text, area.draft_position) == ("", -1)
    assert (area.text(), area.revision, record.since()) == (real, revision, [])
    assert not area.document().begin().layout().preeditAreaText()


def test_typing_beside_it_moves_it_along_and_it_stays(
    area: WritingArea, put: Put, move, qtbot: QtBot
) -> None:
    put("First one.\nSecond |one.")
    area.show_draft(area.textCursor().position(), DRAFT)
    move(5)
    qtbot.keyClicks(area, "ly")
    assert area.text() == "Firstly one.\nSecond one."
    assert area.draft_position == len("Firstly one.\nSecond ")
    assert area.document().findBlockByNumber(1).layout().preeditAreaText(), "and it is drawn"
    qtbot.keyClick(area, Qt.Key.Key_Z, CTRL)
    assert area.text() == "First one.\nSecond one."
    assert area.draft_position == len("First one.\nSecond ")
    assert area.document().findBlockByNumber(1).layout().preeditAreaText()


def test_keys_in_its_paragraph_act_on_the_real_text(area: WritingArea, put: Put, qtbot: QtBot) -> None:
    put("One |two three")
    area.show_draft(4, DRAFT)
    qtbot.keyClick(area, Qt.Key.Key_Right)
    assert area.textCursor().position() == 5
    qtbot.keyClick(area, Qt.Key.Key_Delete, CTRL)
    assert area.text() == "One tthree"
    qtbot.keyClick(area, Qt.Key.Key_Home)
    assert area.textCursor().position() == 0
    qtbot.keyClick(area, Qt.Key.Key_End)
    assert area.textCursor().position() == len("One tthree")
    qtbot.keyClicks(area, " x")
    assert area.text() == "One tthree x"
    assert area.draft_position == 4


def test_the_caret_is_seen_behind_it(area: WritingArea, put: Put, qtbot: QtBot) -> None:
    put("One |two three")
    area.show_draft(4, "xxxxx")
    qtbot.keyClick(area, Qt.Key.Key_End)
    assert area.textCursor().position() == len("One two three")
    line = area.document().begin().layout().lineAt(0)
    shown = "One \u200bxxxxxtwo three"
    assert area.document().begin().layout().preeditAreaText() == "\u200bxxxxx"
    caret = area._caret_rect()
    assert caret is not None
    assert caret.left() == pytest.approx(line.cursorToX(len(shown))[0] + line.x(), abs=30)
    assert caret.left() > line.cursorToX(len("One two three"))[0]


def test_a_click_behind_it_means_the_real_place(area: WritingArea, put: Put, qtbot: QtBot) -> None:
    put("One |two three")
    area.show_draft(4, "xxxxx ")
    layout = area.document().begin().layout()
    x = layout.lineAt(0).cursorToX(len("One \u200bxxxxx tw"))[0]
    y = area.cursorRect().center().y()
    left = area.contentOffset().x()
    qtbot.mouseClick(area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(round(left + x), y))
    assert area.textCursor().position() == len("One tw")


def test_a_composition_in_its_paragraph_takes_its_place_for_a_while(
    area: WritingArea, put: Put, compose
) -> None:
    put("One |")
    area.show_draft(4, DRAFT)
    compose("zhong")
    assert area.document().begin().layout().preeditAreaText() == "zhong"
    area.extend_draft(DRAFT + "more")
    assert area.document().begin().layout().preeditAreaText() == "zhong"
    compose("", commit="中")
    assert area.text() == "One 中"
    assert area.document().begin().layout().preeditAreaText().endswith("more")
    assert area.draft_position == 5


def test_no_suggestion_shows_in_its_paragraph(area: WritingArea, put: Put, move, qtbot: QtBot) -> None:
    put("One |\nTwo")
    area.show_draft(4, "draft")
    area.show_ghost("ghost")
    assert area.ghost_text == ""
    move(8)
    area.show_ghost("ghost")
    assert area.ghost_text == "ghost"
    assert area.draft_text == "draft"


def test_growing_above_moves_no_line_that_is_in_view(area: WritingArea, qtbot: QtBot, move) -> None:
    area.load_text("\n".join(f"Paragraph {number} with some words in it." for number in range(200)))
    position = area.document().findBlockByNumber(100).position()
    move(area.document().findBlockByNumber(120).position() + 4)
    area.centerCursor()
    qtbot.wait(20)
    first, caret = area.firstVisibleBlock().blockNumber(), area.cursorRect()
    area.show_draft(position, "")
    for end in range(0, 4000, 400):
        area.extend_draft(("Word after word. " * 300)[:end])
    assert area.firstVisibleBlock().blockNumber() == first
    assert area.cursorRect() == caret
    qtbot.keyClicks(area, "ab")
    assert area.firstVisibleBlock().blockNumber() == first
    area.clear_draft()
    assert area.firstVisibleBlock().blockNumber() == first


def test_other_code_that_changes_its_paragraph_leaves_it_shown(area: WritingArea, put: Put) -> None:
    put("One |two\nThree")
    area.show_draft(4, "draft ")
    cursor = area.textCursor()
    cursor.setPosition(0)
    cursor.insertText("New\n\n")
    assert area.draft_position == len("New\n\nOne ")
    block = area.document().findBlock(area.draft_position)
    assert block.layout().preeditAreaText().endswith("draft ")
    shown = [
        number
        for number in range(area.document().blockCount())
        if area.document().findBlockByNumber(number).layout().preeditAreaText()
    ]
    assert shown == [block.blockNumber()]


def test_its_paragraph_cut_out_or_joined_leaves_the_text_whole(
    area: WritingArea, put: Put, qtbot: QtBot
) -> None:
    put("One\nTwo |two\nThree")
    area.show_draft(8, DRAFT)
    area.selectAll()
    qtbot.keyClick(area, Qt.Key.Key_X, CTRL)
    assert area.text() == ""
    assert area.draft_position == 0
    area.undo()
    assert area.text() == "One\nTwo two\nThree"
    assert area.draft_text == DRAFT


@pytest.mark.parametrize("seed", range(4))
def test_keys_at_random_give_the_text_they_give_without_it(
    area: WritingArea, put: Put, compose, seed: int
) -> None:
    keys = [
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    ]
    keys += [Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Return]
    start = "One two three.\nA 😀 line.\n\n中文句子。Last."

    def play(*, draft: bool) -> tuple[str, int]:
        chosen = random.Random(seed)
        area.load_text(start)
        if draft:
            area.show_draft(chosen.randrange(3), "A draft. ")
        else:
            chosen.randrange(3)
        for _ in range(60):
            key = chosen.choice(keys)
            held = chosen.choice([Qt.KeyboardModifier.NoModifier, CTRL])
            if chosen.random() < 0.4:
                compose(commit=chosen.choice(["中", "😀"])) if chosen.random() < 0.3 else QTest.keyClicks(
                    area, "b."
                )
            elif key is not Qt.Key.Key_Return or held == Qt.KeyboardModifier.NoModifier:
                QTest.keyClick(area, key, held)
            if draft:
                area.extend_draft(area.draft_text + "w ")
        return area.text(), area.textCursor().position()

    assert play(draft=True) == play(draft=False)
