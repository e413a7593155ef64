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
from penwright.base.errors import DocumentError
from penwright.base.paths import resources
from penwright.storage.documents import Documents, TextFile
from penwright.ui.asking import Asking, Unsaved
from penwright.ui.background import BackgroundWork
from penwright.ui.theme import Themes
from penwright.ui.typeface import SANS, SERIF
from penwright.ui.window import DeskWindow


class Disk:
    """A disk whose troubles are queued; `gate` makes it wait."""

    def __init__(self) -> None:
        self.files: dict[Path, str] = {}
        self.troubles: list[Exception] = []
        self.saves: list[tuple[Path, str, str | None, bool]] = []
        self.gate = threading.Event()
        self.gate.set()

    def open(self, path: Path) -> TextFile:
        self._turn()
        return TextFile(
            path, self.files[path], notes=(("note", {"name": path.name}),) if "note" in path.name else ()
        )

    def save(
        self, path: Path, text: str, like: TextFile | None, *, overwrite_changed: bool = False
    ) -> TextFile:
        self._turn()
        self.saves.append((path, text, like.encoding if like else None, overwrite_changed))
        self.files[path] = text
        return TextFile(path, text, like.encoding if like else "utf-8")

    def _turn(self) -> None:
        assert threading.current_thread() is not threading.main_thread()
        assert self.gate.wait(10)
        if self.troubles:
            raise self.troubles.pop(0)


