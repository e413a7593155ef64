"""The page of models: what is removed, further results, dropped files, tokens, endpoints, and stopping."""

import os
import shutil
import time

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from tests.hub.conftest import make_model
from tests.hub.faults import Fault
from tests.hub.server import LoopbackHub
from tests.hub.test_page import fetch, select

from penwright.base.paths import Folders
from penwright.modelstore.downloads import State
from penwright.modelstore.hub import PAGE
from penwright.storage.settings_file import SettingsFile


class Keyring:
    """The system's keyring, as far as it is asked here."""

    def __init__(self):
        self.kept = {}

    def set_password(self, service, user, password):
        self.kept[service, user] = password

    def get_password(self, service, user):
        return self.kept.get((service, user))

    def delete_password(self, service, user):
        del self.kept[service, user]


def enter(line, text, qtbot):
    """Type into a field in place of what stands there, and press Return."""
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def drop(page, path):
    """Drop a file on the page, as a file manager does that would rather move it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(20, 20), actions, data, left, none)
    QCoreApplication.sendEvent(page, entering)
    assert entering.isAccepted()
    assert entering.dropAction() is Qt.DropAction.CopyAction
    dropping = QDropEvent(QPointF(20, 20), actions, data, left, none)
    QCoreApplication.sendEvent(page, dropping)
    assert dropping.dropAction() is Qt.DropAction.CopyAction


def test_an_unfinished_download_is_removed_with_all_that_came(seat, hub, qtbot):
    desk, _window, page = seat
    hub.faults.set(Fault("slow", 1_000_000))
    item = select(page, page.recommended, "Qwen3.8 27B")
    fetch(page, qtbot)
    qtbot.waitUntil(lambda: "%" in item.text(3) and not item.text(3).startswith("0 %"), timeout=20_000)
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "paused at" in item.text(3), timeout=10_000)
    folder = desk.rooms.models.desk.folder
    assert any(path.is_file() for path in folder.rglob("*.gguf*"))
    page.tabs.setCurrentWidget(page.downloads)
    page.downloads.setCurrentItem(page.downloads.topLevelItem(0))
    assert "Remove" in page.cancel.text().replace("&", "")
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.downloads.topLevelItemCount() == 0, timeout=10_000)
    qtbot.waitUntil(lambda: not any(path.is_file() for path in folder.rglob("*.gguf*")), timeout=10_000)
    assert desk.rooms.models.desk.reports()[0].state is State.CANCELLED
    assert page.installed.topLevelItemCount() == 0


def test_further_results_come_when_they_are_asked_for(seat, hub, shelf, qtbot):
    _desk, _window, page = seat
    for number in range(PAGE + 5):
        make_model(shelf / f"maker/many-{number:02}-GGUF" / "many-Q8_0.gguf")
    page.tabs.setCurrentWidget(page.search)
    qtbot.keyClicks(page.search.words, "many")
    qtbot.keyClick(page.search.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.found.topLevelItemCount() == PAGE, timeout=10_000)
    assert page.more.isVisible()
    qtbot.mouseClick(page.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.found.topLevelItemCount() == PAGE + 5, timeout=10_000)
    names = [page.found.topLevelItem(at).text(0) for at in range(PAGE + 5)]
    assert len(set(names)) == PAGE + 5
    assert not page.more.isVisible()


def test_a_dropped_file_is_asked_about_and_stays_where_it_was(seat, qtbot, tmp_path, starter):
    desk, _window, page = seat
    own = tmp_path / "dropped.gguf"
    shutil.copy(starter, own)
    drop(page, own)
    assert "dropped.gguf" in page.question.text
    qtbot.mouseClick(page.question.buttons[0], Qt.MouseButton.LeftButton)
    page.tabs.setCurrentWidget(page.installed)
    qtbot.waitUntil(lambda: page.installed.topLevelItemCount() == 1, timeout=10_000)
    assert own.exists()
    assert list(desk.rooms.models.desk.folder.rglob("dropped.gguf"))


def test_a_dropped_file_that_is_no_model_is_refused(seat, qtbot, tmp_path):
    desk, _window, page = seat
    own = tmp_path / "letter.gguf"
    own.write_text("Dear Sir")
    drop(page, own)
    qtbot.mouseClick(page.question.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "letter.gguf" in page.about.text(), timeout=10_000)
    assert own.read_text() == "Dear Sir"
    assert not list(desk.rooms.models.desk.folder.rglob("letter.gguf"))


def test_a_token_goes_into_the_keyring_and_nowhere_else(
    seat,
    hub,
    qtbot,
    monkeypatch,
    tmp_path,
):
    desk, _window, page = seat
    ring = Keyring()
    for name in ("set_password", "get_password", "delete_password"):
        monkeypatch.setattr(f"keyring.{name}", getattr(ring, name))
    page.tabs.setCurrentWidget(page.connections)
    enter(page.connections.token, "hf_secret", qtbot)
    qtbot.waitUntil(lambda: list(ring.kept.values()) == ["hf_secret"], timeout=10_000)
    qtbot.waitUntil(lambda: "keyring" in page.about.text(), timeout=10_000)
    assert page.connections.token.text() == ""
    assert "hf_secret" not in page.about.text()
    files = [path for path in (tmp_path / "user").rglob("*") if path.is_file()]
    assert all(b"hf_secret" not in path.read_bytes() for path in files)
    qtbot.waitUntil(lambda: not desk.rooms.models.desk.looking, timeout=10_000)
    qtbot.mouseClick(page.connections.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not ring.kept, timeout=10_000)


def test_another_endpoint_is_asked_from_then_on(seat, hub, shelf, qtbot, tmp_path, monkeypatch):
    desk, _window, page = seat
    monkeypatch.delenv("HF_ENDPOINT")  # it comes before the setting
    page.tabs.setCurrentWidget(page.connections)
    with LoopbackHub(shelf) as mirror:
        enter(page.connections.fields["hub_endpoint"].editor, mirror.endpoint, qtbot)
        assert mirror.endpoint in page.connections.where.text()
        assert SettingsFile(Folders.under(tmp_path / "user").config).load()[0].hub_endpoint == mirror.endpoint
        page.tabs.setCurrentWidget(page.search)
        qtbot.keyClicks(page.search.words, "small")
        qtbot.keyClick(page.search.words, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: page.found.topLevelItemCount() == 1, timeout=10_000)
        assert mirror.asked
        assert not hub.asked
        qtbot.waitUntil(lambda: not desk.rooms.models.desk.looking, timeout=10_000)


def test_the_limit_holds_for_a_download_under_way(seat, hub, qtbot):
    desk, _window, page = seat
    select(page, page.recommended, "Qwen3.8 27B")
    page.tabs.setCurrentWidget(page.connections)
    box = page.connections.fields["download_limit"].editor
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "1000")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    page.tabs.setCurrentWidget(page.recommended)
    began = time.monotonic()
    fetch(page, qtbot)
    qtbot.waitUntil(lambda: desk.rooms.models.desk.reports()[0].state is State.DONE, timeout=60_000)
    # 6 MB at 1 MB a second; the first second's worth may come at once.
    assert time.monotonic() - began > 4


@pytest.mark.skipif(os.name == "nt", reason="a hole in a file needs another call there")
def test_copying_a_model_in_can_be_stopped_and_leaves_nothing(seat, qtbot, tmp_path, starter):
    desk, _window, page = seat
    own = tmp_path / "huge.gguf"
    shutil.copy(starter, own)
    own.chmod(0o644)
    os.truncate(own, 6_000_000_000)  # a hole: a GGUF file may be longer than its tensors
    page.question.ask_how([own])
    qtbot.mouseClick(page.question.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.stop.isVisible() and "%" in page.about.text(), timeout=20_000)
    qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Stopped" in page.about.text(), timeout=20_000)
    assert not page.stop.isVisible()
    assert not [path for path in desk.rooms.models.desk.folder.rglob("*") if path.is_file()]
    assert own.stat().st_size == 6_000_000_000


def test_what_ends_after_closing_starts_nothing_and_tells_nobody(seat, hub, qtbot):
    desk, _window, page = seat
    room = desk.rooms.models.desk
    told = []
    room.reported.connect(told.append)
    hub.faults.set(Fault("slow", 2_000_000))
    select(page, page.recommended, "Qwen3.8 27B")
    fetch(page, qtbot)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    room.close()
    seen = len(told)
    room.look()
    room.search("small")
    qtbot.wait(50)
    assert not room.looking
    assert len(told) == seen
