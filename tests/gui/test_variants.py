"""Several variants of a passage side by side, one of which goes on to the review."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from penwright.core.reviewing import Verdict
from rooms import Room

Key = Qt.Key
_LONG = 20_000  # milliseconds
TEXT = "Before.\nThe cat sat on teh mat.\nAfter."


def begun(room: Room) -> None:
    room.load(TEXT, 10)
    room.styles.open("shorten")
    form = room.styles.panel.form
    assert isinstance(form.variants, QCheckBox)
    form.variants.setChecked(True)
    form.ask()
    room.asked(3)


def answered(room: Room) -> None:
    texts = ("A cat sat.", "The cat sat there.", "Cats sit.")
    least = min(compose.sampling.seed for compose in room.engine.composes)
    for index, compose in enumerate(room.engine.composes):  # asked on three threads, in any order
        room.engine.stream(texts[compose.sampling.seed - least], index)
        room.engine.finish(index=index)
    page = room.styles._parts.variants.page
    room.qtbot.waitUntil(lambda: all(page.text(number) for number in range(3)), timeout=_LONG)


def test_one_of_three_goes_on_to_the_review(room: Room) -> None:
    begun(room)
    assert len({compose.sampling.seed for compose in room.engine.composes}) == 3
    assert all(compose.sampling.temperature >= 0.9 for compose in room.engine.composes)
    page = room.styles._parts.variants.page
    room.qtbot.keyClick(page._views[0], Key.Key_2)
    assert page.isVisible() and page._views[0].hasFocus(), "it has not been written yet"
    answered(room)
    assert room.area.text() == TEXT
    room.qtbot.keyClick(page._views[0], Key.Key_2)
    assert not page.isVisible()
    room.reviewed()
    room.review.take_all(Verdict.ACCEPTED)
    assert room.area.text() == "Before.\nThe cat sat there.\nAfter."
    room.area.undo()
    assert room.area.text() == TEXT


def test_esc_leaves_the_text_and_stops_what_is_coming(room: Room) -> None:
    begun(room)
    variants = room.styles._parts.variants
    room.qtbot.keyClick(variants.page._views[0], Key.Key_Escape)
    assert not variants.active and room.area.hasFocus()
    assert set(room.engine.cancelled) >= {compose.id for compose in room.engine.composes}
    assert room.area.text() == TEXT and not room.review.active


def test_a_failure_and_a_long_passage_are_told(room: Room) -> None:
    begun(room)
    room.engine.break_off(index=0)
    variants = room.styles._parts.variants
    room.qtbot.waitUntil(lambda: not variants.active, timeout=_LONG)
    assert "engine" in room.window.notice.text.lower() and room.area.text() == TEXT
    room.load("A sentence of some words. " * 300)
    room.area.selectAll()
    form = room.styles.panel.form
    room.styles.open("shorten")
    form.variants.setChecked(True)
    form.ask()
    assert "a page at the most" in room.window.notice.text and not variants.active
