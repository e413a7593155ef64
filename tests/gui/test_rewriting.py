"""Rewriting from the menu to the review: a selection, a paragraph, 200 pages, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.base.catalogue import Catalogue
from penwright.core.reviewing import Verdict
from penwright.engine.messages import Compose
from rooms import Room

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_LONG = 20_000  # milliseconds


def seen(compose: Compose) -> str:
    return "".join(piece.text for piece in compose.pieces)


def test_a_selection_becomes_a_review_and_one_undo_step(room: Room) -> None:
    text = "Before 😀 it.\nThe cat sat on teh mat. It were late.\nAfter."
    start = text.index("The") + 1  # the emoji is two units
    room.load(text, start, start + len("The cat sat on teh mat."))
    room.choose("fix-spelling")
    compose = room.asked(1)
    assert "teh mat." in seen(compose) and "It were late" in seen(compose), "what is around, for context"
    assert room.area.text() == text
    room.answer("The cat sat on the mat.")
    room.reviewed()
    assert [(each.old, each.new) for each in room.review.reviewing.changes] == [("teh", "the")]
    assert room.area.text() == text
    room.qtbot.keyClick(room.review.sheet, Qt.Key.Key_Return)
    room.qtbot.keyClick(room.review.sheet, Qt.Key.Key_Return)
    assert room.area.text() == text.replace("teh", "the")
    room.area.undo()
    assert room.area.text() == text


def test_without_a_selection_it_is_the_paragraph_in_its_language(room: Room) -> None:
    room.load("第一段。\n他昨天去了去学校。\n第三段。", 8)
    room.choose("shorten")
    compose = room.asked(1)
    assert "选文：\n<text>\n他昨天去了去学校。\n</text>" in seen(compose)
    room.answer("他昨天去了学校。")
    room.reviewed()
    room.review.take_all(Verdict.ACCEPTED)
    assert room.area.text() == "第一段。\n他昨天去了学校。\n第三段。"


def test_nothing_selected_and_nothing_to_change_are_said(room: Room) -> None:
    room.load("One.\n\nTwo.", 5)
    room.choose("shorten")
    room.qtbot.waitUntil(lambda: "nothing to rewrite" in room.window.notice.text, timeout=_LONG)
    assert room.engine.composes == []
    room.load("Two.", 0)
    room.choose("shorten")
    room.asked(1)
    room.answer("“Two.”")
    room.idle()
    assert "nothing to change" in room.window.notice.text and not room.review.active


def test_a_model_that_only_continues_is_told_of_beforehand(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue
) -> None:
    room = Room(qapp, tmp_path, catalogue, qtbot, "")
    try:
        room.load("The cat sat.", 0)
        room.choose("shorten")
        qtbot.waitUntil(lambda: len(room.window.notice.buttons) == 3, timeout=_LONG)
        assert "only goes on" in room.window.notice.text
        assert room.engine.composes == [] and not room.rewriting.busy
        qtbot.mouseClick(room.window.notice.buttons[1], Qt.MouseButton.LeftButton)
        assert "Shorter:" in seen(room.asked(1)), "the form for models that only continue"
        room.choose("shorten")
        qtbot.waitUntil(lambda: "already" in room.window.notice.text)
    finally:
        room.desk.close()


def test_a_long_selection_is_worked_through_piece_by_piece(room: Room) -> None:
    paragraphs = [f"Paragraph {number} sits on teh mat. " + "It says much more. " * 60 for number in range(4)]
    text = "\n\n".join(each.strip() for each in paragraphs)
    room.load(text)
    room.area.selectAll()
    room.choose("fix-spelling")
    for number in range(4):
        compose = room.asked(number + 1)
        assert f"<text>\nParagraph {number} " in seen(compose)
        assert (
            room.rewriting.bar.isVisible() and f"passage {number + 1} of 4" in room.rewriting.bar.words.text()
        )
        assert room.rewriting.bar.progress.value() == number
        room.answer(paragraphs[number].strip().replace("teh", "the"))
    room.reviewed()
    assert len(room.review.reviewing.changes) == 4
    room.review.take_all(Verdict.ACCEPTED)
    assert room.area.text() == text.replace("teh", "the")
    room.area.undo()
    assert room.area.text() == text


def test_stop_shows_what_was_done(room: Room) -> None:
    text = "\n".join(f"Number {number} on teh mat. " + "More of it. " * 100 for number in range(3))
    room.load(text)
    room.area.selectAll()
    room.choose("fix-spelling")
    room.asked(1)
    passage = text.split("\n")[0]
    room.answer(passage.replace("teh", "the"))
    room.asked(2)
    room.engine.stream("Number 1 on")
    room.qtbot.keyClick(room.area, Qt.Key.Key_Escape)
    room.reviewed()
    assert len(room.review.reviewing.changes) == 1
    assert room.engine.cancelled[-1] == room.engine.composes[1].id
    room.review.leave()
    assert room.area.text() == text


def test_two_hundred_pages_begin_soon_and_stop_at_once(room: Room) -> None:
    page = "\n\n".join("A sentence with some words in it. " * 9 for _ in range(6))
    room.load("\n\n".join(page for _ in range(200)))
    room.area.selectAll()
    room.choose("fix-spelling")
    room.asked(1)
    assert "passage 1 of 200" in room.rewriting.bar.words.text()
    room.qtbot.keyClick(room.area, Qt.Key.Key_Escape)
    room.idle()
    assert "Stopped" in room.window.notice.text and not room.review.active


def test_a_cut_off_passage_stays_as_it_was(room: Room) -> None:
    room.load("The cat sat on the mat and looked about.", 0)
    room.choose("expand")
    room.asked(1)
    room.answer("The cat sat on", stop="length")
    room.idle()
    assert "unfinished" in room.window.notice.text and not room.review.active
    assert room.area.text() == "The cat sat on the mat and looked about."


def test_what_is_around_is_cut_before_a_passage_is_given_up(room: Room) -> None:
    around = "Nobody came, and the tea was cold. " * 20
    text = f"{around}\nThe cat sat on teh mat.\n{around}"
    room.load(text, len(around) + 2)
    room.choose("fix-spelling")
    whole = room.asked(1)
    assert seen(whole).count("Nobody came") > 20
    room.engine._room = len(seen(whole)) + whole.max_tokens - 900
    room.answer("", stop="cancelled")
    room.idle()
    room.choose("fix-spelling")
    compose = room.asked(2)
    assert "<text>\nThe cat sat on teh mat.\n</text>" in seen(compose)
    assert len(seen(compose)) + compose.max_tokens <= room.engine._room
    room.answer("The cat sat on the mat.")
    room.reviewed()
    assert [(each.old, each.new) for each in room.review.reviewing.changes] == [("teh", "the")]


def test_an_engine_that_dies_leaves_the_text_and_says_so(room: Room) -> None:
    room.load("The cat sat.", 0)
    room.choose("shorten")
    room.asked(1)
    room.engine.stream("The")
    room.engine.break_off()
    room.idle()
    assert room.area.text() == "The cat sat."
    assert "engine" in room.window.notice.text.lower()


def test_edits_meanwhile_are_never_written_over(room: Room) -> None:
    room.load("The cat sat on teh mat. It were late.", 0)
    room.choose("fix-spelling")
    room.asked(1)
    room.qtbot.keyClicks(room.area, "Well. ")
    room.area.moveCursor(QTextCursor.MoveOperation.End)
    room.qtbot.keyClicks(room.area, " Then.")
    cursor = room.area.document().find("were")
    cursor.insertText("wears")
    room.answer("The cat sat on the mat. It was late.")
    room.reviewed()
    room.review.take_all(Verdict.ACCEPTED)
    assert room.area.text() == "Well. The cat sat on the mat. It wears late. Then."
    assert "1 changes were left out" in room.window.notice.text


def test_another_text_ends_it(room: Room) -> None:
    room.load("The cat sat.", 0)
    room.choose("shorten")
    room.asked(1)
    room.area.load_text("Another.")
    assert not room.rewriting.busy
    room.answer("The cat.")
    room.qtbot.wait(80)
    assert room.area.text() == "Another." and not room.review.active and room.rewriting.bar.isHidden()


def test_own_instruction_is_asked_in_the_panel_by_keys(room: Room) -> None:
    room.load("The cat sat.")
    room.area.selectAll()
    room.qtbot.keyClick(room.area, Qt.Key.Key_R, CONTROL | SHIFT)
    form = room.styles.panel.form
    room.qtbot.waitUntil(
        lambda: "instruction" in form.editors and form.editors["instruction"].hasFocus(), timeout=_LONG
    )
    room.qtbot.keyClick(form.editors["instruction"], Qt.Key.Key_Return, CONTROL)
    assert "Still missing" in form.fault.text() and room.engine.composes == []
    room.qtbot.keyClicks(form.editors["instruction"], "Make it rhyme")
    room.qtbot.keyClick(form.editors["instruction"], Qt.Key.Key_Return, CONTROL)
    assert "Make it rhyme" in seen(room.asked(1))
    assert room.area.hasFocus() and not room.styles.panel.isVisible()
    room.answer("The cat sat on a mat.")
    room.reviewed()
