"""The text the writer writes, and the ghost at the caret."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import uuid4

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QTextBlock,
)
from PySide6.QtWidgets import QWidget

from penwright.core.snapshot import Edit, Snapshot
from penwright.ui.editor import keys
from penwright.ui.editor.ghost import Ghost
from penwright.ui.editor.hits import settle_point
from penwright.ui.editor.offsets import for_qt, snapshot_at, whole_text
from penwright.ui.editor.sheet import Sheet
from penwright.ui.editor.words import WordCount
from penwright.ui.theme import Theme

_LONG_PASTE = 100_000  # characters; formats for more than that come when they are seen


class _Place(NamedTuple):
    """What a ghost fits to: it goes when any of these changes."""

    revision: int
    position: int
    anchor: int


class WritingArea(Sheet):
    """The writing area.

    Qt counts a ghost's letters as text while it shows, so each event that may use the text first takes
    the ghost away, then lets Qt work, then shows it again if it still fits. Nothing is painted between.

    edited(Edit): the text has really changed; `revision` was counted up, and no ghost shows.
    strayed(): caret, selection, focus or a composition changed, so what was suggested no longer fits.
    take_asked(Take), dismissed(): the keys for a ghost; only while one shows.
    suggestion_asked(): the writer wants a suggestion now.
    loaded(): another text lies here, with a new `document_id`.
    ghost_painted(int): a newly shown ghost was drawn, at this time.perf_counter_ns().
    words_counted(int): a new total, some time after a change.
    """

    edited = Signal(object)
    strayed = Signal()
    take_asked = Signal(object)
    dismissed = Signal()
    suggestion_asked = Signal()
    loaded = Signal()
    ghost_painted = Signal(object)
    words_counted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        document = self.document()
        self._ghost = Ghost(document, self.highlighter)
        self._ghost.set_colour(QColor(Qt.GlobalColor.gray))
        self._ghost_unpainted = False
        self._words = WordCount(document)
        self._words.counted.connect(self.words_counted)
        self._document_id = uuid4().hex
        self._revision = 0
        self._told = self._place()  # what the last `edited` or `strayed` told
        self._composing = False
        self._handling_depth = 0
        self._edit = Edit.OTHER  # what the event being handled makes of a change
        self._counting = True  # whether the document's own reports of changes count
        self._uncovered: QTextBlock | None = None
        document.contentsChange.connect(self._on_change)
        document.contentsChanged.connect(self._on_changed)
        self.cursorPositionChanged.connect(self._on_moved)
        self.selectionChanged.connect(self._on_moved)

    # What the text is

    @property
    def document_id(self) -> str:
        """An id that each loaded text gets anew."""
        return self._document_id

    @property
    def revision(self) -> int:
        """How often the text has really changed since it was loaded."""
        return self._revision

    @property
    def composing(self) -> bool:
        """Whether an input method has letters that are not committed yet."""
        return self._composing

    @property
    def words(self) -> int:
        """The number of words at the last count."""
        return self._words.total

    def text(self) -> str:
        r"""Return the exact text, paragraphs ending with "\n", without any ghost."""
        return whole_text(self.document())

    def snapshot(self) -> Snapshot:
        """Return the bounded text around the caret."""
        return snapshot_at(self.textCursor(), self._document_id, self._revision)

    def load_text(self, text: str) -> None:
        r"""Put another text here: unmodified, with nothing to undo. Line breaks are "\n"."""
        self._erase_ghost()
        self._composing = False
        with self._quietly():
            self.highlighter.deferring = True
            try:
                self.setPlainText(for_qt(text))
            finally:
                self.highlighter.deferring = False
        self._document_id = uuid4().hex
        self._revision = 0
        self.document().setModified(False)
        self._told = self._place()
        self.cover_visible()
        self.strayed.emit()
        self.loaded.emit()

    def insert_accepted(self, text: str) -> None:
        """Insert accepted text at the caret as one undo step of its own, without an `edited`."""
        self._erase_ghost()
        with self._quietly():
            cursor = self.textCursor()
            cursor.beginEditBlock()
            cursor.insertText(for_qt(text))
            # WORKAROUND: QTextDocument joins letters typed next to an inserted text into its undo step.
            # It joins nothing to a removal, so the step ends with one.
            cursor.insertText(" ")
            cursor.deletePreviousChar()
            cursor.endEditBlock()
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
        self.keep_room()
        self._told = self._place()

    # The ghost

    @property
    def ghost_text(self) -> str:
        """What is shown as a ghost, or ""."""
        return self._ghost.text

    def show_ghost(self, text: str) -> None:
        """Show `text` at the caret in place of any ghost, unless it would be in the way."""
        if not text or self._composing or self.textCursor().hasSelection() or not self.hasFocus():
            self.hide_ghost()
            return
        position = self.textCursor().position()
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

    # Around each event

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
        self.keep_room()
        self.edited.emit(edit)

    def _tell_strayed(self) -> None:
        self._told = self._place()
        self.hide_ghost()
        self.strayed.emit()

    def _on_change(self, position: int, removed: int, added: int) -> None:
        # During a composition Qt reports its paragraph as changed though only the preedit area is.
        if not self._counting or (self._composing and removed == added):
            return
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

    # Keys and input methods

    def event(self, event: QEvent) -> bool:
        """Keep the keys of a shown ghost from being anybody's shortcuts."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._ghost.text
            and (keys.take_of(event) is not None or keys.dismisses(event))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take, dismiss or ask; any other key means what it always means."""
        if self._ghost.text:
            take = keys.take_of(event)
            if take is not None:
                event.accept()
                self.take_asked.emit(take)
                return
            if keys.dismisses(event):
                event.accept()
                self.hide_ghost()
                self.dismissed.emit()
                return
        if keys.asks(event):
            event.accept()
            self.suggestion_asked.emit()
            return
        with self._handling(keys.edit_of(event)):
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Follow a composition; what it commits counts as typed."""
        commit, letters = event.commitString(), event.preeditString()
        if not (commit or letters or event.replacementLength() or self._composing):
            # WORKAROUND: an empty event would erase the ghost and count as a change of the document.
            event.accept()
            return
        with self._handling(Edit.TYPED if commit else Edit.OTHER):
            if commit:
                self._edit = Edit.TYPED  # also when a click brought this about
            length = self.document().characterCount()
            self._composing = bool(letters)
            self._counting = False
            try:
                super().inputMethodEvent(event)
            finally:
                self._counting = True
            changed = self.document().characterCount() != length
            if commit or event.replacementLength() or changed:
                self._revision += 1

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ghost away: keys go elsewhere now."""
        self.hide_ghost()
        super().focusOutEvent(event)
        self._composing = self._composing and bool(self.textCursor().block().layout().preeditAreaText())
        self._tell_strayed()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Place the caret where the real text was clicked."""
        self._point(event, super().mousePressEvent)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select the real text that is dragged over."""
        self._point(event, super().mouseMoveEvent)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a selection, or paste what is selected elsewhere (X11's middle button)."""
        self._point(event, super().mouseReleaseEvent)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word of the real text."""
        self._point(event, super().mouseDoubleClickEvent)

    def _point(self, event: QMouseEvent, work: Callable[[QMouseEvent], None]) -> None:
        settle = self._settled(event.position())
        with self._handling(Edit.OTHER):
            place = settle()
            # The rest of the event stays: only the local position differs.
            moved = QMouseEvent(
                event.type(),
                place,
                event.scenePosition() + place - event.position(),
                event.globalPosition(),
                event.button(),
                event.buttons(),
                event.modifiers(),
                event.pointingDevice(),
            )
            moved.setTimestamp(event.timestamp())
            moved.setAccepted(event.isAccepted())
            work(moved)
            event.setAccepted(moved.isAccepted())
            self._composing = self._composing and bool(self.textCursor().block().layout().preeditAreaText())

    def _settled(self, point: QPointF) -> Callable[[], QPointF]:
        """Return what gives, once the ghost is gone, the point that means what `point` means now."""
        first = (self.firstVisibleBlock(), self.contentOffset())
        settled, position = settle_point(self, first, point, self.sheet_layout, self._ghost)

        def place() -> QPointF:
            if position is None:
                return settled
            cursor = self.textCursor()
            cursor.setPosition(position)
            rect = self.cursorRect(cursor)
            return QPointF(rect.left(), rect.center().y())

        return place

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take text; files are the window's."""
        if event.mimeData().hasUrls():
            event.ignore()
            return
        with self._handling(Edit.OTHER):
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where dragged text would go."""
        with self._handling(Edit.OTHER):
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take dropped text."""
        settle = self._settled(event.position())
        with self._handling(Edit.OTHER):
            moved = QDropEvent(
                settle(), event.possibleActions(), event.mimeData(), event.buttons(), event.modifiers()
            )
            moved.setDropAction(event.dropAction())
            super().dropEvent(moved)
            event.setDropAction(moved.dropAction())
            event.setAccepted(moved.isAccepted())

    # What menus do

    def undo(self) -> None:
        """Take the last step back."""
        with self._handling(Edit.OTHER):
            super().undo()

    def redo(self) -> None:
        """Take the last step again."""
        with self._handling(Edit.OTHER):
            super().redo()

    def cut(self) -> None:
        """Move the selection to the clipboard."""
        with self._handling(Edit.OTHER):
            super().cut()

    def paste(self) -> None:
        """Insert what is on the clipboard."""
        with self._handling(Edit.OTHER):
            super().paste()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert pasted or dropped text; formats of a very long one come as it is seen."""
        self.highlighter.deferring = len(source.text()) > _LONG_PASTE
        try:
            super().insertFromMimeData(source)
        finally:
            self.highlighter.deferring = False
        self._cover_timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet, and tell when a new ghost has been drawn."""
        super().paintEvent(event)
        if self._ghost_unpainted and self._ghost.text:
            self._ghost_unpainted = False
            self.ghost_painted.emit(time.perf_counter_ns())
