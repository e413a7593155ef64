"""Input methods: what they compose is no text yet, and what they commit is typed."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from penwright.ui.editor.area import WritingArea

Put = Callable[[str], None]


def test_a_composition_starts_nothing_and_its_commit_is_one_typed(
    area: WritingArea, put: Put, record, compose
) -> None:
    put("他|。")
    record.since()
    for letters in ("n", "ni", "ni h", "ni hao"):
        compose(letters)
        assert area.composing
        assert area.revision == 0
        assert area.text() == "他。"
        area.show_ghost("是")
        assert area.ghost_text == ""
    assert "typed" not in record.since()
    compose(commit="你好")
    assert not area.composing
    assert area.text() == "他你好。"
    assert record.since() == ["typed"]
    assert area.revision == 1
    assert area.snapshot().before == "他你好"


def test_a_composition_given_up_changes_nothing(area: WritingArea, put: Put, record, compose) -> None:
    put("One|")
    compose("ni")
    compose("")
    assert not area.composing
    assert (area.text(), area.revision) == ("One", 0)
    assert "typed" not in record.since()


def test_a_composition_clears_a_shown_ghost(area: WritingArea, put: Put, record, compose) -> None:
    put("One| two")
    area.show_ghost(" ghost")
    record.since()
    compose("ni")
    assert area.ghost_text == ""
    assert record.since() == ["strayed"]
    assert area.textCursor().block().layout().preeditAreaText() == "ni"
    compose(commit="你")
    assert area.text() == "One你 two"


def test_empty_events_change_and_say_nothing(area: WritingArea, put: Put, record, compose) -> None:
    put("One| two")
    area.show_ghost(" ghost")
    record.since()
    for _ in range(3):
        compose()
    assert area.ghost_text == " ghost"
    assert area.textCursor().block().layout().preeditAreaText()
    assert (area.revision, record.since()) == (0, [])
    assert not area.document().isModified()


def test_a_commit_of_what_is_selected_is_one_edit(area: WritingArea, put: Put, record, compose) -> None:
    put("|abc")
    area.selectAll()
    record.since()
    compose(commit="xyz")  # as long as what it replaces
    assert area.text() == "xyz"
    assert record.since() == ["typed"]
    assert area.revision == 1


def test_composing_over_a_selection_counts_its_removal_once(
    area: WritingArea, put: Put, record, compose
) -> None:
    put("|abc")
    area.selectAll()
    record.since()
    compose("n")
    assert area.text() == ""
    assert area.revision == 1
    assert record.since() == ["other"]
    compose(commit="你")
    assert area.revision == 2
    assert record.since() == ["typed"]


def test_a_click_ends_a_composition(area: WritingArea, put: Put, record, compose) -> None:
    put("One two| three")
    compose("ni")
    QTest.mouseClick(
        area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(6, area.cursorRect().center().y())
    )
    assert not area.composing
    assert area.text() == "One two three"
    assert area.revision == 0
    assert "typed" not in record.since()
    area.show_ghost(" ghost")
    assert area.ghost_text == " ghost"
