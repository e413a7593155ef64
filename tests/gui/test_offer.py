"""The line that offers models at the first start: when it comes, what it says, and that no is an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.engine.messages import Ready
from penwright.engine.scripted import ScriptedEngine
from penwright.modelstore.fit import Machine
from penwright.storage.settings import Settings
from penwright.storage.settings_file import SettingsFile
from penwright.ui.window import LEAST_HEIGHT, LEAST_WIDTH, DeskWindow

READY = Ready(1, "m", "llama", 1, 1, 256, 256, 10, 1, 1.0, "", "")
GIGA = 1_000_000_000


@pytest.fixture
def start(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., DeskWindow]]:
    """Return what starts the program on a machine with 16 GB, with these settings and a ready engine."""
    monkeypatch.setattr(
        "penwright.ui.model_desk.this_machine",
        lambda _folder, gpu: Machine(16 * GIGA, 12 * GIGA, gpu, 500 * GIGA),
    )
    desks: list[Desk] = []

    def begin(settings: Settings | None = None) -> DeskWindow:
        folders = Folders.under(tmp_path)
        if settings is not None:
            SettingsFile(folders.config).save(settings)
        desk = Desk(qapp, folders, catalogue, ScriptedEngine, lambda: False)
        desks.append(desk)
        window = desk.open_window()
        window.activateWindow()
        window.area.setFocus()
        desk.rooms.engines.load()
        desk.rooms.offer_models()
        desk.rooms.engines.bridge.post(READY)
        qtbot.waitUntil(lambda: desk.rooms.engines.ready is not None and window.area.hasFocus())
        qtbot.waitUntil(lambda: not desk.rooms.models.considering)
        if desk.rooms.models.desk is not None:
            qtbot.waitUntil(lambda: not desk.rooms.models.desk.looking)
        return window

    yield begin
    for desk in desks:
        if desk.rooms.models.page is not None:
            desk.rooms.models.page.close()
        desk.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def desk_of(window: DeskWindow, qapp: QApplication) -> Desk:
    return next(desk for desk in qapp.findChildren(Desk) if window in desk.seats)


def test_it_offers_the_pair_that_fits_with_sizes_and_licences(
    start: Callable[..., DeskWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = start()
    text = window.offer_line.text
    assert "Qwen3.5 0.8B (833.6 MB, Apache-2.0)" in text and text.count("GB") + text.count("MB") == 2
    assert window.area.hasFocus(), "it takes nobody's keys"
    qtbot.keyClicks(window.area, "on I write")
    assert window.area.text() == "on I write" and window.offer_line.text
    assert not list(tmp_path.rglob("*connections*")), "nothing was connected to"
    assert not (tmp_path / "data").exists(), "nothing was made"


def test_no_is_remembered(
    start: Callable[..., DeskWindow], qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    window = start()
    window.offer_line.refuse.setFocus()
    qtbot.keyClick(window.offer_line.refuse, Qt.Key.Key_Return)
    assert not window.offer_line.text and window.area.hasFocus()
    assert not SettingsFile(Folders.under(tmp_path).config).load()[0].offer_models
    assert not start().offer_line.text


def test_the_button_opens_the_page_of_models(
    start: Callable[..., DeskWindow], qtbot: QtBot, qapp: QApplication
) -> None:
    window = start()
    qtbot.mouseClick(window.offer_line.show_models, Qt.MouseButton.LeftButton)
    page = desk_of(window, qapp).rooms.models.page
    assert page is not None and page.isVisible() and not window.offer_line.text


def test_escape_sends_it_away_for_this_run(start: Callable[..., DeskWindow], qtbot: QtBot) -> None:
    window = start()
    window.offer_line.refuse.setFocus()
    qtbot.keyClick(window.offer_line.refuse, Qt.Key.Key_Escape)
    assert not window.offer_line.text and window.area.hasFocus()
    assert start().offer_line.text


@pytest.mark.parametrize("settings", [Settings(network="off"), Settings(offer_models=False)])
def test_it_stays_away(start: Callable[..., DeskWindow], settings: Settings, qapp: QApplication) -> None:
    window = start(settings)
    assert not window.offer_line.text and desk_of(window, qapp).rooms.models.desk is None


def test_who_has_a_model_is_offered_none(
    start: Callable[..., DeskWindow], tmp_path: Path, starter: Path, qapp: QApplication
) -> None:
    own = tmp_path / "data" / "models" / "imported" / "own.gguf"
    own.parent.mkdir(parents=True)
    own.write_bytes(starter.read_bytes())
    window = start()
    assert desk_of(window, qapp).rooms.models.desk is not None and not window.offer_line.text
    assert not start(Settings(model=str(own))).offer_line.text


def test_a_second_window_shows_it_too(start: Callable[..., DeskWindow], qapp: QApplication) -> None:
    window = start()
    other = desk_of(window, qapp).open_window()
    desk_of(window, qapp).furnish()
    assert other.offer_line.text == window.offer_line.text
    other.offer_line.refused.emit()
    assert not window.offer_line.text and not other.offer_line.text


@pytest.mark.parametrize("percent", [100, 200])
def test_nothing_of_it_is_clipped(start: Callable[..., DeskWindow], qtbot: QtBot, percent: int) -> None:
    window = start()
    font = window.font()
    font.setPointSizeF(font.pointSizeF() * percent / 100)
    window.setFont(font)
    for child in window.offer_line.children():
        if child.isWidgetType():
            child.setFont(font)  # type: ignore[attr-defined]
    window.resize(LEAST_WIDTH, LEAST_HEIGHT)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == (LEAST_WIDTH, LEAST_HEIGHT))
    line = window.offer_line
    label = line._label
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))
    for each in (label, line.show_models, line.refuse):
        assert line.rect().contains(each.geometry())
        assert each.height() >= each.sizeHint().height() or each is label
    assert window.rect().bottom() >= line.mapTo(window, line.rect().bottomLeft()).y()
    assert window.area.height() >= 100, "there is room to write in"
