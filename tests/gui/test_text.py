"""What is written stays as it was written, and each step can be taken back."""

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest

from penwright.core import snapshot as limits
from penwright.core.segment import count_words
from penwright.core.snapshot import utf16_units
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.offsets import unit_offsets

Put = Callable[[str], None]
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
letters = st.text(st.sampled_from("ab \n\u00a0\u2028中あ한😀𠮷é\t"), max_size=40)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\u00a0b",
        "a\u2028b",
        "😀",
        "中文\n\n😀 a\u00a0",
        "tab\there",
        "\x0b\x0c\x85",
        "\ufeffx",
        "e\u0301",
        "\0",
    ],
)
def test_text_comes_back_as_it_was(area: WritingArea, text: str) -> None:
    area.load_text(text)
    assert area.text() == text
    assert not area.document().isModified()
    assert not area.document().isUndoAvailable()


@given(text=letters, where=st.floats(0, 1))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_snapshots_are_the_slices_around_the_caret(area: WritingArea, text: str, where: float, move) -> None:
    area.load_text(text)
    point = round(where * len(text))
    move(utf16_units(text[:point]))
    snapshot = area.snapshot()
    assert (snapshot.before, snapshot.after, snapshot.origin) == (text[:point], text[point:], 0)
    offsets = unit_offsets(text)
    assert utf16_units(text) == (offsets[-1] if offsets else len(text))


