"""A sheet to write on, and a record of what it says."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.base.catalogue import Catalogue
from penwright.base.paths import resources
from penwright.core.snapshot import Edit
from penwright.core.styles import Style
from penwright.core.take import Take
from penwright.storage.documents import TextFile
from penwright.storage.styles import StyleFiles
from penwright.ui.asking import Asking, Unsaved
from penwright.ui.editor.area import WritingArea
from penwright.ui.theme import Theme, Themes, load_theme
from penwright.ui.window import DeskWindow
from rooms import CHAT, Room
from seats import Seat, seats


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
    qapp.clipboard().clear()  # what a test made for it would outlive Python
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [window for window in qapp.topLevelWidgets() if window not in windows]
    timers = [timer for timer in qapp.findChildren(QTimer) if timer.isActive() and timer not in running]
    assert not left, f"left open: {left}"
    assert not timers, f"left running: {timers}"


@pytest.fixture(scope="session")
def light() -> Theme:
    return load_theme(resources() / "themes" / "light.json")


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


@pytest.fixture
def compose_on(desk: DeskWindow) -> Callable[..., None]:
    """Return a function that sends the desk's sheet what an input method sends."""

    def send(letters: str = "", commit: str = "") -> None:
        event = QInputMethodEvent(letters, [])
        if commit:
            event.setCommitString(commit)
        QApplication.sendEvent(desk.area, event)

    return send


@pytest.fixture
def seat(qtbot: QtBot) -> Callable[..., Seat]:
    """Return what makes a sheet with suggestions of a scripted engine."""
    return seats(qtbot)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Style, ...]:
    """Return the styles that come with the program, read once: that takes a second or two."""
    files = StyleFiles(resources() / "styles", tmp_path_factory.mktemp("own"))
    files.refresh()
    return tuple(files.styles())


@pytest.fixture
def room(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue, bundled: tuple[Style, ...]
) -> Iterator[Room]:
    made = Room(qapp, tmp_path, catalogue, qtbot, CHAT)
    made.styles.room.styles, made.styles.room.read = bundled, True
    yield made
    made.desk.close()


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
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "some.toml").write_text(
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
