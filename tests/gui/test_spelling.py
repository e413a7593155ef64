"""Spelling in the window, with the real hunspell: what is marked, what is not, the menu and the keys."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar
from pytestqt.qtbot import QtBot

from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.spelling.personal import PersonalWords
from penwright.spelling.speller import Checked, Event, Trouble
from penwright.storage.settings import Settings
from penwright.ui.commands import Commands
from penwright.ui.editor.area import WritingArea
from penwright.ui.halves import Halves
from penwright.ui.spelling import Spelling, name_of
from penwright.ui.spelling_room import SpellingRoom, usual

Put = Callable[[str], None]


class Desk:
    """One text with its spelling, and what it wished and said."""

    def __init__(
        self,
        area: WritingArea,
        folders: Folders,
        catalogue: Catalogue,
        words: Callable[[Path], PersonalWords] = PersonalWords,
    ) -> None:
        self.area = area
        self.settings = Settings()
        self.said: list[str] = []
        self.file: Path | None = None
        self.kept = PersonalWords(folders.data / "words")
        self.room = SpellingRoom(folders, catalogue, languages=lambda: ["en-US"], words=words)
        self.room.trouble.connect(self.said.append)
        self.bar = QMenuBar()
        self.commands = Commands(self.bar)
        self.spelling = Spelling(
            Halves(area),
            self.room,
            self.commands,
            wish=self.wish,
            say=self.said.append,
            path=lambda: self.file,
        )

    def wish(self, **changes: object) -> None:
        self.settings = Settings(**{**vars(self.settings), **changes})  # type: ignore[arg-type]
        self.room.follow(self.settings)
        self.spelling.follow(self.settings.spelling)

    def marked(self) -> list[str]:
        """Return the words that are underlined."""
        found = []
        block = self.area.document().begin()
        while block.isValid():
            for each in block.layout().formats():
                if each.format.underlineStyle() == QTextCharFormat.UnderlineStyle.SpellCheckUnderline:
                    letters = block.text().encode("utf-16-le")  # formats count these
                    found.append(letters[2 * each.start : 2 * (each.start + each.length)].decode("utf-16-le"))
            block = block.next()
        return found


@pytest.fixture
def desk(area: WritingArea, tmp_path: Path, catalogue: Catalogue, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(area, Folders.under(tmp_path), catalogue)
    desk.wish()
    qtbot.waitUntil(lambda: bool(desk.room.active), timeout=10_000)
    yield desk
    desk.room.close()
    desk.bar.deleteLater()


@pytest.fixture
def sees(desk: Desk, qtbot: QtBot) -> Callable[..., None]:
    """Return what waits until just these words are marked."""

    def wait(*words: str) -> None:
        def check() -> None:
            assert desk.marked() == list(words)

        qtbot.waitUntil(check, timeout=10_000)

    return wait


def menu_at(desk: Desk, qtbot: QtBot, position: int) -> QMenu:
    """Right-click on a place of the text and return the menu that opens, what was meant being known."""
    cursor = desk.area.textCursor()
    cursor.setPosition(position)
    point = desk.area.cursorRect(cursor).center() + QPoint(2, 0)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, desk.area.viewport().mapToGlobal(point))
    QApplication.sendEvent(desk.area.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    qtbot.waitUntil(lambda: not any("Looking" in each.text() for each in menu.actions()), timeout=10_000)
    return menu


def choose(menu: QMenu, words: str) -> None:
    next(each for each in menu.actions() if each.text() == words).trigger()
    menu.close()


def test_wrong_words_are_marked_and_code_links_and_names_are_not(
    desk: Desk, put: Put, sees: Callable[..., None]
) -> None:
    put("A sentense of **wrods**, `codde` and https://exmaple.org/ for GitHub.\n\n李雷 smiiled.|")
    sees("sentense", "wrods", "smiiled")


def test_the_word_being_typed_is_left_alone_until_it_is_left(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot
) -> None:
    put("|")
    qtbot.keyClicks(desk.area, "Teh wrod")
    sees("Teh")
    qtbot.keyClicks(desk.area, " ")
    sees("Teh", "wrod")
    qtbot.keyClicks(desk.area, "aginn")
    qtbot.wait(200)
    sees("Teh", "wrod")
    qtbot.keyClick(desk.area, Qt.Key.Key_Home)
    sees("Teh", "wrod", "aginn")


def test_astral_letters_before_a_word_do_not_shift_the_mark(
    desk: Desk, put: Put, sees: Callable[..., None]
) -> None:
    put("😀😀 a wrod here|")
    sees("wrod")


def test_the_menu_has_what_was_meant_and_puts_it_there_as_one_step(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot
) -> None:
    put("They recieve it.|")
    sees("recieve")
    menu = menu_at(desk, qtbot, 7)
    choose(menu, "receive")
    assert desk.area.text() == "They receive it."
    sees()
    desk.area.undo()
    assert desk.area.text() == "They recieve it."


def test_a_word_that_was_changed_while_the_menu_was_open_is_not_replaced(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot
) -> None:
    put("They recieve it.|")
    sees("recieve")
    menu = menu_at(desk, qtbot, 7)
    desk.area.replace([(0, 4, "I")])
    choose(menu, "receive")
    assert desk.area.text() == "I recieve it."


def test_a_typographic_apostrophe_stays_one(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot
) -> None:
    put("It doesn’tt matter, it dosn’t.|")
    sees("doesn’tt", "dosn’t")
    menu = menu_at(desk, qtbot, 25)
    choose(menu, "doesn't")
    assert desk.area.text() == "It doesn’tt matter, it doesn’t."


def test_a_word_is_learnt_for_the_language_or_for_this_text(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    desk.file = tmp_path / "novel.md"
    put("Quillonn met Zuurbel.|")
    sees("Quillonn", "Zuurbel")
    choose(menu_at(desk, qtbot, 3), "&Add to Dictionary")
    sees("Zuurbel")
    choose(menu_at(desk, qtbot, 15), "&Right in This Text")
    sees()
    qtbot.waitUntil(lambda: not desk.room.busy)
    assert desk.kept.of_language("en_US") == {"Quillonn"}
    assert desk.kept.of_document(desk.file) == {"Zuurbel"}
    desk.file = tmp_path / "other.md"
    put("Quillonn met Zuurbel again.|")
    sees("Zuurbel")
    desk.file = tmp_path / "novel.md"
    put("Quillonn met Zuurbel again.|")
    sees()


def test_the_words_of_a_text_without_a_file_are_kept_when_it_gets_one(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    put("Met Zuurbel.|")
    sees("Zuurbel")
    choose(menu_at(desk, qtbot, 6), "&Right in This Text")
    desk.file = tmp_path / "novel.md"
    desk.spelling.words.keep()
    qtbot.waitUntil(lambda: not desk.room.busy)
    assert desk.kept.of_document(desk.file) == {"Zuurbel"}


def test_a_right_word_has_the_usual_menu(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot
) -> None:
    put("A fine wrod.|")
    sees("wrod")
    menu = menu_at(desk, qtbot, 3)
    assert not any("Dictionary" in each.text() for each in menu.actions())
    menu.close()


def test_f7_goes_to_the_next_wrong_word_and_from_the_end_to_the_first(
    desk: Desk, put: Put, qtbot: QtBot
) -> None:
    put("Aa wrod here.\n" + "A long and quiet line of prose.\n" * 3000 + "|Then anothher.\n")
    go = desk.commands["edit.next_wrong_word"].trigger
    go()
    qtbot.waitUntil(lambda: desk.area.textCursor().selectedText() == "anothher", timeout=20_000)
    go()
    qtbot.waitUntil(lambda: desk.area.textCursor().selectedText() == "Aa", timeout=20_000)
    put("All of it is right.|")
    go()
    qtbot.waitUntil(lambda: any("Every word is right" in said for said in desk.said), timeout=20_000)


def test_switched_off_nothing_is_marked_and_the_search_says_why(
    desk: Desk, put: Put, sees: Callable[..., None]
) -> None:
    put("A wrod.|")
    sees("wrod")
    desk.commands["edit.spelling"].trigger()
    assert desk.settings.spelling is False
    sees()
    desk.commands["edit.next_wrong_word"].trigger()
    assert "No dictionary is in use" in desk.said[-1]
    desk.commands["edit.spelling"].trigger()
    sees("wrod")


def test_another_dictionary_is_added_beside_the_first(
    desk: Desk, put: Put, sees: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    put("A frölich wrod.|")
    sees("frölich", "wrod")
    (tmp_path / "de_DE.aff").write_text("SET UTF-8\n")
    (tmp_path / "de_DE.dic").write_text("1\nfrölich\n", "utf-8")
    desk.spelling.add_dictionary(str(tmp_path / "de_DE.dic"))
    qtbot.waitUntil(lambda: desk.settings.spelling_languages == ("en_US", "de_DE"), timeout=10_000)
    sees("wrod")
    assert "Deutsch" in desk.said[-1]
    desk.spelling.add_dictionary(str(tmp_path / "novel.md"))
    qtbot.waitUntil(lambda: "half of a dictionary" in desk.said[-1], timeout=10_000)


def test_the_languages_are_a_menu_of_what_is_there(desk: Desk) -> None:
    desk.spelling._list_languages()
    entries = {each.text(): each for each in desk.spelling._languages.actions()}
    english = entries[name_of("en_US")]
    assert english.isChecked()
    english.setChecked(False)
    assert desk.settings.spelling_languages == ()


def test_the_usual_dictionary_is_that_of_the_system_else_english() -> None:
    codes = ["de_AT", "de_DE_frami", "en_GB", "en_US"]
    assert usual(["de-DE", "en-US"], codes) == ["de_DE_frami"]
    assert usual(["de-CH"], codes) == ["de_AT"]
    assert usual(["zh-CN"], codes) == ["en_US"]
    assert usual(["zh-CN"], ["fr"]) == []


class Late:
    """A speller whose answers come when the test says."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self.post = post
        self.asked: queue.SimpleQueue[tuple[str, ...]] = queue.SimpleQueue()

    def use(self, dictionaries: object) -> None:
        pass

    def check(self, words: tuple[str, ...]) -> None:
        self.asked.put(words)

    def suggest(self, word: str) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_late_answer_of_other_languages_counts_for_nothing_and_trouble_is_told(
    qtbot: QtBot, tmp_path: Path, catalogue: Catalogue
) -> None:
    made: list[Late] = []

    def start(post: Callable[[Event], None]) -> Late:
        made.append(Late(post))
        return made[-1]

    room = SpellingRoom(Folders.under(tmp_path), catalogue, start, lambda: ["en-US"])  # type: ignore[arg-type]
    said: list[str] = []
    room.trouble.connect(said.append)
    room.follow(Settings())
    qtbot.waitUntil(lambda: bool(room.active), timeout=10_000)
    assert room.verdict("wrod") is None
    qtbot.waitUntil(lambda: not made[0].asked.empty())
    room.look()  # the languages are chosen anew
    qtbot.waitUntil(lambda: not room.busy)
    made[0].post(Checked(("wrod",), frozenset({"wrod"})))
    made[0].post(Trouble("spelling.stopped", {}))
    qtbot.waitUntil(lambda: len(said) == 1)
    assert room.verdict("wrod") is None
    room.close()