@given(
    text=letters.filter(bool), point=st.integers(0, 400), before=st.integers(1, 9), after=st.integers(1, 9)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bounded_snapshots_split_no_pair(
    area: WritingArea, monkeypatch: pytest.MonkeyPatch, text: str, point: int, before: int, after: int, move
) -> None:
    monkeypatch.setattr("penwright.ui.editor.offsets.BEFORE_LIMIT", before)
    monkeypatch.setattr("penwright.ui.editor.offsets.AFTER_LIMIT", after)
    area.load_text(text)
    point = min(point, len(text))
    move(utf16_units(text[:point]))
    snapshot = area.snapshot()
    assert text[:point].endswith(snapshot.before)
    assert text[point:].startswith(snapshot.after)
    assert before - 1 <= utf16_units(snapshot.before) <= before or snapshot.before == text[:point]
    assert after - 1 <= utf16_units(snapshot.after) <= after or snapshot.after == text[point:]
    assert snapshot.origin == utf16_units(text[: point - len(snapshot.before)])


def test_snapshots_of_long_texts_are_bounded(area: WritingArea, move) -> None:
    area.load_text("0123456789\n" * 50_000)
    move(300_000)
    snapshot = area.snapshot()
    assert utf16_units(snapshot.before) == limits.BEFORE_LIMIT
    assert utf16_units(snapshot.after) == limits.AFTER_LIMIT
    assert snapshot.origin == 300_000 - limits.BEFORE_LIMIT


def test_one_accept_is_one_undo(area: WritingArea, record) -> None:
    QTest.keyClicks(area, "abc")
    for accepted in (" def", " xyz\nnext"):
        record.since()
        revision = area.revision
        area.show_ghost(accepted)
        area.insert_accepted(accepted)
        assert area.revision == revision + 1
        assert record.since() == []
        assert area.ghost_text == ""
    QTest.keyClicks(area, "gh")
    steps = ["abc def xyz\nnextgh", "abc def xyz\nnext", "abc def", "abc", ""]
    for step in steps:
        assert area.text() == step
        area.undo()
    for step in reversed(steps[:-1]):
        area.redo()
        assert area.text() == step


def test_one_accept_between_letters_is_one_undo(area: WritingArea, put: Put) -> None:
    put("One | four")
    QTest.keyClicks(area, "two")
    area.insert_accepted(" three")
    QTest.keyClick(area, Key.Key_Z, CTRL)
    assert area.text() == "One two four"
    assert area.textCursor().position() == 7


@pytest.mark.parametrize(
    ("key", "modifiers", "said"),
    [
        (Key.Key_A, Qt.KeyboardModifier.NoModifier, ["typed"]),
        (Key.Key_Return, Qt.KeyboardModifier.NoModifier, ["typed"]),
        (Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, ["deleted"]),
        (Key.Key_Delete, Qt.KeyboardModifier.NoModifier, ["deleted"]),
        (Key.Key_Backspace, CTRL, ["deleted"]),
        (Key.Key_Delete, CTRL, ["deleted"]),
        (Key.Key_V, CTRL, ["other"]),
        (Key.Key_Left, Qt.KeyboardModifier.NoModifier, ["strayed"]),
        (Key.Key_C, CTRL, []),
        (Key.Key_Shift, Qt.KeyboardModifier.NoModifier, []),
    ],
)
def test_each_change_is_told_once_by_its_kind(
    area: WritingArea, put: Put, record, key: Qt.Key, modifiers: Qt.KeyboardModifier, said: list[str]
) -> None:
    QGuiApplication.clipboard().setText("pasted")
    put("One two| three four")
    record.since()
    revision = area.revision
    QTest.keyClick(area, key, modifiers)
    assert record.since() == said
    assert (area.revision > revision) == (said not in ([], ["strayed"]))


def test_undo_redo_cut_and_program_are_other(area: WritingArea, record) -> None:
    QTest.keyClicks(area, "ab")
    record.since()
    area.undo()
    area.redo()
    area.selectAll()
    area.cut()
    area.insertPlainText("by the program")
    assert record.since() == ["other", "other", "strayed", "other", "other"]


def test_the_revision_moves_on_undo_too(area: WritingArea) -> None:
    QTest.keyClicks(area, "ab")
    revision = area.revision
    area.undo()
    assert area.revision > revision
    assert not area.document().isModified()


def test_the_text_has_changed_when_it_is_told(area: WritingArea) -> None:
    seen: list[tuple[str, str, int]] = []
    area.edited.connect(lambda _edit: seen.append((area.text(), area.snapshot().before, area.revision)))
    QTest.keyClicks(area, "ab")
    assert seen == [("a", "a", 1), ("ab", "ab", 2)]


def test_pasted_text_is_plain_and_exact(area: WritingArea) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("a\u00a0b\n😀")
    area.insertFromMimeData(data)
    assert area.text() == "a\u00a0b\n😀"


def test_words_are_counted_after_a_pause(qtbot, area: WritingArea, move) -> None:
    area.load_text("One two.\n\n" * 400 + "中文字 it's")
    qtbot.waitUntil(lambda: area.tally.words == 804)
    move(3)
    QTest.keyClicks(area, " more")
    with qtbot.waitSignal(area.words_counted) as told:
        pass
    assert told.args[0].words == 805
    area.load_text("")
    qtbot.waitUntil(lambda: area.tally.words == 0)


def test_word_counts_survive_any_edits(qtbot, area: WritingArea) -> None:
    pick = random.Random(7)
    pieces = ["one two", "\n", "three\nfour five\n", " ", "中文", "x"]
    area.load_text("start here\nand there")
    for _ in range(300):
        cursor = QTextCursor(area.document())
        end = area.document().characterCount() - 1
        start = pick.randint(0, end)
        cursor.setPosition(start)
        cursor.setPosition(min(end, start + pick.choice([0, 0, 1, 9])), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(pick.choice([*pieces, ""]))
        if pick.random() < 0.1:
            area.undo()
        if pick.random() < 0.1:
            area._words._count_some()
    expected = sum(count_words(line) for line in area.text().split("\n"))
    qtbot.waitUntil(lambda: area.tally.words == expected)


def test_a_change_elsewhere_does_not_scroll(area: WritingArea) -> None:
    area.load_text("Text.\n" * 300)
    area.moveCursor(QTextCursor.MoveOperation.End)
    bar = area.verticalScrollBar()
    bar.setValue(10)
    QTextCursor(area.document()).insertText("x")
    assert bar.value() == 10
