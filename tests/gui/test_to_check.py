"""What nobody gave is underlined in a written text, and told; nothing of it is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.app.seat import Seat
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.core.reviewing import Verdict
from penwright.core.styles import Style, style_from
from penwright.engine.messages import Ready
from penwright.engine.scripted import ScriptedEngine
from penwright.ui.editor.area import WritingArea
from penwright.ui.typist import press

CHAT = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}\n{% endfor %}<|assistant|>"
GIVEN = {"what": "A bridge in Averley is shut.", "who": "Miriam Oakes", "when": "Monday", "where": "Averley"}
WRITTEN = "😀 Averley shuts bridge\n\nA bridge in Averley was shut on Monday for 14 days, said Peter Marsh."
LONG = 20_000  # milliseconds


def style(name: str) -> Style:
    path = resources() / "styles" / f"{name}.toml"
    return style_from(path.read_text("utf-8"), path)


class Page:
    """A window with a scripted writing model."""

    def __init__(self, desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
        self.desk, self.engine, self.qtbot = desk, engine, qtbot
        self.window = desk.open_window()
        self.area = self.window.area
        self.seat: Seat = desk.seats[self.window]
        self.window.activateWindow()
        self.area.setFocus()
        qtbot.waitUntil(self.area.hasFocus)

    def write(self, text: str, given: dict[str, str]) -> None:
        asked = len(self.engine.composes)
        self.seat.styles.write(style("news-report"), given, "en")
        self.qtbot.waitUntil(lambda: len(self.engine.composes) == asked + 1, timeout=LONG)
        self.engine.stream(text)
        self.engine.finish()
        self.qtbot.waitUntil(lambda: not self.seat.provisional.writing, timeout=LONG)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window.halves.in_hand, key, held)

    def sees(self, *words: str) -> None:
        """Wait until just these words are underlined in the text."""
        self.qtbot.waitUntil(lambda: underlined(self.area) == list(words), timeout=LONG)

    def marked(self) -> list[str]:
        units = self.area.draft_text.encode("utf-16-le")
        return [units[2 * start : 2 * end].decode("utf-16-le") for start, end in self.area.draft_marks]


@pytest.fixture
def page(qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[Page]:
    engines: list[ScriptedEngine] = []
    model = Ready(1, "m", "", 1, 1, 4096, 4096, 1, 1, 1.0, "", "", chat_template=CHAT)

    def start(listener: Callable[..., None]) -> ScriptedEngine:
        engines.append(ScriptedEngine(listener, at_once=False, model=model, room=100_000))
        return engines[-1]

    desk = Desk(qapp, Folders.under(tmp_path), catalogue, start, lambda: True)
    desk.rooms.engines.load()
    yield Page(desk, engines[0], qtbot)
    desk.close()


def test_what_nobody_gave_is_underlined_and_told(page: Page) -> None:
    page.write(WRITTEN, GIVEN)
    page.qtbot.waitUntil(lambda: bool(page.area.draft_marks), timeout=LONG)
    assert page.marked() == ["14", "Peter Marsh"]
    said = page.seat.provisional.bar.found
    assert said.isVisible()
    assert "“14” is in nothing you gave." in said.text() and "Peter Marsh" in said.text()
    formats = page.area.document().begin().layout().formats()
    waves = [
        each
        for each in formats
        if each.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline
    ]
    assert [each.length for each in waves] == [2, 11]
    page.seat.provisional.take()
    assert page.area.text() == WRITTEN
    assert page.area.draft_marks == ()


def test_marks_stay_while_the_writer_goes_on_elsewhere(page: Page) -> None:
    page.area.load_text("One.\n")
    page.area.moveCursor(page.area.textCursor().MoveOperation.End)
    page.write(WRITTEN, GIVEN)
    page.qtbot.waitUntil(lambda: bool(page.area.draft_marks), timeout=LONG)
    page.area.moveCursor(page.area.textCursor().MoveOperation.Start)
    page.qtbot.keyClicks(page.area, "No ")
    page.qtbot.keyClick(page.area, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.marked() == ["14", "Peter Marsh"]
    formats = page.area.document().findBlockByNumber(1).layout().formats()
    assert len(formats) >= 3
    page.seat.provisional.discard()
    assert page.area.draft_marks == () and page.area.text() == "One.\n"


def test_a_text_with_nothing_to_check_says_nothing(page: Page) -> None:
    page.write("Averley shuts bridge\n\nA bridge in Averley was shut on Monday.", GIVEN)
    page.qtbot.wait(300)
    assert page.area.draft_marks == () and page.seat.provisional.bar.found.isHidden()


def test_a_figure_that_a_rewriting_brings_in_is_told(page: Page) -> None:
    page.area.load_text("Miriam Oakes came. The bridge was shut for some days.")
    page.area.selectAll()
    seat = page.seat
    seat.styles.write(style("shorten"), {}, "en")
    page.qtbot.waitUntil(lambda: len(page.engine.composes) == 1, timeout=LONG)
    page.engine.stream("Miriam Oakes came. The bridge was shut for 14 days.")
    page.engine.finish()
    page.qtbot.waitUntil(lambda: seat.review.active, timeout=LONG)
    assert "“14” is in nothing you gave." in page.window.notice.text


def underlined(area: WritingArea) -> list[str]:
    """Return what is underlined as to be checked, as Qt has it now."""
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    found = []
    block = area.document().begin()
    while block.isValid():
        units = block.text().encode("utf-16-le")
        found += [
            units[2 * each.start : 2 * (each.start + each.length)].decode("utf-16-le")
            for each in block.layout().formats()
            if each.format.underlineStyle() == wave
        ]
        block = block.next()
    return found


@pytest.fixture
def taken(page: Page) -> Page:
    """Return a page with a text that was taken, of which two places are to be checked."""
    page.area.load_text("Peter Marsh came at 14.\n")
    page.area.moveCursor(page.area.textCursor().MoveOperation.End)
    page.write(WRITTEN, GIVEN)
    page.qtbot.waitUntil(lambda: bool(page.area.draft_marks), timeout=LONG)
    page.seat.provisional.take()
    page.sees("14", "Peter Marsh")
    return page


def test_marks_stay_when_the_text_is_taken_until_they_were_looked_at(taken: Page, tmp_path: Path) -> None:
    assert "2 places" in taken.window.notice.text
    taken.key(Qt.Key.Key_F8)
    assert taken.area.textCursor().selectedText() == "14"
    assert taken.area.textCursor().blockNumber() == 3, "what the writer had is not to be checked"
    assert "“14” is in nothing you gave." in taken.window.notice.text
    taken.key(Qt.Key.Key_F8)
    assert taken.area.textCursor().selectedText() == "Peter Marsh"
    taken.key(Qt.Key.Key_F8)
    assert taken.area.textCursor().selectedText() == "14", "from the top again"
    taken.key(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    taken.sees("Peter Marsh")
    assert taken.window.notice.text == "", "nobody is asked about it any more"
    taken.window.filing._asking.save_path = lambda _window, _suggested: tmp_path / "report.md"
    taken.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    taken.qtbot.waitUntil((tmp_path / "report.md").exists, timeout=LONG)
    taken.qtbot.waitUntil(lambda: not taken.window.filing.busy)
    assert (tmp_path / "report.md").read_text("utf-8") == "Peter Marsh came at 14.\n" + WRITTEN
    taken.sees("Peter Marsh")
    taken.window.commands["go.all_looked_at"].trigger()
    taken.sees()
    assert not taken.window.commands["go.next_to_check"].isEnabled()


def test_marks_move_with_the_text_and_go_where_their_words_are_changed(taken: Page) -> None:
    taken.area.moveCursor(taken.area.textCursor().MoveOperation.Start)
    for letter in "😀 More\n":
        press(taken.area, letter)
        assert underlined(taken.area) == ["14", "Peter Marsh"], "with each key"
    taken.key(Qt.Key.Key_F8)
    taken.key(Qt.Key.Key_Right)
    press(taken.area, "x")
    taken.sees("14", "Peter Marsh")
    event = QInputMethodEvent("ni", [])
    QApplication.sendEvent(taken.area, event)
    event = QInputMethodEvent("", [])
    event.setCommitString("你好")
    QApplication.sendEvent(taken.area, event)
    assert "14x你好 days" in taken.area.text()
    taken.sees("14", "Peter Marsh")
    taken.key(Qt.Key.Key_F8)
    taken.key(Qt.Key.Key_Right)
    taken.key(Qt.Key.Key_Backspace)
    taken.sees("14")
    taken.area.selectAll()
    taken.key(Qt.Key.Key_Delete)
    assert not taken.window.commands["go.next_to_check"].isEnabled()


def test_a_section_that_moves_takes_its_marks_along(page: Page) -> None:
    page.area.load_text("# One\n\nWords.\n\n# Two\n\n")
    page.area.moveCursor(page.area.textCursor().MoveOperation.End)
    page.write(WRITTEN, GIVEN)
    page.qtbot.waitUntil(lambda: bool(page.area.draft_marks), timeout=LONG)
    page.seat.provisional.take()
    page.sees("14", "Peter Marsh")
    page.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert page.area.text().startswith("# Two")
    page.sees("14", "Peter Marsh")
    page.area.undo()
    page.sees("14", "Peter Marsh")


def test_marks_show_in_both_halves_and_are_done_with_in_either(taken: Page) -> None:
    taken.window.commands["view.split"].trigger()
    second = taken.window.halves.second
    assert second is not None
    taken.qtbot.waitUntil(lambda: underlined(second) == ["14", "Peter Marsh"])
    taken.qtbot.waitUntil(second.hasFocus)
    taken.key(Qt.Key.Key_F8)
    assert second.textCursor().selectedText() == "14" and not taken.area.textCursor().hasSelection()
    second.moveCursor(second.textCursor().MoveOperation.Start)
    press(second, "A")
    assert underlined(second) == underlined(taken.area) == ["14", "Peter Marsh"]
    taken.key(Qt.Key.Key_F8)
    taken.window.commands["go.looked_at"].trigger()
    taken.qtbot.waitUntil(lambda: underlined(second) == ["Peter Marsh"])
    taken.sees("Peter Marsh")


def test_a_text_that_is_taken_before_it_was_looked_through_is_marked_still(page: Page) -> None:
    page.write(WRITTEN, GIVEN)
    page.seat.provisional.take()
    press(page.area, "!")
    page.sees("14", "Peter Marsh")
    page.area.load_text("Another text. Peter Marsh")
    assert underlined(page.area) == []


def test_what_a_rewriting_brought_in_is_marked_once_it_is_taken(page: Page) -> None:
    page.area.load_text("It took 14 minutes. Miriam Oakes came. The bridge was shut for some days.")
    page.area.selectAll()
    page.seat.styles.write(style("shorten"), {}, "en")
    page.qtbot.waitUntil(lambda: len(page.engine.composes) == 1, timeout=LONG)
    page.engine.stream("It took 14 minutes. Miriam Oakes came. The bridge was shut for 15 days.")
    page.engine.finish()
    page.qtbot.waitUntil(lambda: page.seat.review.active, timeout=LONG)
    page.seat.review.take_all(Verdict.ACCEPTED)
    page.sees("15")
    page.area.undo()
    page.sees()
