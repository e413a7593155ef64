"""The page of models in the real window, against the loopback hub."""

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from tests.hub.conftest import FILE, REPO
from tests.hub.faults import Fault

from penwright.modelstore.downloads import State


def select(page, tree, text):
    """Select the first row with this text."""
    for at in range(tree.topLevelItemCount()):
        if text in tree.topLevelItem(at).text(0):
            tree.setCurrentItem(tree.topLevelItem(at))
            return tree.topLevelItem(at)
    raise AssertionError(f"no row {text}")


def fetch(page, qtbot):
    """Press Download: once to be told the licence, once more to fetch."""
    qtbot.mouseClick(page.fetch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "licence: not said. Press Download again" in page.about.text(), timeout=10_000)
    qtbot.mouseClick(page.fetch, Qt.MouseButton.LeftButton)


def test_the_page_stops_nobody_and_shows_what_fits(seat, qtbot):
    _desk, window, page = seat
    assert not page.isModal() and page.isVisible() and not window.notice.text
    assert page.recommended.topLevelItemCount() == 12
    item = select(page, page.recommended, "Qwen3.5 0.8B")
    assert item.text(1) and item.text(2) == "Apache-2.0" and item.text(3)
    assert "licence: Apache-2.0" in page.about.text()
    window.activateWindow()
    qtbot.keyClicks(window.area, "still writing")
    assert window.area.text() == "still writing"


def test_fetched_while_one_writes_and_the_page_is_closed(seat, hub, qtbot):
    desk, window, page = seat
    hub.faults.set(Fault("slow", 4_000_000))
    item = select(page, page.recommended, "Qwen3.8 27B")
    fetch(page, qtbot)
    qtbot.waitUntil(lambda: "%" in item.text(3) and "MB/s" in item.text(3), timeout=20_000)
    qtbot.waitUntil(lambda: "fetching" in window.status_line.download, timeout=20_000)
    assert page.pause.isVisible() and not page.fetch.isEnabled()
    page.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert desk.rooms.models.page is None and desk.rooms.models.desk.at_work
    gaps, last = [], time.perf_counter()
    while desk.rooms.models.desk.at_work:
        qtbot.wait(1)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
    print(
        f"event loop while fetching: p99 {sorted(gaps)[int(len(gaps) * 0.99)] * 1000:.1f} ms of {len(gaps)}"
    )
    desk.rooms.models.show(window)
    page = desk.rooms.models.page
    assert "installed" in select(page, page.recommended, "Qwen3.8 27B").text(3)
    qtbot.waitUntil(lambda: page.installed.topLevelItemCount() == 1, timeout=10_000)


def test_paused_gone_on_with_and_failed(seat, hub, qtbot):
    desk, _window, page = seat
    hub.faults.set(Fault("slow", 1_000_000))
    item = select(page, page.recommended, "Qwen3.8 27B")
    fetch(page, qtbot)
    qtbot.waitUntil(lambda: "MB/s" in item.text(3), timeout=20_000)
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "paused at" in item.text(3), timeout=10_000)
    qtbot.waitUntil(lambda: not desk.rooms.models.desk._queue._stops, timeout=10_000)
    hub.faults.set(Fault("status", 410, "any"))
    assert "Resume" in page.fetch.text().replace("&", "")
    qtbot.mouseClick(page.fetch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "taken" in item.text(3), timeout=10_000)
    assert "has taken" in page.about.text(), "a long sentence stands whole below"
    hub.faults.set()
    qtbot.mouseClick(page.fetch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.rooms.models.desk.reports()[0].state is State.DONE, timeout=20_000)


def test_quitting_asks_while_a_model_is_fetched(seat, hub, qtbot):
    _desk, window, page = seat
    hub.faults.set(Fault("slow", 500_000))
    select(page, page.recommended, "Qwen3.8 27B")
    fetch(page, qtbot)
    qtbot.waitUntil(lambda: "fetching" in window.status_line.download, timeout=20_000)
    window.close()
    assert window.isVisible() and "being fetched" in window.notice.text
    qtbot.mouseClick(window.notice.buttons[0], Qt.MouseButton.LeftButton)
    assert not window.isVisible()


def test_search_licence_and_size_before_a_byte(seat, hub, qtbot):
    desk, _window, page = seat
    page.tabs.setCurrentIndex(2)
    assert hub.asked == [], "nothing is asked before someone asks"
    qtbot.keyClicks(page.search.words, "small")
    qtbot.keyClick(page.search.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.found.topLevelItemCount() == 1, timeout=10_000)
    page._open(select(page, page.found, REPO))
    qtbot.waitUntil(lambda: page.found.topLevelItem(0).text(0) == FILE, timeout=10_000)
    row = page.found.topLevelItem(0)
    assert row.text(1) and row.text(2) == "mit" and {each.method for each in hub.asked} == {"GET"}
    assert all(each.path.startswith("/api/") for each in hub.asked)
    page.found.setCurrentItem(row)
    qtbot.mouseClick(page.fetch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "installed" in row.text(3), timeout=20_000)
    page.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: page.installed.topLevelItemCount() == 1, timeout=10_000)
    page.installed.setCurrentItem(page.installed.topLevelItem(0))
    qtbot.mouseClick(page.verify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "is what was installed" in page.about.text(), timeout=10_000)
    with qtbot.waitSignal(page.chosen) as chosen:
        page.installed.setCurrentItem(page.installed.topLevelItem(0))
        qtbot.mouseClick(page.use, Qt.MouseButton.LeftButton)
    assert Path(chosen.args[0]) == desk.rooms.models.desk.folder / REPO / FILE
    page.installed.setCurrentItem(page.installed.topLevelItem(0))
    qtbot.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.installed.topLevelItemCount() == 0, timeout=10_000)


def test_trouble_is_told_in_the_page(seat, hub, qtbot):
    _desk, _window, page = seat
    page.tabs.setCurrentIndex(2)
    hub.faults.set(Fault("html", where="api"))
    qtbot.keyClicks(page.search.words, "small")
    qtbot.keyClick(page.search.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not answer like a hub" in page.about.text(), timeout=10_000)
