"""A sheet that can show a ghost, and that tells what became of the text and the caret."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPaintEvent, QTextBlock
from PySide6.QtWidgets import QWidget

from penwright.core.snapshot import Edit
from penwright.ui.editor.ghost import Ghost
from penwright.ui.editor.sheet import Sheet
from penwright.ui.theme import Theme


class _Place(NamedTuple):
    """What a ghost fits to: it goes when any of these changes."""

    revision: int
    position: int
    anchor: int


class GhostSheet(Sheet):
    """A sheet with a ghost.

    Qt counts a ghost's letters as text while it shows, so each event that may use the text is worked on
    within `_handling()`: that takes the ghost away first and shows it again afterwards if it still fits.
    Nothing is painted between.

    edited(Edit): the text has really changed; `revision` was counted up, and no ghost shows.
    spliced(int, int, int): at a position so many code units gave way to so many others. Told at once, for
    each change of the real text; the last paragraph's end, which Qt counts, may be among them.
    strayed(): caret, selection, focus or a composition changed, so what was suggested no longer fits.
    ghost_painted(int): a newly shown ghost was drawn, at this time.perf_counter_ns().
    """

    edited = Signal(object)
    spliced = Signal(int, int, int)
    strayed = Signal()
    ghost_painted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        document = self.document()
        self._ghost = Ghost(document, self.highlighter)
        self._ghost.set_colour(QColor(Qt.GlobalColor.gray))
        self._ghost_unpainted = False
        self._revision = 0
        self._composing = False
        self._told = self._place()  # what the last `edited` or `strayed` told
        self._handling_depth = 0
        self._edit = Edit.OTHER  # what the event being handled makes of a change
        self._counting = True  # whether the document's own reports of changes count
        self._committing: bool | None = None  # during an input method's event: whether it has letters to keep
        self._uncovered: QTextBlock | None = None
        document.contentsChange.connect(self._on_change)
        document.contentsChanged.connect(self._on_changed)
        self.cursorPositionChanged.connect(self._on_moved)
        self.selectionChanged.connect(self._on_moved)

    @property
    def revision(self) -> int:
        """How often the text has really changed since it was loaded."""
        return self._revision

    @property
    def composing(self) -> bool:
        """Whether an input method has letters that are not committed yet."""
        return self._composing

    @property
    def ghost_text(self) -> str:
        """What is shown as a ghost, or ""."""
        return self._ghost.text

    def show_ghost(self, text: str) -> None:
        """Show `text` at the caret in place of any ghost, unless it would be in the way."""
        cursor = self.textCursor()
        if not text or self._composing or cursor.hasSelection() or not self.hasFocus() or self.isReadOnly():
            self.hide_ghost()
            return
        position = cursor.position()
        if (text, position) == (self._ghost.text, self._ghost.position):
            return
        self._draw_ghost(position, text)
        self._ghost_unpainted = True

    def hide_ghost(self) -> None:
        """Take the ghost away."""
        self._ghost_unpainted = False
        self._erase_ghost()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().set_theme(theme)
        self._ghost.set_colour(QColor(theme.ghost))
        if text := self._ghost.text:
            self._draw_ghost(self._ghost.position, text)

    def _draw_ghost(self, position: int, text: str) -> None:
        with self._still():
            self._ghost.draw(position, text)

    def _erase_ghost(self) -> None:
        if self._ghost.text:
            with self._still():
                self._ghost.erase()

    @contextmanager
    def _still(self) -> Iterator[None]:
        # Lines come and go with a ghost; near the end of the text Qt would scroll for that.
        bar = self.verticalScrollBar()
        before = bar.value()
        counting, self._counting = self._counting, False
        try:
            yield
        finally:
            self._counting = counting
        if bar.value() != before:
            bar.setValue(before)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet, and tell when a new ghost has been drawn."""
        super().paintEvent(event)
        if self._ghost_unpainted and self._ghost.text:
            self._ghost_unpainted = False
            self.ghost_painted.emit(time.perf_counter_ns())

    def _place(self) -> _Place:
        cursor = self.textCursor()
        return _Place(self._revision, cursor.position(), cursor.anchor())

    @contextmanager
    def _handling(self, edit: Edit) -> Iterator[None]:
        """Let Qt work on the real text; then say what happened, or show the ghost again."""
        if self._handling_depth:  # as when a click makes an input method commit its letters
            yield
            return
        ghost, before, scroll = self._ghost.text, self._place(), self.verticalScrollBar().value()
        self._erase_ghost()
        self._edit = edit
        self._handling_depth = 1
        try:
            yield
        finally:
            self._handling_depth = 0
            place = self._place()
            if place == before and not self._composing:
                if ghost and self.hasFocus():
                    self._draw_ghost(place.position, ghost)
                    self.verticalScrollBar().setValue(scroll)
                elif ghost:
                    self.strayed.emit()
            elif place.revision != before.revision:
                self.keep_room()
                self._tell_edited(self._edit)
            else:
                self._tell_strayed()

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Make a change that counts and that nobody is told of."""
        self._handling_depth += 1
        try:
            yield
        finally:
            self._handling_depth -= 1

    def _tell_edited(self, edit: Edit) -> None:
        self._told = self._place()
        self.edited.emit(edit)

    def _tell_strayed(self) -> None:
        self._told = self._place()
        self.hide_ghost()
        self.strayed.emit()

    def _on_change(self, position: int, removed: int, added: int) -> None:
        # During a composition Qt reports its paragraph as changed though only the preedit area is.
        if self._committing is not None and (self._committing or removed != added):
            self.spliced.emit(position, removed, added)
        if not self._counting or (self._composing and removed == added):
            return
        self.spliced.emit(position, removed, added)
        self._revision += 1
        if self._ghost.text:  # changed by other code, with no event that took the ghost away
            self._uncovered = self._ghost.erase_after_change(position, added)

    def _on_changed(self) -> None:
        if self._uncovered is not None:
            block, self._uncovered = self._uncovered, None
            if block.isValid():
                self.highlighter.rehighlightBlock(block)
        if not self._handling_depth and self._revision != self._told.revision:
            self._tell_edited(Edit.OTHER)

    def _on_moved(self) -> None:
        place = self._place()
        # With another revision it is an edit that moved the caret, which is told when it is done.
        if not self._handling_depth and place != self._told and place.revision == self._told.revision:
            self._tell_strayed()