class Answers(Asking):
    """Answers what is asked without a dialog."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.answers: list[Unsaved] = []

    def open_path(self, parent, folder) -> Path | None:
        return self.path

    def save_path(self, parent, suggested) -> Path | None:
        return self.path

    def model_path(self, parent) -> Path | None:
        return self.path

    def unsaved(self, parent, name) -> Unsaved:
        return self.answers.pop(0)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def sentences(tmp_path: Path) -> Catalogue:
    (tmp_path / "en.toml").write_text(
        'note = "Look at {name}."\n[document]\nfull = "The disk is full."\n'
        'changed_on_disk = "{name} was changed."\ncannot_encode = "It has no {character}."\n',
        "utf-8",
    )
    return Catalogue(tmp_path)


@pytest.fixture
def desk(qtbot: QtBot, disk: Disk, sentences: Catalogue, answers: Answers) -> DeskWindow:
    window = DeskWindow(disk, sentences, Themes.from_folder(resources() / "themes"), asking=answers)

    def leave(window: DeskWindow) -> None:
        disk.gate.set()
        qtbot.waitUntil(lambda: not window.filing.busy)
        window.filing.discard()

    qtbot.addWidget(window, before_close_func=leave)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.area.hasFocus)
    return window


def _action(desk: DeskWindow, name: str) -> QAction:
    return next(a for a in desk.findChildren(QAction) if a.text().replace("&", "") == name)


def _settled(qtbot: QtBot, desk: DeskWindow) -> None:
    qtbot.waitUntil(lambda: not desk.filing.busy)


def test_the_title_names_the_file_and_marks_changes(qtbot: QtBot, desk: DeskWindow, disk: Disk) -> None:
    assert desk.windowTitle() == "Untitled[*] – Penwright"
    assert not desk.isWindowModified()
    path = Path("book.md")
    disk.files[path] = "One"
    desk.open_path(path)
    _settled(qtbot, desk)
    assert desk.windowTitle() == "book.md[*] – Penwright"
    assert desk.area.text() == "One"
    assert not desk.isWindowModified()
    QTest.keyClicks(desk.area, "x")
    assert desk.isWindowModified()
    QTest.keyClick(desk.area, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not desk.isWindowModified()


def test_a_ghost_is_never_saved(qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers) -> None:
    QTest.keyClicks(desk.area, "Real")
    desk.area.show_ghost(" ghost")
    assert desk.area.ghost_text
    answers.path = Path("a.md")
    QTest.keyClick(desk.area, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    _settled(qtbot, desk)
    assert disk.saves == [(Path("a.md"), "Real", None, False)]
    assert not desk.isWindowModified()
    assert desk.filing.path == Path("a.md")


def test_a_failed_open_says_why_and_changes_nothing(qtbot: QtBot, desk: DeskWindow, disk: Disk) -> None:
    disk.troubles.append(DocumentError("document.full"))
    desk.open_path(Path("a.md"))
    _settled(qtbot, desk)
    assert desk.notice.text == "The disk is full."
    assert desk.filing.untouched
    assert not desk.area.isReadOnly()


def test_notes_of_a_file_are_said(qtbot: QtBot, desk: DeskWindow, disk: Disk) -> None:
    disk.files[Path("note.md")] = "x"
    desk.open_path(Path("note.md"))
    _settled(qtbot, desk)
    assert desk.notice.text == "Look at note.md."


def test_a_failed_save_keeps_text_and_mark(
    qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers
) -> None:
    QTest.keyClicks(desk.area, "Real")
    answers.path = Path("a.md")
    disk.troubles.append(DocumentError("document.full"))
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.notice.text == "The disk is full."
    assert desk.area.text() == "Real"
    assert desk.isWindowModified()
    assert desk.filing.path is None
    QTest.keyClick(desk.area, Qt.Key.Key_Escape)
    assert desk.notice.text == ""


def test_an_unknown_failure_is_said_and_raised(
    qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers
) -> None:
    QTest.keyClicks(desk.area, "Real")
    answers.path = Path("a.md")
    disk.troubles.append(ZeroDivisionError())
    with qtbot.captureExceptions() as raised:
        desk.filing.save()
        _settled(qtbot, desk)
    assert raised[0][0] is ZeroDivisionError
    assert desk.notice.text
    assert desk.isWindowModified()
    assert not desk.filing.busy


def _saved(qtbot: QtBot, desk: DeskWindow, answers: Answers) -> None:
    QTest.keyClicks(desk.area, "One")
    answers.path = Path("a.md")
    desk.filing.save()
    _settled(qtbot, desk)


def test_a_file_changed_on_disk_is_asked_about(
    qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers
) -> None:
    _saved(qtbot, desk, answers)
    QTest.keyClicks(desk.area, "!")
    disk.troubles.append(DocumentError("document.changed_on_disk", name="a.md"))
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.notice.text == "a.md was changed."
    assert [b.text() for b in desk.notice.buttons] == ["&Overwrite", "Save &As…", "&Cancel"]
    assert len(disk.saves) == 1
    desk.show_notice("Another matter.")  # takes its place; saving again asks again
    disk.troubles.append(DocumentError("document.changed_on_disk", name="a.md"))
    desk.filing.save()
    _settled(qtbot, desk)
    desk.notice.buttons[0].click()
    _settled(qtbot, desk)
    assert disk.saves[1] == (Path("a.md"), "One!", "utf-8", True)
    assert not desk.isWindowModified()
    assert desk.notice.text == ""


def test_what_cannot_be_encoded_can_be_saved_as_utf8(
    qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("old.txt")
    monkeypatch.setattr(disk, "open", lambda path: TextFile(path, "x", "latin-1"))
    desk.open_path(path)
    _settled(qtbot, desk)
    desk.area.insertPlainText("中")
    disk.troubles.append(DocumentError("document.cannot_encode", character="中"))
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.notice.text == "It has no 中."
    desk.notice.buttons[0].click()
    _settled(qtbot, desk)
    assert disk.saves == [(path, "中x", "utf-8", False)]


def test_typing_during_a_save_keeps_the_mark(
    qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers
) -> None:
    QTest.keyClicks(desk.area, "One")
    answers.path = Path("a.md")
    disk.gate.clear()
    desk.filing.save()
    QTest.keyClicks(desk.area, " two")
    disk.gate.set()
    _settled(qtbot, desk)
    assert disk.files[Path("a.md")] == "One"
    assert desk.area.text() == "One two"
    assert desk.isWindowModified()


def test_typing_during_an_open_loses_nothing(qtbot: QtBot, desk: DeskWindow, disk: Disk) -> None:
    disk.files[Path("a.md")] = "One"
    disk.gate.clear()
    desk.open_path(Path("a.md"))
    QTest.keyClicks(desk.area, "lost")
    assert desk.area.text() == ""
    qtbot.waitUntil(lambda: desk.notice.text == "Opening…")
    disk.gate.set()
    _settled(qtbot, desk)
    assert desk.notice.text == ""
    QTest.keyClicks(desk.area, "x")
    assert desk.area.text() == "xOne"


def test_closing_waits_for_a_save(qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers) -> None:
    closed: list[bool] = []
    desk.closed.connect(lambda: closed.append(True))
    QTest.keyClicks(desk.area, "One")
    answers.path = Path("a.md")
    disk.gate.clear()
    desk.filing.save()
    assert not desk.close()
    assert desk.isVisible()
    disk.gate.set()
    qtbot.waitUntil(lambda: closed == [True])
    assert disk.files[Path("a.md")] == "One"
    assert not desk.isVisible()


@pytest.mark.parametrize("answer", Unsaved)
def test_closing_asks_about_unsaved_work(
    qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers, answer: Unsaved
) -> None:
    closed: list[bool] = []
    desk.closed.connect(lambda: closed.append(True))
    QTest.keyClicks(desk.area, "One")
    answers.answers.append(answer)
    answers.path = Path("a.md")
    assert desk.close() == (answer is Unsaved.DISCARD)
    if answer is Unsaved.SAVE:
        qtbot.waitUntil(lambda: closed == [True])
        assert disk.files[Path("a.md")] == "One"
    _settled(qtbot, desk)
    assert desk.isVisible() == (answer is Unsaved.CANCEL)
    assert closed == ([] if answer is Unsaved.CANCEL else [True])
    assert answers.answers == []


@pytest.mark.parametrize("dialog", [True, False])
def test_a_failed_save_keeps_the_window(
    qtbot: QtBot, desk: DeskWindow, disk: Disk, answers: Answers, dialog: bool
) -> None:
    QTest.keyClicks(desk.area, "One")
    answers.answers.append(Unsaved.SAVE)
    answers.path = Path("a.md") if dialog else None  # None: the writer cancels the file dialog
    disk.troubles.append(DocumentError("document.full"))
    desk.close()
    _settled(qtbot, desk)
    assert desk.isVisible()
    assert desk.isWindowModified()
    disk.troubles.clear()
    answers.path = Path("b.md")
    desk.filing.save()
    _settled(qtbot, desk)
    assert desk.isVisible()  # that close is over


def test_an_untouched_window_is_used_again(qtbot: QtBot, desk: DeskWindow, disk: Disk) -> None:
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


def test_a_dropped_file_is_opened(qtbot: QtBot, desk: DeskWindow, tmp_path: Path, disk: Disk) -> None:
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


def test_wishes_are_told_and_shown(desk: DeskWindow, answers: Answers) -> None:
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


def test_real_documents_serve(qtbot: QtBot, sentences: Catalogue, answers: Answers, tmp_path: Path) -> None:
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
