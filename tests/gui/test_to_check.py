"""What nobody gave is underlined in a written text, and told; nothing of it is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.app.seat import Seat
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.core.styles import Style, style_from
from penwright.engine.messages import Ready
from penwright.engine.scripted import ScriptedEngine

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

    def write(self, text: str, given: dict[str, str]) -> None:
        asked = len(self.engine.composes)
        self.seat.styles.write(style("news-report"), given, "en")
        self.qtbot.waitUntil(lambda: len(self.engine.composes) == asked + 1, timeout=LONG)
        self.engine.stream(text)
        self.engine.finish()
        self.qtbot.waitUntil(lambda: not self.seat.provisional.writing, timeout=LONG)

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
    desk.engines.load()
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
