"""The page of models: what is set about the network, files of one's own, and what an earlier run left."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from tests.hub.conftest import SMALL, SMALL_FILES, make_model
from tests.hub.faults import Fault
from tests.hub.test_page import fetch, select

from penwright.app.desk import Desk
from penwright.base.paths import Folders
from penwright.engine.scripted import ScriptedEngine
from penwright.storage.settings_file import SettingsFile


@pytest.fixture
def run(hub, shelf, tmp_path, qapp, catalogue, qtbot):
    """Return what runs the program with its page of models open, in the same folders each time."""
    for name in SMALL_FILES:
        make_model(shelf / SMALL / name, 3_000_000)
    desks = []

    def start():
        desks.append(Desk(qapp, Folders.under(tmp_path / "user"), catalogue, ScriptedEngine))
        window = desks[-1].open_window()
        desks[-1].furnish()
        window.models_wanted.emit()
        return desks[-1], window, desks[-1].rooms.models.page

    def end():
        desk = desks.pop()
        if desk.rooms.models.page is not None:
            desk.rooms.models.page.close()
        desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    yield start, end
    while desks:
        end()


def test_the_switch_turns_every_connection_off(run, hub, qtbot, tmp_path):
    _desk, _window, page = run[0]()
    page.tabs.setCurrentWidget(page.connections)
    box = page.connections.fields["network"].editor
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert box.currentData() == "off"
    assert SettingsFile(Folders.under(tmp_path / "user").config).load()[0].network == "off"
    page.tabs.setCurrentWidget(page.search)
    qtbot.keyClicks(page.search.words, "small")
    qtbot.keyClick(page.search.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "network is off" in page.about.text(), timeout=10_000)
    assert hub.asked == []


def test_connections_are_shown_with_host_and_reason(run, hub, qtbot):
    _desk, _window, page = run[0]()
    page.tabs.setCurrentWidget(page.search)
    qtbot.keyClicks(page.search.words, "small")
    qtbot.keyClick(page.search.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.found.topLevelItemCount() > 0, timeout=10_000)
    page.tabs.setCurrentWidget(page.connections)
    log = page.connections.log
    qtbot.waitUntil(lambda: log.topLevelItemCount() > 0, timeout=10_000)
    assert "127.0.0.1" in log.topLevelItem(0).text(1)
    assert log.topLevelItem(0).text(2) == "search"


def test_a_proxy_that_is_none_is_told_and_not_kept(run, qtbot, tmp_path):
    desk, _window, page = run[0]()
    page.tabs.setCurrentWidget(page.connections)
    qtbot.waitUntil(lambda: not desk.rooms.models.desk._work, timeout=10_000)
    line = page.connections.fields["proxy"].editor
    line.setFocus()
    qtbot.keyClicks(line, "no proxy at all")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "proxy" in page.about.text().lower(), timeout=10_000)
    assert SettingsFile(Folders.under(tmp_path / "user").config).load()[0].proxy is None
    assert line.text() == ""


@pytest.mark.parametrize("copy", [True, False])
def test_a_file_of_ones_own_is_copied_or_used_where_it_lies(run, qtbot, tmp_path, starter, copy):
    _desk, _window, page = run[0]()
    own = tmp_path / "mine.gguf"
    own.write_bytes(starter.read_bytes())
    page.question.ask_how([own])
    buttons = page.question.buttons
    qtbot.mouseClick(buttons[0 if copy else 1], Qt.MouseButton.LeftButton)
    page.tabs.setCurrentWidget(page.installed)
    qtbot.waitUntil(lambda: page.installed.topLevelItemCount() == 1, timeout=10_000)
    copies = list((tmp_path / "user").rglob("mine.gguf"))
    assert len(copies) == (1 if copy else 0)
    assert own.exists()


def test_what_an_earlier_run_left_can_go_on(run, hub, qtbot):
    start, end = run
    _desk, _window, page = start()
    hub.faults.set(Fault("slow", 1_000_000))
    item = select(page, page.recommended, "Qwen3.8 27B")
    fetch(page, qtbot)
    qtbot.waitUntil(lambda: "%" in item.text(3) and not item.text(3).startswith("0 %"), timeout=20_000)
    end()
    hub.faults.set()
    _desk, _window, page = start()
    page.tabs.setCurrentWidget(page.downloads)
    qtbot.waitUntil(lambda: page.downloads.topLevelItemCount() == 1, timeout=10_000)
    page.downloads.setCurrentItem(page.downloads.topLevelItem(0))
    assert "Resume" in page.fetch.text().replace("&", "")
    qtbot.mouseClick(page.fetch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.installed.topLevelItemCount() == 1, timeout=20_000)
