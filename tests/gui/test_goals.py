"""Counts, goals and the days, with real keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from penwright.base.paths import resources
from penwright.storage.progress import ProgressFile
from penwright.storage.settings import Settings
from penwright.ui.goals import Goals
from penwright.ui.progress import Progress
from penwright.ui.theme import Themes
from penwright.ui.typist import press
from penwright.ui.window import DeskWindow

TODAY = date(2026, 3, 1)


@pytest.fixture
def file(tmp_path: Path) -> ProgressFile:
    file = ProgressFile(tmp_path / "progress")
    file.save({TODAY - timedelta(days=1): 300, TODAY: 20})
    return file


@pytest.fixture
def progress(desk: DeskWindow, file: ProgressFile, qtbot: QtBot) -> Iterator[Progress]:
    progress = Progress(file, lambda: TODAY, parent=desk)
    with qtbot.waitSignal(progress.changed):
        pass
    yield progress
    progress.close()


@pytest.fixture
def goals(desk: DeskWindow, progress: Progress) -> Goals:
    def wish(**changes: object) -> None:
        goals.follow(replace(goals._settings, **changes))

    goals = Goals(
        window=desk,
        area=desk.area,
        line=desk.status_line,
        commands=desk.commands,
        progress=progress,
        themes=Themes.from_folder(resources() / "themes"),
        wish=wish,
    )
    goals.follow(Settings(daily_goal=400, session_goal=100))
    return goals


def type_words(desk: DeskWindow, text: str) -> None:
    for letter in text:
        press(desk.area, letter)


def test_what_is_written_counts(goals: Goals, desk: DeskWindow, qtbot: QtBot) -> None:
    line = desk.status_line
    assert line.goal_label.text() == "·  0 of 100 now  ·  20 of 400 today"
    type_words(desk, "Three new words")
    qtbot.waitUntil(lambda: line.goal_label.text() == "·  3 of 100 now  ·  23 of 400 today")
    QTest.keyClick(desk.area, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "22 of 400" in line.goal_label.text())


def test_what_a_file_had_does_not(goals: Goals, desk: DeskWindow, progress: Progress, qtbot: QtBot) -> None:
    for _ in range(2):  # the second has as many words as the first
        desk.area.load_text("Somebody else wrote this. 渡口")
        with qtbot.waitSignal(desk.area.words_counted):
            pass
        assert progress.session in (0, 1)
        type_words(desk, "And ")
        qtbot.waitUntil(lambda: desk.area.tally.words == 7)
    assert progress.session == 2 and progress.today == 22


def test_days_are_kept_and_joined(
    goals: Goals, desk: DeskWindow, progress: Progress, file: ProgressFile, qtbot: QtBot
) -> None:
    type_words(desk, "one two")
    qtbot.waitUntil(lambda: progress.session == 2)
    progress.close()
    assert file.load() == {TODAY - timedelta(days=1): 300, TODAY: 22}
    quick = Progress(file, lambda: TODAY, parent=desk)
    quick.add(5)
    quick.close()  # before it was told what the file holds
    assert file.load()[TODAY] == 27


def test_a_private_sitting_writes_nothing(progress: Progress, file: ProgressFile) -> None:
    progress.keeping = False
    progress.add(50)
    progress.close()
    assert file.load()[TODAY] == 20
    progress.keeping = True


def test_the_kind_of_count_turns(goals: Goals, desk: DeskWindow, qtbot: QtBot) -> None:
    desk.area.load_text("One two. 渡口的灯")
    line = desk.status_line
    qtbot.waitUntil(lambda: line.texts()[0] == "6 words")
    QTest.mouseClick(line._words, Qt.MouseButton.LeftButton)
    assert line.texts()[0] == "13 characters"
    QTest.mouseClick(line._words, Qt.MouseButton.LeftButton)
    assert line.texts()[0] == "1 min to read"
    desk.commands["view.count.characters"].trigger()
    QTest.keyClick(desk.area, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: line.texts()[0] == "13 characters selected")
    assert line._words.toolTip() == "6 words, 1 min to read"


def test_a_large_selection_is_added_up(goals: Goals, desk: DeskWindow, qtbot: QtBot) -> None:
    text = "two words\n" * 2000
    desk.area.load_text(text)
    desk.area.selectAll()
    assert desk.area.selected_tally() is None
    qtbot.waitUntil(lambda: desk.area.tally.words == 4000)
    assert desk.area.selected_tally() == desk.area.tally
    shown = f"{desk.locale().toString(4000)} words selected"
    qtbot.waitUntil(lambda: desk.status_line.texts()[0] == shown)


def test_the_days_are_shown_and_forgotten(
    goals: Goals, desk: DeskWindow, progress: Progress, file: ProgressFile, qtbot: QtBot
) -> None:
    dialog = goals.show_dialog()
    assert dialog.told.text() == ("Today: 20 words. This sitting: 0."), "the goal was missed yesterday"
    dialog.daily.setValue(250)
    assert goals._settings.daily_goal == 250
    progress.add(300)
    assert "Your goal was met 2 days in a row." in dialog.told.text()
    assert "320" in dialog.chart.accessibleDescription()
    dialog.chart.grab()
    dialog.forget.click()
    box = next(one for one in dialog.findChildren(QMessageBox))
    next(button for button in box.buttons() if button.text() == "Forget").click()
    assert dialog.told.text() == "Today: 0 words. This sitting: 300."
    dialog.reject()
    progress.close()
    assert file.load() == {}
