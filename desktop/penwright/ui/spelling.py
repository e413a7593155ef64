"""Spelling in one window: wrong words underlined, what was meant in the menu, the next one by a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QFileDialog, QMenu

from penwright.spelling.words import spelt
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.halves import Halves
from penwright.ui.spelling_marks import LONGEST, SpellingMarks, Word, words_in
from penwright.ui.spelling_room import SpellingRoom
from penwright.ui.text_words import TextWords

_TURN_S = 0.004  # seconds that a search may keep the window before it lets it go on

Wish = Callable[..., None]


class Spelling(QObject):
    """Marks what is wrong in each half, and goes to it in the half in hand.

    words: judges; its `keep()` is called when the text has another name. path: of the text, or None while it
    has no file.
    """

    def __init__(
        self,
        halves: Halves,
        room: SpellingRoom,
        commands: Commands,
        *,
        wish: Wish,
        say: Callable[[str], None],
        path: Callable[[], Path | None],
    ) -> None:
        super().__init__(halves)
        self._halves, self._room, self._wish, self._say = halves, room, wish, say
        self.words = TextWords(halves.first, room, path)
        self._sought: int | None = None  # from where the next wrong word is looked for
        self._seen = 0
        self._menu: tuple[QMenu, QAction, Word] | None = None
        halves.first.loaded.connect(self._stop_seeking)
        halves.each(self._join)
        self.words.judged.connect(self._go_on)
        self.words.changed.connect(self._go_on)
        room.suggested.connect(self._offer)
        self._add_commands(commands)

    def follow(self, on: bool) -> None:
        """Mark whether words are checked."""
        self._toggle.setChecked(on)

    def go_to_next(self) -> None:
        """Select the next wrong word behind the caret, from the top again after the last."""
        if not self.words.in_use:
            self._say(self.tr("No dictionary is in use. Choose Edit > Spelling > Languages."))
            return
        self._sought = self._halves.in_hand.textCursor().selectionEnd()
        self._seen = 0
        self._seek()

    def _join(self, area: WritingArea) -> None:
        SpellingMarks(area, self.words)
        area.menu_wanted.connect(lambda menu, position: self._fill_menu(area, menu, position))

    # Finding

    def _stop_seeking(self) -> None:
        self._sought = None

    def _seek(self) -> None:
        """Go on from `_sought`: until a word that is not known yet, or until the window wants its turn."""
        area = self._halves.in_hand
        document, until = area.document(), perf_counter() + _TURN_S
        assert self._sought is not None
        block = document.findBlock(self._sought)
        while self._seen <= document.blockCount():
            unknown = False
            for start, end, word in words_in(area, block) if block.length() <= LONGEST else ():
                verdict = self.words.verdict(word)
                if start < self._sought or verdict:
                    continue
                if verdict is None:
                    unknown = True
                elif not unknown:
                    self._show(start, end)
                    return
            if unknown:
                return  # until it is judged
            block = block.next()
            self._seen += 1
            if not block.isValid():
                block = document.begin()
            self._sought = block.position()
            if perf_counter() > until:
                QTimer.singleShot(0, self, self._go_on)
                return
        self._sought = None
        self._say(self.tr("Every word is right, as far as the dictionaries in use know."))

    def _go_on(self) -> None:
        if self._sought is not None:
            self._seek()

    def _show(self, start: int, end: int) -> None:
        self._sought = None
        area = self._halves.in_hand
        cursor = QTextCursor(area.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        area.go_to(cursor)

    # The menu of a word

    def _fill_menu(self, area: WritingArea, menu: QMenu, position: int) -> None:
        block = area.document().findBlock(position)
        if not self.words.in_use or block.length() > LONGEST:
            return
        for word in words_in(area, block):
            if word[0] <= position <= word[1] and self.words.verdict(word[2]) is False:
                self._fill_for(menu, word)
                return

    def _fill_for(self, menu: QMenu, word: Word) -> None:
        first = menu.actions()[0]
        looking = QAction(self.tr("Looking for what was meant…"), menu)
        looking.setEnabled(False)
        entries = [looking]
        for each in self._room.active:
            words = self.tr("&Add to Dictionary")
            if len(self._room.active) > 1:
                words = self.tr("Add to Dictionary: {0}").format(name_of(each.code))
            entries.append(QAction(words, menu))
            entries[-1].triggered.connect(lambda _on=False, code=each.code: self._room.learn(code, word[2]))
        here = QAction(self.tr("&Right in This Text"), menu)
        here.triggered.connect(lambda: self.words.learn(word[2]))
        menu.insertActions(first, [*entries, here])
        menu.insertSeparator(first)
        self._menu = (menu, looking, word)
        menu.destroyed.connect(self._forget_menu)
        self._room.suggest(word[2])

    def _offer(self, word: str, options: tuple[str, ...]) -> None:
        if self._menu is None or self._menu[2][2] != word:
            return
        menu, looking, place = self._menu
        if not options:
            looking.setText(self.tr("Nothing like it is known"))
            return
        for option in options:
            entry = QAction(option, menu)
            bold = entry.font()
            bold.setBold(True)
            entry.setFont(bold)
            entry.triggered.connect(lambda _on=False, option=option: self._put(place, option))
            menu.insertAction(looking, entry)
        menu.removeAction(looking)
        menu.setActiveAction(menu.actions()[0])

    def _put(self, place: Word, option: str) -> None:
        start, end, word = place
        area = self._halves.in_hand
        cursor = QTextCursor(area.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        if spelt(cursor.selectedText()) == word:  # else the text was changed meanwhile
            if "’" in cursor.selectedText():
                option = option.replace("'", "’")
            area.replace([(start, end, option)])

    def _forget_menu(self) -> None:
        self._menu = None

    # Commands

    def _add_commands(self, commands: Commands) -> None:
        below = commands.submenu(Place.EDIT, self.tr("Sp&elling"))
        self._toggle = commands.toggle(
            Place.EDIT,
            "spelling",
            self.tr("&Check Spelling"),
            lambda on: self._wish(spelling=on),
            on=self._room.on,
            within=below,
        )
        commands.add(
            Place.EDIT,
            "next_wrong_word",
            self.tr("&Next Wrong Word"),
            self.go_to_next,
            "F7",
            within=below,
        )
        self._languages = below.addMenu(self.tr("&Languages"))
        self._languages.aboutToShow.connect(self._list_languages)
        commands.add(
            Place.EDIT,
            "add_dictionary",
            self.tr("&Add a Dictionary…"),
            self._choose_dictionary,
            within=below,
        )

    def _list_languages(self) -> None:
        self._languages.clear()
        active = {each.code for each in self._room.active}
        for each in self._room.dictionaries:
            entry = self._languages.addAction(name_of(each.code))
            entry.setCheckable(True)
            entry.setChecked(each.code in active)
            entry.setToolTip(str(each.folder))
            entry.toggled.connect(lambda on, code=each.code: self._use(code, on))
        if self._languages.isEmpty():
            self._languages.addAction(self.tr("No dictionary was found")).setEnabled(False)

    def _use(self, code: str, on: bool) -> None:
        codes = [each.code for each in self._room.active if each.code != code]
        self._wish(spelling=True, spelling_languages=(*codes, code) if on else tuple(codes))

    def _choose_dictionary(self) -> None:
        dialog = QFileDialog(self._halves.first.window(), self.tr("Add a Dictionary"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Dictionaries (*.dic *.aff *.oxt *.xpi *.zip)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self.add_dictionary)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_dictionary(self, path: str) -> None:
        """Take a dictionary in and use it beside the others."""
        self._room.add_dictionary(Path(path), self._use_added)

    def _use_added(self, codes: tuple[str, ...]) -> None:
        used = [each.code for each in self._room.active]
        self._wish(spelling=True, spelling_languages=tuple(dict.fromkeys((*used, *codes))))
        self._say(self.tr("Added and in use: {0}.").format(", ".join(map(name_of, codes))))


def name_of(code: str) -> str:
    """Return what a dictionary's language is called in that language, with the code."""
    locale = QLocale(code)
    if locale.language() == QLocale.Language.C:
        return code
    return f"{locale.nativeLanguageName()} ({code})"
