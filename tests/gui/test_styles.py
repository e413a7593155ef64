"""Styles in the window: found, filled in and written by keys alone; marked, changed, brought in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QPlainTextEdit

from penwright.base.paths import resources
from penwright.ui.dialogs.style_editor import StyleEditor
from penwright.ui.sides import Side
from rooms import Room

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key
_LONG = 20_000  # milliseconds


def opened(room: Room) -> None:
    room.qtbot.keyClick(room.area, Key.Key_Y, CONTROL | SHIFT)
    room.qtbot.waitUntil(room.styles.panel.field.hasFocus)


def names(room: Room) -> list[str]:
    listed = room.styles.panel.list
    return [listed.topLevelItem(number).text(0) for number in range(listed.topLevelItemCount())]


def test_from_the_panel_to_the_page_by_keys_alone(room: Room) -> None:
    room.load("")
    opened(room)
    panel, qtbot = room.styles.panel, room.qtbot
    qtbot.keyClicks(panel.field, "press rel")
    assert names(room) == ["Press release"]
    qtbot.keyClick(panel.field, Key.Key_Return)
    form = panel.form
    qtbot.waitUntil(form.editors["sender"].hasFocus)
    qtbot.keyClicks(form.editors["sender"], "Wexcombe Ferry Company")
    qtbot.keyClick(form.editors["sender"], Key.Key_Return, CONTROL)
    assert "Still missing" in form.fault.text()
    assert form.editors["place_date"].hasFocus(), "the first that is missing"
    qtbot.keyClicks(form.editors["place_date"], "Wexcombe, 4 May")
    qtbot.keyClick(form.editors["place_date"], Key.Key_Tab)
    assert form.editors["news"].hasFocus()
    qtbot.keyClicks(form.editors["news"], "The ferry runs on electricity from June.")
    qtbot.keyClick(form.editors["news"], Key.Key_Return, CONTROL)
    compose = room.asked(1)
    words = "".join(piece.text for piece in compose.pieces)
    assert "Wexcombe Ferry Company" in words and "electricity from June" in words
    assert room.window.sides.shown(Side.RIGHT) is None and room.area.hasFocus()
    room.answer("The ferry of Wexcombe saves 37 tonnes of oil.")
    qtbot.waitUntil(lambda: "37" in room.window.foot.itemAt(0).widget().found.text(), timeout=_LONG)
    draft = room.area.draft_text
    layout = room.area.document().begin().layout()
    marked = [each for each in layout.formats() if each.length == len("37")]
    assert marked and layout.preeditAreaText()[marked[0].start :].startswith("37")
    assert marked[0].format.underlineStyle() == marked[0].format.UnderlineStyle.WaveUnderline
    assert room.area.text() == ""
    qtbot.keyClick(room.area, Key.Key_Return, CONTROL | SHIFT)
    assert room.area.text() == draft
    opened(room)
    panel.field.clear()
    assert names(room)[:2] == ["Used last", "Press release"]


def test_favourites_stand_first_and_stay(room: Room) -> None:
    opened(room)
    panel = room.styles.panel
    room.styles.open("poem")
    room.qtbot.mouseClick(panel.form.favourite, Qt.MouseButton.LeftButton)
    assert room.desk.rooms.shared.settings().favourite_styles == ("poem",)
    room.qtbot.keyClick(panel.form, Key.Key_Escape)
    room.qtbot.waitUntil(panel.field.hasFocus)
    assert names(room)[:2] == ["Favourites", "Poem"]


def test_keys_step_over_headings_and_the_palette_reaches_each(room: Room) -> None:
    opened(room)
    panel = room.styles.panel
    first = panel.marked
    for _ in range(40):
        room.qtbot.keyClick(panel.field, Key.Key_Down)
        assert panel.marked
    last = panel.marked
    assert first != last
    for _ in range(40):
        room.qtbot.keyClick(panel.field, Key.Key_Up)
    assert panel.marked == first
    entries = {entry.title: entry for entry in room.styles._entries()}
    entries["Style: Story"].act()
    assert panel.form.style_shown.id == "story" and panel.form.isVisible()


def test_every_bundled_style_has_a_form_whose_example_is_enough(room: Room) -> None:
    panel = room.styles.panel
    for style in room.styles.room.styles:
        room.styles.open(style.id)
        form = panel.form
        assert list(form.editors) == [field.id for field in style.fields]
        for field in style.fields:
            editor = form.editors[field.id]
            assert editor.accessibleName()
            assert (field.kind == "long") == isinstance(editor, QPlainTextEdit)
            assert (field.kind == "text") == isinstance(editor, QLineEdit)
        form.fill_example()
        needed = [field.id for field in style.fields if field.required]
        assert all(form.values()[name].strip() for name in needed)


def test_what_was_filled_in_is_there_again(room: Room) -> None:
    room.styles.open("poem")
    form = room.styles.panel.form
    room.qtbot.keyClicks(form.editors["subject"], "Rain")
    room.styles.open("story")
    room.styles.open("poem")
    assert form.values()["subject"] == "Rain"


def test_a_model_that_only_continues_is_told_of_in_the_form(room: Room) -> None:
    room.engine.model = None
    room.styles.open("poem")
    form = room.styles.panel.form
    assert form.warning.isHidden()
    room.engine.model = room.engine._loaded.__class__(**{**room.engine._loaded.__dict__, "chat_template": ""})
    room.styles.open("story")
    assert not form.warning.isHidden() and not form.models.isHidden()
    room.styles.open("continue-text")
    assert form.warning.isHidden(), "going on is what it can do"


def dropped(room: Room, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    room.styles.panel.dropEvent(event)


def test_a_dropped_style_is_brought_in_and_a_broken_one_told(room: Room, tmp_path: Path) -> None:
    opened(room)
    text = (resources() / "styles" / "poem.toml").read_text("utf-8")
    mine = tmp_path / "given.toml"
    mine.write_text(
        text.replace('id = "poem"', 'id = "my-poem"', 1).replace('en = "Poem"', 'en = "My poem"', 1), "utf-8"
    )
    dropped(room, mine)
    form = room.styles.panel.form
    room.qtbot.waitUntil(
        lambda: form.style_shown is not None and form.style_shown.id == "my-poem", timeout=_LONG
    )
    assert room.styles.room.style("my-poem").own
    mine.write_text(mine.read_text("utf-8").replace('en = "My poem"', 'en = "My verse"', 1), "utf-8")
    dropped(room, mine)
    room.qtbot.waitUntil(lambda: len(room.window.notice.buttons) == 2, timeout=_LONG)
    assert room.styles.room.name(room.styles.room.style("my-poem")) == "My poem", "not without being asked"
    room.qtbot.mouseClick(room.window.notice.buttons[0], Qt.MouseButton.LeftButton)
    room.qtbot.waitUntil(
        lambda: room.styles.room.name(room.styles.room.style("my-poem")) == "My verse", timeout=_LONG
    )
    broken = tmp_path / "broken.toml"
    broken.write_text('id = "x\n', "utf-8")
    dropped(room, broken)
    room.qtbot.waitUntil(lambda: "broken.toml" in room.window.notice.text, timeout=_LONG)


def test_the_editor_shows_the_prompt_as_it_is_written(room: Room) -> None:
    room.styles.edit("poem")
    room.qtbot.waitUntil(lambda: bool(room.window.findChildren(StyleEditor)), timeout=_LONG)
    editor = room.window.findChildren(StyleEditor)[0]
    room.qtbot.waitUntil(lambda: "[user]" in editor.preview.toPlainText(), timeout=_LONG)
    text = editor.text.toPlainText()
    editor.text.setPlainText(text.replace("{{ subject }}", "{{ subject }} by the sea", 1))
    room.qtbot.waitUntil(lambda: "by the sea" in editor.preview.toPlainText(), timeout=_LONG)
    editor.text.setPlainText(text + "\nwrong = = 1\n")
    room.qtbot.waitUntil(lambda: "poem.toml" in editor.fault.text(), timeout=_LONG)
    save = editor.buttons.button(QDialogButtonBox.StandardButton.Save)
    assert not save.isEnabled()
    editor.text.setPlainText(text.replace('en = "Poem"', 'en = "Verse"', 1))
    room.qtbot.waitUntil(save.isEnabled, timeout=_LONG)
    save.click()
    room.qtbot.waitUntil(
        lambda: room.styles.room.name(room.styles.room.style("poem")) == "Verse", timeout=_LONG
    )
    editor.close()
