"""Wrong words underlined on one sheet, but for the one that is being typed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextBlock

from penwright.core.markdown.spans import spans_of
from penwright.spelling.words import words_of
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.highlighter import WRONG, Stretch
from penwright.ui.editor.offsets import unit_offsets
from penwright.ui.text_words import TextWords

LONGEST = 5000  # characters of a paragraph that is looked at: a key costs all of its words
_WAITING = 300  # paragraphs that are looked at again when their words are known

Word = tuple[int, int, str]  # start and end in the document, in UTF-16 units, and its spelling


class SpellingMarks(QObject):
    """Marks in `area` what `words` calls wrong."""

    def __init__(self, area: WritingArea, words: TextWords) -> None:
        super().__init__(area)
        self._area, self._words = area, words
        self._waiting: deque[QTextBlock] = deque(maxlen=_WAITING)
        self._typing = False  # the word at the caret is not finished
        self._changed = False  # the caret moves because the text did
        self._spared: QTextBlock | None = None  # has a wrong word that is being typed
        area.highlighter.layers["spelling"] = self._layer
        area.document().contentsChange.connect(self._note_change)
        area.cursorPositionChanged.connect(self._follow_caret)
        words.judged.connect(self._look_again)
        words.changed.connect(area.renew_formats)
        area.renew_formats()

    def _layer(self, start: int, end: int) -> Iterable[Stretch]:
        if not self._words.in_use or self._words.waiting or end - start > LONGEST:
            return
        block = self._area.document().findBlock(start)
        if self._words.all_right(block.text()):
            return
        caret = self._area.textCursor().position() if self._typing else -1
        waits = False
        for low, high, word in words_in(self._area, block):
            verdict = self._words.verdict(word)
            if verdict is None:
                waits = True
            elif not verdict:
                if low <= caret <= high:
                    self._spared = block
                else:
                    yield low, high, WRONG
        if waits:
            self._waiting.append(block)

    def _look_again(self) -> None:
        waiting, self._waiting = self._waiting, deque(maxlen=_WAITING)
        done: set[int] = set()
        for block in waiting:
            if block.isValid() and block.document() is self._area.document() and block.position() not in done:
                done.add(block.position())
                if any(
                    self._words.verdict(word) is not True for *_place, word in words_in(self._area, block)
                ):
                    self._area.highlighter.rehighlightBlock(block)

    def _note_change(self, _position: int, removed: int, added: int) -> None:
        # else it is pasted or loaded; or typed in the other half, where this one's caret is not
        self._typing = self._changed = removed + added < 32 and self._area.hasFocus()

    def _follow_caret(self) -> None:
        if self._changed:
            self._changed = False
            return
        self._typing = False
        spared, self._spared = self._spared, None
        if spared is not None and spared.isValid():
            self._area.highlighter.rehighlightBlock(spared)


def words_in(area: WritingArea, block: QTextBlock) -> list[Word]:
    """Return the words of a paragraph that are looked up."""
    text, at = block.text(), block.position()
    words = words_of(text, spans_of(text, area.passages.place(block)))
    offsets = unit_offsets(text)
    if offsets is None:
        return [(at + start, at + end, word) for start, end, word in words]
    return [(at + offsets[start], at + offsets[end], word) for start, end, word in words]
