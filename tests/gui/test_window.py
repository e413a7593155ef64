"""The window: its name, its menus, its notices, and the text that it never loses."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from penwright.base.catalogue import Catalogue
from penwright.base.paths import resources
from penwright.storage.documents import Documents
from penwright.ui.background import BackgroundWork
from penwright.ui.theme import Themes
from penwright.ui.typeface import SANS, SERIF
from penwright.ui.window import DeskWindow


def _action(desk: DeskWindow, name: str) -> QAction:
    return next(a for a in desk.findChildren(QAction) if a.text().replace("&", "") == name)


def _settled(qtbot: QtBot, desk: DeskWindow) -> None:
    qtbot.waitUntil(lambda: not desk.filing.busy)


def test_an_untouched_window_is_used_again(qtbot: QtBot, desk: DeskWindow, disk) -> None:
    wanted: list[Path | None] = []
    desk.window_wanted.connect(wanted.append)
    desk.new()
    disk.files[Path("a.md")] = ""
    desk.open_path(Path("a.md"))
    _settled(qtbot, desk)
    assert wanted == []
    desk.new()
    desk.open_path(Path("b.md"))
    assert wanted == [None, Path("b.md")]


def test_a_dropped_file_is_opened(qtbot: QtBot, desk: DeskWindow, tmp_path: Path, disk) -> None:
    path = tmp_path / "drop.md"
    disk.files[path] = "Dropped"
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    held = (data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    # The pointer is over the sheet, which leaves files to the window.
    QApplication.sendEvent(desk.area, QDragEnterEvent(QPoint(50, 50), actions, *held))
    event = QDropEvent(QPointF(50, 50), actions, *held)
    event.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(desk.area, event)
    assert event.dropAction() == Qt.DropAction.CopyAction
    _settled(qtbot, desk)
    assert desk.area.text() == "Dropped"


def test_wishes_are_told_and_shown(desk: DeskWindow, answers) -> None:
    faces: list[str] = []
    toggles: list[bool] = []
    models: list[Path | None] = []
    asked: list[bool] = []
    desk.typeface_chosen.connect(faces.append)
    desk.suggestions_toggled.connect(toggles.append)
    desk.model_chosen.connect(models.append)
    desk.area.suggestion_asked.connect(lambda: asked.append(True))
    _action(desk, "Sans").trigger()
    _action(desk, "Suggest While Typing").trigger()
    desk.set_typeface(SERIF)
    desk.set_suggestions(True)
    answers.path = Path("m.gguf")
    _action(desk, "Use a Model File…").trigger()
    _action(desk, "Use the Starter").trigger()
    _action(desk, "Suggest Now").trigger()
    QTest.keyClick(desk.area, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert (faces, toggles, models) == ([SANS], [False], [Path("m.gguf"), None])
    assert asked == [True, True]
    assert _action(desk, "Serif").isChecked()
    assert _action(desk, "Suggest While Typing").isChecked()
    assert desk.area.text() == ""


def test_the_status_line_says_words_model_and_state(qtbot: QtBot, desk: DeskWindow) -> None:
    desk.status_line.setLocale(QLocale("en_GB"))
    desk.set_model("Starter")
    desk.set_engine_state("ready")
    desk.area.load_text("word " * 1234)
    qtbot.waitUntil(lambda: desk.status_line.texts() == ("1,234 words", "Starter", "ready"))
    desk.area.load_text("word")
    qtbot.waitUntil(lambda: desk.status_line.texts()[0] == "1 word")


def test_a_notice_goes_by_click_esc_or_another(qtbot: QtBot, desk: DeskWindow) -> None:
    desk.show_notice("One.")
    desk.show_notice("Two.")
    assert desk.notice.text == "Two."
    assert QApplication.activeModalWidget() is None
    assert desk.area.hasFocus()
    QTest.mouseClick(desk.notice, Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    assert desk.notice.text == ""
    desk.show_notice("Three.")
    desk.area.show_ghost("ghost")
    QTest.keyClick(desk.area, Qt.Key.Key_Escape)
    assert (desk.notice.text, desk.area.ghost_text) == ("Three.", "")
    QTest.keyClick(desk.area, Qt.Key.Key_Escape)
    assert desk.notice.text == ""


@pytest.mark.parametrize("zoom", [100, 200])
def test_nothing_is_clipped_in_the_smallest_window(qtbot: QtBot, desk: DeskWindow, zoom: int) -> None:
    desk.resize(100, 100)
    desk.area.set_zoom(zoom)
    desk.set_model("A model with a name that is far too long for any window of this width, and then some")
    desk.set_engine_state("starting again in 8 seconds")
    desk.notice.say("A long notice. " * 12, (("&Overwrite", lambda: None), ("Save &As…", lambda: None)))
    QTest.qWait(20)
    assert (desk.width(), desk.height()) == (640, 420)
    for part in (desk.notice, desk.status_line, *desk.notice.buttons, *desk.notice.findChildren(QLabel)):
        corner = part.mapTo(desk, QPoint(part.width(), part.height()))
        assert corner.x() <= 640
        assert corner.y() <= 420
        assert part.height() >= min(part.sizeHint().height(), part.minimumSizeHint().height())
    assert desk.area.height() > 120
    bar = desk.menuBar()
    shown = [bar.actionGeometry(action) for action in bar.actions()]
    assert all(rect.right() <= 640 for rect in shown)


def test_every_menu_entry_has_a_key_or_a_mnemonic(desk: DeskWindow) -> None:
    keys: dict[str, str] = {}
    for menu in desk.menuBar().findChildren(QMenu):
        mnemonics = [a.text()[a.text().index("&") + 1].lower() for a in menu.actions() if "&" in a.text()]
        assert len(mnemonics) == len(set(mnemonics)), menu.title()
        for action in menu.actions():
            assert action.isSeparator() or "&" in action.text(), action.text()
            for shortcut in action.shortcuts():
                assert keys.setdefault(shortcut.toString(), action.text()) == action.text()


def test_about_stops_nobody(qtbot: QtBot, desk: DeskWindow) -> None:
    desk.about()
    box = desk.findChild(QMessageBox)
    assert box is not None
    assert not box.isModal()
    assert "Penwright" in box.text()
    box.close()


def test_real_documents_serve(qtbot: QtBot, sentences: Catalogue, answers, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("\ufeffOne\r\n\u00a0two 😀\r\n".encode())
    window = DeskWindow(Documents(), sentences, Themes.from_folder(resources() / "themes"), asking=answers)
    qtbot.addWidget(window)
    window.open_path(path)
    _settled(qtbot, window)
    assert window.area.text() == "One\n\u00a0two 😀\n"
    window.area.insertPlainText("x")
    window.filing.save()
    _settled(qtbot, window)
    assert path.read_bytes() == "\ufeffxOne\r\n\u00a0two 😀\r\n".encode()


def test_background_work_brings_results_and_errors_back(qtbot: QtBot, desk: DeskWindow) -> None:
    got: list[object] = []

    def keep(what: object) -> None:
        assert threading.current_thread() is threading.main_thread()
        got.append(what)

    def fail() -> int:
        raise KeyError("no")

    def work() -> Callable[[], int]:
        assert threading.current_thread() is not threading.main_thread()
        return lambda: 7

    BackgroundWork(desk, work).success(keep).start().wait()
    qtbot.waitUntil(lambda: len(got) == 1)
    BackgroundWork(desk, fail).failure(keep).start()
    qtbot.waitUntil(lambda: len(got) == 2)
    assert isinstance(got[1], KeyError)
