"""The dialog of preferences: each setting that is on a page can be seen, changed, found and brought back."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QSpinBox
from pytestqt.qtbot import QtBot

from penwright.base.catalogue import Catalogue
from penwright.base.paths import resources
from penwright.storage.settings import Page, Settings, declarations
from penwright.ui.dialogs.preferences import PreferencesDialog
from penwright.ui.theme import Themes

Wish = tuple[str, object]


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[PreferencesDialog]:
    themes = Themes.from_folder(resources() / "themes", QGuiApplication.styleHints())
    dialog = PreferencesDialog(Catalogue(resources() / "i18n"), themes)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show_settings(Settings())
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


@pytest.fixture
def wishes(dialog: PreferencesDialog) -> list[Wish]:
    heard: list[Wish] = []
    dialog.wished.connect(lambda name, value: heard.append((name, value)))
    return heard


def seen(dialog: PreferencesDialog) -> set[str]:
    return {name for name, field in dialog.fields.items() if field.isVisible()}


def test_every_setting_of_a_page_is_there_and_nothing_else(dialog: PreferencesDialog) -> None:
    assert set(dialog.fields) == {each.name for each in declarations() if each.page is not Page.NONE}
    for page in (Page.WRITING, Page.SUGGESTIONS, Page.MODELS, Page.NETWORK):
        dialog.open_page(page)
        assert dialog.page is page
        assert seen(dialog) == {each.name for each in declarations() if each.page is page}


def test_what_is_entered_with_keys_is_wished_at_once(
    dialog: PreferencesDialog, wishes: list[Wish], qtbot: QtBot
) -> None:
    dialog.open_page(Page.SUGGESTIONS)
    box = dialog.fields["suggestions"].editor
    assert isinstance(box, QCheckBox)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert wishes == [("suggestions", False)]
    readily = dialog.fields["eagerness"].editor
    assert isinstance(readily, QComboBox)
    qtbot.keyClick(readily, Qt.Key.Key_Down)
    assert wishes[1:] == [("eagerness", "eager")]
    dialog.open_page(Page.NETWORK)
    limit = dialog.fields["download_limit"].editor
    assert isinstance(limit, QSpinBox)
    limit.selectAll()
    qtbot.keyClicks(limit, "250")
    qtbot.keyClick(limit, Qt.Key.Key_Return)
    assert wishes[2:] == [("download_limit", 250)]
    proxy = dialog.fields["proxy"].editor
    proxy.setFocus()
    qtbot.keyClicks(proxy, "http://localhost:8080")
    qtbot.keyClick(proxy, Qt.Key.Key_Return)
    assert wishes[3:] == [("proxy", "http://localhost:8080")]


def test_a_list_is_wished_after_a_pause_or_when_the_dialog_closes(
    dialog: PreferencesDialog, wishes: list[Wish], qtbot: QtBot
) -> None:
    dialog.open_page(Page.SUGGESTIONS)
    phrases = dialog.fields["banned_phrases"].editor
    assert isinstance(phrases, QPlainTextEdit)
    phrases.setFocus()
    qtbot.keyClicks(phrases, "at the end of the day")
    qtbot.waitUntil(lambda: wishes == [("banned_phrases", ("at the end of the day",))])
    qtbot.keyClick(phrases, Qt.Key.Key_Return)
    qtbot.keyClicks(phrases, "going forward")
    dialog.show_settings(Settings(banned_phrases=("at the end of the day",)))
    dialog.close()
    assert wishes[-1] == ("banned_phrases", ("at the end of the day", "going forward"))


def test_what_changes_elsewhere_is_shown_and_not_wished_again(
    dialog: PreferencesDialog, wishes: list[Wish]
) -> None:
    other = Settings(
        suggestions=False, eagerness="quiet", download_limit=9, shared_models=("/a  b",), proxy="x"
    )
    dialog.show_settings(other)
    assert wishes == []
    assert isinstance(box := dialog.fields["suggestions"].editor, QCheckBox) and not box.isChecked()
    assert isinstance(folders := dialog.fields["shared_models"].editor, QPlainTextEdit)
    assert folders.toPlainText() == "/a  b"


def test_searching_shows_the_fields_of_every_page_that_have_the_words(
    dialog: PreferencesDialog, qtbot: QtBot
) -> None:
    qtbot.keyClicks(dialog.search, "proxy")
    assert seen(dialog) == {"proxy"}
    qtbot.keyClicks(dialog.search, " no such words")
    assert not seen(dialog) and dialog.nothing.isVisible()
    dialog.search.clear()
    assert "typeface" in seen(dialog) and dialog.nothing.isHidden()


def test_the_usual_values_of_a_page_are_brought_back(
    dialog: PreferencesDialog, wishes: list[Wish], qtbot: QtBot
) -> None:
    dialog.open_page(Page.MODELS)
    qtbot.mouseClick(
        dialog.buttons.button(dialog.buttons.StandardButton.RestoreDefaults), Qt.MouseButton.LeftButton
    )
    usual = {each.name: each.default for each in declarations() if each.page is Page.MODELS}
    assert dict(wishes) == usual
