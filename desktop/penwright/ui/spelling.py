"""Spelling in one window: wrong words underlined, what was meant in the menu, the next one by a key."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtGui import QAction, QTextBlock, QTextCursor
from PySide6.QtWidgets import QFileDialog, QMenu

from penwright.base.errors import PenwrightError
from penwright.core.markdown.spans import spans_of
from penwright.spelling.words import spelt, words_of, words_of_token
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.highlighter import WRONG, Stretch
from penwright.ui.editor.offsets import unit_offsets
from penwright.ui.spelling_room import SpellingRoom

_LONGEST = 5000  # characters of a paragraph that is looked at: a key costs all of its words
_WAITING = 300  # paragraphs that are looked at again when their words are known
_MOST_FINE = 100_000  # of them are remembered
_TURN_S = 0.004  # seconds that a search may keep the window before it lets it go on

Wish = Callable[..., None]
Word = tuple[int, int, str]  # start and end in the document, in UTF-16 units, and its spelling


class Spelling(QObject):
    """Marks what is wrong in `area`. path: of the text, or None while it has no file."""

    def __init__(
        self,
        area: WritingArea,
        room: SpellingRoom,
        commands: Commands,
        *,
        wish: Wish,
        say: Callable[[str], None],
        path: Callable[[], Path | None],
    ) -> None:
        super().__init__(area)
        self._area, self._room, self._wish, self._say, self._path = area, room, wish, say, path
        self._of_text: set[str] = set()  # right in this text alone
        self._kept_for: Path | None = None  # the file that they are kept for
        self._fine: set[str] = set()  # what stands between spaces, with no word that is wrong or not known
        self._waiting: deque[QTextBlock] = deque(maxlen=_WAITING)
        self._typing = False  # the word at the caret is not finished
        self._changed = False  # the caret moves because the text did
        self._spared: QTextBlock | None = None  # has a wrong word that is being typed
        self._sought: int | None = None  # from where the next wrong word is looked for
        self._seen = 0
        self._menu: tuple[QMenu, QAction, Word] | None = None
        area.highlighter.layers["spelling"] = self._layer
        area.document().contentsChange.connect(self._note_change)
        area.cursorPositionChanged.connect(self._follow_caret)
        area.loaded.connect(self._read_words)
        area.menu_wanted.connect(self._fill_menu)
        room.judged.connect(self._look_again)
        room.changed.connect(self._judge_anew)
        room.suggested.connect(self._offer)
        self._add_commands(commands)

    def follow(self, on: bool) -> None:
        """Mark whether words are checked."""
        self._toggle.setChecked(on)

    def keep_words(self) -> None:
        """Keep the text's own words, if it has a file; called also when that has another name."""
        path = self._path()
        if path != self._kept_for and path is not None and self._of_text:
            try:
                self._room.personal.add_to_document(path, sorted(self._of_text))
            except PenwrightError as error:
                self._room.tell(error)
        self._kept_for = path

    def go_to_next(self) -> None:
        """Select the next wrong word behind the caret, from the top again after the last."""
        if not self._room.active:
            self._say(self.tr("No dictionary is in use. Choose Edit > Spelling > Languages."))
            return
        self._sought = self._area.textCursor().selectionEnd()
        self._seen = 0
        self._seek()

    # Marking

    def _layer(self, start: int, end: int) -> Iterable[Stretch]:
        if not self._room.active or end - start > _LONGEST:
            return
        block = self._area.document().findBlock(start)
        if self._is_fine(block.text()):
            return
        caret = self._area.textCursor().position() if self._typing else -1
        waits = False
        for low, high, word in self._words(block):
            verdict = self._verdict(word)
            if verdict is None:
                waits = True
            elif not verdict:
                if low <= caret <= high:
                    self._spared = block
                else:
                    yield low, high, WRONG
        if waits:
            self._waiting.append(block)

    def _is_fine(self, text: str) -> bool:
        """Whether every word of a paragraph is known to be right.

        A key asks that of all the words around it, so it has to be one look: 1,000 letters take 26 µs, and
        to find each word among them 0.5 ms.
        """
        for token in set(text.split()) - self._fine:
            if not all(self._verdict(word) for _start, _end, word in words_of_token(token)):
                return False
            if len(self._fine) > _MOST_FINE:
                self._fine.clear()
            self._fine.add(token)
        return True

    def _words(self, block: QTextBlock) -> list[Word]:
        text, at = block.text(), block.position()
        words = words_of(text, spans_of(text, self._area.passages.place(block)))
        offsets = unit_offsets(text)
        if offsets is None:
            return [(at + start, at + end, word) for start, end, word in words]
        return [(at + offsets[start], at + offsets[end], word) for start, end, word in words]

    def _verdict(self, word: str) -> bool | None:
        return True if word in self._of_text else self._room.verdict(word)

    def _look_again(self) -> None:
        waiting, self._waiting = self._waiting, deque(maxlen=_WAITING)
        done: set[int] = set()
        for block in waiting:
            if block.isValid() and block.document() is self._area.document() and block.position() not in done:
                done.add(block.position())
                if any(self._verdict(word) is not True for _start, _end, word in self._words(block)):
                    self._area.highlighter.rehighlightBlock(block)
        if self._sought is not None:
            self._seek()

    def _judge_anew(self) -> None:
        self._fine.clear()
        self._area.renew_formats()

    def _note_change(self, _position: int, removed: int, added: int) -> None:
        self._typing = self._changed = removed + added < 32  # else it is pasted or loaded

    def _follow_caret(self) -> None:
        if self._changed:
            self._changed = False
            return
        self._typing = False
        spared, self._spared = self._spared, None
        if spared is not None and spared.isValid():
            self._area.highlighter.rehighlightBlock(spared)

    def _read_words(self) -> None:
        path = self._kept_for = self._path()
        before = self._of_text
        self._of_text = set(self._room.personal.of_document(path)) if path is not None else set()
        self._sought = None
        if self._of_text != before:  # what is in view was judged with the words of the text before
            self._judge_anew()

    # Finding

    def _seek(self) -> None:
        """Go on from `_sought`: until a word that is not known yet, or until the window wants its turn."""
        document, until = self._area.document(), perf_counter() + _TURN_S
        assert self._sought is not None
        block = document.findBlock(self._sought)
        while self._seen <= document.blockCount():
            unknown = False
            for start, end, word in self._words(block) if block.length() <= _LONGEST else ():
                verdict = self._verdict(word)
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
        cursor = QTextCursor(self._area.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._area.go_to(cursor)

    # The menu of a word

    def _fill_menu(self, menu: QMenu, position: int) -> None:
        block = self._area.document().findBlock(position)
        if not self._room.active or block.length() > _LONGEST:
            return
        for word in self._words(block):
            if word[0] <= position <= word[1] and self._verdict(word[2]) is False:
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
        here.triggered.connect(lambda: self._learn_here(word[2]))
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
        cursor = QTextCursor(self._area.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        if spelt(cursor.selectedText()) == word:  # else the text was changed meanwhile
            if "’" in cursor.selectedText():
                option = option.replace("'", "’")
            self._area.replace([(start, end, option)])

    def _forget_menu(self) -> None:
        self._menu = None

    def _learn_here(self, word: str) -> None:
        self._of_text.add(word)
        self._judge_anew()
        self._kept_for = None
        self.keep_words()

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
        dialog = QFileDialog(self._area.window(), self.tr("Add a Dictionary"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Dictionaries (*.dic *.aff *.oxt *.xpi *.zip)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self.add_dictionary)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_dictionary(self, path: str) -> None:
        """Take a dictionary in and use it beside the others."""
        codes = self._room.add_dictionary(Path(path))
        if codes:
            used = [each.code for each in self._room.active]
            self._wish(spelling=True, spelling_languages=tuple(dict.fromkeys((*used, *codes))))
            self._say(self.tr("Added and in use: {0}.").format(", ".join(map(name_of, codes))))


def name_of(code: str) -> str:
    """Return what a dictionary's language is called in that language, with the code."""
    locale = QLocale(code)
    if locale.language() == QLocale.Language.C:
        return code
    return f"{locale.nativeLanguageName()} ({code})"
