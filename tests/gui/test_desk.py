"""The running program: windows, one engine that they share, settings, and what is told when a model fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from penwright.app.desk import Desk
from penwright.base.catalogue import Catalogue
from penwright.base.errors import SettingsError
from penwright.base.paths import Folders, bundled_model
from penwright.core.gate import Eagerness
from penwright.engine.api import Phase, Status
from penwright.engine.messages import Placement, Ready
from penwright.engine.scripted import Script, ScriptedEngine
from penwright.storage.settings_file import SettingsFile
from penwright.ui.dialogs.banned_phrases import BannedPhrases
from penwright.ui.window import DeskWindow

MakeDesk = Callable[..., tuple[Desk, ScriptedEngine]]


@pytest.fixture
def make_desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path, catalogue: Catalogue) -> Iterator[MakeDesk]:
    """Return what makes a desk whose engine answers with the given texts."""
    desks: list[Desk] = []

    def make(*texts: Script, battery: Sequence[bool] = (False,)) -> tuple[Desk, ScriptedEngine]:
        engines: list[ScriptedEngine] = []

        def start_engine(listener: Callable[..., None]) -> ScriptedEngine:
            engines.append(ScriptedEngine(listener, texts))
            return engines[0]

        desks.append(Desk(qapp, Folders.under(tmp_path), catalogue, start_engine, lambda: battery[0]))
        assert desks[-1].rooms  # with the engine
        return desks[-1], engines[0]

    yield make
    for desk in desks:
        desk.close()


def focused(desk: Desk, qtbot: QtBot, path: Path | None = None) -> DeskWindow:
    """Open a window and wait until it can be typed in."""
    window = desk.open_window(path)
    desk.furnish()
    window.activateWindow()
    window.area.setFocus()
    qtbot.waitUntil(lambda: window.area.hasFocus() and not window.filing.busy)
    return window


def test_the_starter_is_loaded_and_named(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    desk.rooms.engines.load()
    qtbot.waitUntil(lambda: "ready" in window.status_line.texts()[2])
    assert Path(engine.loads[0].path) == bundled_model()
    assert "small" in window.status_line.texts()[1]


def test_a_model_that_cannot_be_used_gives_way_to_the_starter(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    desk.rooms.engines.load(str(tmp_path / "gone.gguf"))
    assert "gone.gguf" in window.notice.text
    assert [Path(load.path) for load in engine.loads] == [bundled_model()]


def test_a_model_put_aside_gives_way_to_the_starter(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(bundled_model().read_bytes())
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    desk.rooms.engines.load(str(other))
    engine.tell(Status(Phase.ASIDE, key="engine.aside", values={"path": str(other)}))
    qtbot.waitUntil(lambda: len(engine.loads) == 2)
    assert "put aside" in window.notice.text
    assert [Path(load.path) for load in engine.loads] == [other, bundled_model()]


def test_the_starter_put_aside_leaves_the_desk_without_a_model(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    desk.rooms.engines.load()
    engine.tell(Status(Phase.ASIDE, key="engine.aside", values={"path": "starter"}))
    qtbot.waitUntil(lambda: "no model" in window.status_line.texts()[2])
    assert len(engine.loads) == 1
    qtbot.keyClicks(window.area, "still writing")
    assert window.area.text() == "still writing"


def test_the_death_of_the_worker_is_told_in_the_status_line(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    engine.tell(Status(Phase.RESTARTING, key="engine.restarting", values={"seconds": 0.3}))
    qtbot.waitUntil(lambda: "starts again" in window.status_line.texts()[2])


def test_tab_is_taught_once(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, _ = make_desk("", " one two", " three")
    window = focused(desk, qtbot)
    qtbot.keyClicks(window.area, "Ab")
    qtbot.waitUntil(lambda: window.area.ghost_text != "")
    assert "Tab" in window.notice.text
    window.notice.dismiss()
    qtbot.keyClicks(window.area, "x")
    qtbot.waitUntil(lambda: window.area.ghost_text != "")
    assert window.notice.text == ""


def test_settings_are_kept_for_the_next_start(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk, engine = make_desk(" one")
    window = focused(desk, qtbot)
    window.menus.suggest_while_typing.trigger()
    window.choose_typeface("sans")
    qtbot.keyClicks(window.area, "A")
    assert engine.requests == []
    kept, troubles = SettingsFile(Folders.under(tmp_path).config).load()
    assert (kept.suggestions, kept.typeface, troubles) == (False, "sans", ())


def test_wishes_about_suggestions_hold_in_every_window_and_for_the_next_start(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = make_desk()
    first, second = focused(desk, qtbot), focused(desk, qtbot)
    first.eagerness_chosen.emit("eager")
    desk.rooms.wish(banned_phrases=("at the end of the day",))
    third = focused(desk, qtbot)
    for window in (first, second, third):
        flow = desk.seats[window].suggesting.flow
        assert (flow.eagerness, flow.banned) == (Eagerness.EAGER, ("at the end of the day",))
        marked = [entry.text() for entry in window.findChildren(QAction) if entry.isChecked()]
        assert any("Eager" in text for text in marked)
    kept, _troubles = SettingsFile(Folders.under(tmp_path).config).load()
    assert (kept.eagerness, kept.banned_phrases) == ("eager", ("at the end of the day",))


def test_phrases_never_to_suggest_are_edited_beside_the_text(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, _ = make_desk()
    window = focused(desk, qtbot)
    desk.seats[window].suggesting.set_banned(())
    desk.rooms.wish(banned_phrases=("one",))
    window.banned_wanted.emit()
    dialog = window.findChild(BannedPhrases)
    assert dialog is not None
    assert dialog.list.toPlainText() == "one"
    assert not dialog.isModal()
    dialog.list.setPlainText("  one \n\ntwo   words\none\n")
    dialog.buttons.button(QDialogButtonBox.StandardButton.Save).click()
    assert desk.seats[window].suggesting.flow.banned == ("one", "two words")
    window.banned_wanted.emit()
    again = next(found for found in window.findChildren(BannedPhrases) if found.isVisible())
    again.list.setPlainText("three")
    qtbot.keyClick(again, Qt.Key.Key_Escape)
    assert desk.seats[window].suggesting.flow.banned == ("one", "two words")


def test_which_of_several_is_told_in_the_status_line(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, _ = make_desk([" one", " two", " three"])
    window = focused(desk, qtbot)
    desk.seats[window].suggesting.set_enabled(False)
    qtbot.keyClicks(window.area, "A")
    qtbot.keyClick(window.area, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.area.ghost_text == " one")
    qtbot.keyClick(window.area, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.AltModifier)
    assert window.area.ghost_text == " two"
    assert "2 of 3" in window.status_line.choice
    assert window.area.text() == "A"
    qtbot.keyClick(window.area, Qt.Key.Key_Escape)
    assert window.status_line.choice == ""


@pytest.mark.parametrize("battery", [True, False])
def test_the_battery_is_looked_at_and_followed(make_desk: MakeDesk, qtbot: QtBot, battery: bool) -> None:
    desk, _ = make_desk(battery=(battery,))
    first = focused(desk, qtbot)
    qtbot.waitUntil(lambda: desk.seats[first].suggesting.flow.on_battery is battery)
    assert desk.seats[focused(desk, qtbot)].suggesting.flow.on_battery is battery


def test_a_name_that_is_not_there_yet_is_a_new_text(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = make_desk()
    path = tmp_path / "new.md"
    window = focused(desk, qtbot, path)
    assert "new.md" in window.windowTitle()
    qtbot.keyClicks(window.area, "First words")
    window.filing.save()
    qtbot.waitUntil(lambda: not window.filing.busy)
    assert path.read_text("utf-8") == "First words"
    assert not window.isWindowModified()


def test_two_windows_share_the_engine_and_not_the_answers(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, engine = make_desk("", " one two")
    first = focused(desk, qtbot)
    second = focused(desk, qtbot)
    qtbot.keyClicks(second.area, "Ab")
    qtbot.waitUntil(lambda: second.area.ghost_text == " one two")
    assert first.area.ghost_text == ""
    assert len({request.id for request in engine.requests}) == len(engine.requests)


def test_troubles_at_the_start_are_told_in_the_first_window(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    config = Folders.under(tmp_path).config
    config.mkdir(parents=True)
    (config / "settings.json").write_text("{", "utf-8")
    desk, _ = make_desk()
    desk.tell(SettingsError("settings.no_log", folder="there"))
    window = focused(desk, qtbot)
    assert "damaged" in window.notice.text
    assert "there" in window.notice.text
    assert focused(desk, qtbot).notice.text == ""


def test_what_is_told_of_a_file_stands_beside_the_troubles(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes(b"caf\xe9 au lait\n")
    desk, _ = make_desk()
    desk.tell(SettingsError("settings.no_log", folder="there"))
    window = focused(desk, qtbot, path)
    assert "there" in window.notice.text
    assert "not UTF-8" in window.notice.text


def ready_with(placement: Placement | None) -> Ready:
    return Ready(1, "m", "llama", 1, 1, 256, 256, 10, 1, 1.0, "", "", placement=placement)


def test_where_the_model_runs_is_told_to_whoever_asks(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    window.menus.where_it_runs.trigger()
    assert "No model" in window.notice.text
    window.notice.dismiss()
    values = {"layers": 33, "in_all": 33, "device": "Card"}
    engine.tell(ready_with(Placement(33, 33, "Card", "placement.all", values)))
    qtbot.waitUntil(lambda: desk.rooms.engines.ready is not None)
    assert window.notice.text == "", "nobody is told what is as it should be"
    window.menus.where_it_runs.trigger()
    assert window.notice.text == "All 33 layers are on Card."
    other = focused(desk, qtbot)
    other.menus.where_it_runs.trigger()
    assert other.notice.text == "All 33 layers are on Card."
    window.status_line.grab()  # the tool tip is set when it is drawn
    assert "on Card" in window.status_line.model_label.toolTip()


def test_a_step_down_is_told_once_and_the_state_stays_calm(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    values = {"layers": 16, "in_all": 33, "device": "Card", "tried": 33}
    engine.tell(Status(Phase.IDLE))
    engine.tell(ready_with(Placement(16, 33, "Card", "placement.ran_out", values, fell=True)))
    qtbot.waitUntil(lambda: window.notice.text != "")
    assert "Card ran out of memory" in window.notice.text
    assert window.status_line.texts()[2] == "ready"


def test_graphics_cards_can_be_left_alone(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk, engine = make_desk()
    window = focused(desk, qtbot)
    desk.rooms.engines.load()
    assert window.menus.use_gpu.isChecked()
    window.menus.use_gpu.trigger()
    assert [load.gpu_layers for load in engine.loads] == [-1, 0]
    settings, _ = SettingsFile(Folders.under(tmp_path).config).load()
    assert settings.gpu == "off"
    again, later = make_desk()
    assert not focused(again, qtbot).menus.use_gpu.isChecked()
    again.rooms.engines.load()
    assert later.loads[0].gpu_layers == 0


def test_what_another_start_is_given_opens_here_once(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _engine = make_desk()
    window = focused(desk, qtbot)
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    first.write_text("one")
    second.write_text("two")
    desk.open_from_elsewhere([first, second, first, tmp_path / "new.md"])
    qtbot.waitUntil(lambda: [each.area.text() for each in desk.seats] == ["one", "two", ""])
    assert [each.filing.path for each in desk.seats] == [first, second, tmp_path / "new.md"]
    assert next(iter(desk.seats)) is window, "the empty window took the first"
    window.showMinimized()
    desk.open_from_elsewhere([first])
    assert not window.isMinimized() and len(desk.seats) == 3
    desk.open_from_elsewhere([])
    window.open_path(second)
    assert len(desk.seats) == 3, "no text is open twice"


def test_a_private_sitting_leaves_no_trace_of_its_words(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = make_desk()
    window = focused(desk, qtbot)
    qtbot.keyClicks(window.area, "some words")
    qtbot.waitUntil(lambda: desk.rooms.progress.today == 2)
    desk.rooms.wish(private_mode=True)
    desk.rooms.progress.close()
    assert not list(tmp_path.rglob("progress.json"))
    qtbot.keyClicks(window.area, " in private")
    qtbot.waitUntil(lambda: desk.rooms.progress.session == 4)
    desk.rooms.wish(private_mode=False)
    qtbot.keyClicks(window.area, " more")
    qtbot.waitUntil(lambda: desk.rooms.progress.today == 3)
    desk.rooms.progress.close()
    assert list(tmp_path.rglob("progress.json"))
