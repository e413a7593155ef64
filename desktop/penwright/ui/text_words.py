"""Which words are right in one text: by the dictionaries in use, and by the text's own list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.spelling.words import words_of_token
from penwright.ui.editor.area import WritingArea
from penwright.ui.spelling_room import SpellingRoom

_MOST_FINE = 100_000  # stretches between spaces that are remembered


class TextWords(QObject):
    """Judges the words of one text. area: any sheet of it. path: of the text, or None while it has no file.

    judged(): words that were asked for are known now. changed(): every verdict may be another.
    """

    judged = Signal()
    changed = Signal()

    def __init__(self, area: WritingArea, room: SpellingRoom, path: Callable[[], Path | None]) -> None:
        super().__init__(area)
        self._area, self._room, self._path = area, room, path
        self._of_text: frozenset[str] = frozenset()  # right in this text alone
        self._kept_for: Path | None = None  # the file that they are kept for
        self._reading = False
        self._fine: set[str] = set()  # what stands between spaces, with no word that is wrong or not known
        area.loaded.connect(self._read)
        room.judged.connect(self.judged)
        room.changed.connect(self._judge_anew)
        self._read()  # the text may be there already

    @property
    def in_use(self) -> bool:
        """Whether there is a dictionary to judge by."""
        return bool(self._room.active)

    @property
    def waiting(self) -> bool:
        """Whether no word can be judged yet; `changed` tells when they can."""
        return self._reading

    def verdict(self, word: str) -> bool | None:
        """Whether a word is right; None while that is not known: `judged` or `changed` tells when it is."""
        if word in self._of_text:
            return True
        return None if self._reading else self._room.verdict(word)

    def all_right(self, text: str) -> bool:
        """Whether every word of a paragraph is known to be right.

        A key asks that of all the words around it, so it has to be one look: 1,000 letters take 26 µs, and
        to find each word among them 0.5 ms.
        """
        for token in set(text.split()) - self._fine:
            if not all(self.verdict(word) for _start, _end, word in words_of_token(token)):
                return False
            if len(self._fine) > _MOST_FINE:
                self._fine.clear()
            self._fine.add(token)
        return True

    def learn(self, word: str) -> None:
        """Count a word as right in this text from now on, and keep it."""
        self._of_text |= {word}
        self._judge_anew()
        self._kept_for = None
        self.keep()

    def keep(self) -> None:
        """Keep the text's own words, if it has a file; called also when that has another name."""
        path = self._path()
        if path != self._kept_for and path is not None and self._of_text:
            self._room.own.add_to_document(path, self._of_text)
        self._kept_for = path

    def _read(self) -> None:
        """Read the words of another text; until they are known none of its words is judged."""
        path = self._kept_for = self._path()
        document = self._area.document_id
        before, self._of_text = self._of_text, frozenset()
        self._reading = path is not None

        def done(words: frozenset[str]) -> None:
            if self._area.document_id == document:
                self._reading = False
                learnt, self._of_text = self._of_text, self._of_text | words
                if self._kept_for != path and self._of_text != learnt:  # it got another name meanwhile
                    self._kept_for = None
                    self.keep()
                self._judge_anew()

        if path is not None:
            self._room.own.of_document(path, self, done)
        if before or path is not None:  # what is in view was judged with the words of the text before
            self._judge_anew()

    def _judge_anew(self) -> None:
        self._fine.clear()
        self.changed.emit()
