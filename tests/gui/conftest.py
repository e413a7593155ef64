"""A sheet to write on, and a record of what it says."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.base.paths import resources
from penwright.core.snapshot import Edit
from penwright.core.suggestion import Take
from penwright.ui.editor.area import WritingArea
from penwright.ui.theme import Theme, load_theme


class Record:
    """What a sheet said, in order."""

    def __init__(self, area: WritingArea) -> None:
        self.said: list[str] = []
        area.edited.connect(self._edited)
        area.strayed.connect(lambda: self.said.append("strayed"))
        area.take_asked.connect(self._take)
        area.dismissed.connect(lambda: self.said.append("dismissed"))
        area.suggestion_asked.connect(lambda: self.said.append("asked"))
        area.loaded.connect(lambda: self.said.append("loaded"))

    def _edited(self, edit: Edit) -> None:
        self.said.append(edit.value)

    def _take(self, take: Take) -> None:
        self.said.append(f"take {take.value}")

    def since(self) -> list[str]:
        """Return what was said since the last look."""
        said, self.said = self.said, []
        return said


@pytest.fixture(autouse=True)
def no_widgets_or_timers_left(qapp: QApplication) -> Iterator[None]:
    """Fail the test that leaves a window open, or a timer of the application's running."""
    windows, running = set(qapp.topLevelWidgets()), set(qapp.findChildren(QTimer))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [window for window in qapp.topLevelWidgets() if window not in windows]
    timers = [timer for timer in qapp.findChildren(QTimer) if timer.isActive() and timer not in running]
    assert not left, f"left open: {left}"
    assert not timers, f"left running: {timers}"


@pytest.fixture(scope="session")
def light() -> Theme:
    return load_theme(resources() / "themes" / "light.toml")


@pytest.fixture
def area(qtbot: QtBot, light: Theme) -> WritingArea:
    """Return an empty sheet that is shown and has the focus."""
    area = WritingArea()
    qtbot.addWidget(area)
    area.set_theme(light)
    area.resize(700, 500)
    area.show()
    qtbot.waitExposed(area)
    area.activateWindow()
    area.setFocus()
    qtbot.waitUntil(area.hasFocus)
    return area


@pytest.fixture
def record(area: WritingArea) -> Record:
    return Record(area)


@pytest.fixture
def put(area: WritingArea, move: Callable[[int], None]) -> Callable[[str], None]:
    """Return a function that loads a text and puts the caret where it has a bar, "|"."""

    def load(marked: str) -> None:
        before, _, after = marked.partition("|")
        area.load_text(before + after)
        move(len(before.encode("utf-16-le")) // 2)

    return load


@pytest.fixture
def move(area: WritingArea) -> Callable[[int], None]:
    """Return a function that puts the caret at a position, in UTF-16 code units."""

    def to(position: int) -> None:
        cursor = area.textCursor()
        cursor.setPosition(position)
        area.setTextCursor(cursor)

    return to


@pytest.fixture
def compose(area: WritingArea) -> Callable[..., None]:
    """Return a function that sends what an input method sends."""

    def send(letters: str = "", commit: str = "") -> None:
        event = QInputMethodEvent(letters, [])
        if commit:
            event.setCommitString(commit)
        QApplication.sendEvent(area, event)

    return send
