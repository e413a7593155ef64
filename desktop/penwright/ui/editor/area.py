"""The text the writer writes, and the ghost at the caret."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from penwright.core.markdown.structure import Structure
from penwright.core.snapshot import Edit, Snapshot, utf16_units
from penwright.core.splice import splice_between
from penwright.core.tally import Tally
from penwright.ui.editor import keys
from penwright.ui.editor.clipboard_sheet import ClipboardSheet
from penwright.ui.editor.hits import settle_point
from penwright.ui.editor.markdown_keys import MarkdownKeys
from penwright.ui.editor.offsets import for_qt, snapshot_at, unit_offsets, whole_text
from penwright.ui.editor.words import WordCount


class WritingArea(ClipboardSheet):
    """The writing area.

    What it tells beside the `edited`, `strayed` and `ghost_painted` of the sheets below it:

    take_asked(Take), dismissed(): the keys for a ghost; only while one shows.
    suggestion_asked(): the writer wants a suggestion now. continuation_asked(): a sentence of the writing
    model's. turn_asked(int): another candidate, 1 forwards or -1 backwards.
    reading_asked(): to hear what is suggested.
    menu_wanted(QMenu, int): the menu of a place is about to be shown; features add to it. The place is a
    position in the text, in UTF-16 units.
    loaded(): another text lies here, with a new `document_id`. entered(): the keys are for this sheet now.
    words_counted(Tally): a new total, some time after a change.
    """

    take_asked = Signal(object)
    dismissed = Signal()
    suggestion_asked = Signal()
    continuation_asked = Signal()
    turn_asked = Signal(int)
    reading_asked = Signal()
    menu_wanted = Signal(object, int)
    loaded = Signal()
    entered = Signal()
    words_counted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = WordCount(self.document())
        self._words.counted.connect(self.words_counted)
        self._document_id = os.urandom(16).hex()
        self.markdown_keys = MarkdownKeys(self, self.passages)

    # What the text is

    @property
    def document_id(self) -> str:
        """An id that each loaded text gets anew."""
        return self._document_id

    @property
    def tally(self) -> Tally:
        """Words, characters and reading time at the last count."""
        return self._words.total

    @property
    def words_at_first(self) -> int | None:
        """The words of the text as it was loaded, 0 for a new one; None before they are counted."""
        return self._words.at_first

    def selected_tally(self) -> Tally | None:
        """Count what is selected; None while too much of it hasn't been counted yet."""
        return self._words.of(self.textCursor())

    def text(self) -> str:
        r"""Return the exact text, paragraphs ending with "\n", without any ghost."""
        return whole_text(self.document())

    def snapshot(self) -> Snapshot:
        """Return the bounded text around the caret."""
        return snapshot_at(self.textCursor(), self._document_id, self._revision)

    def load_text(self, text: str, structure: Structure | None = None) -> None:
        r"""Put another text here: unmodified, with nothing to undo. Line breaks are "\n".

        structure: of this text, where it was found already, on another thread.
        """
        self._erase_ghost()
        self.clear_draft()
        self._composing = False
        document = self.document()
        # What hangs on the document is told the new text as a whole below: through its signals a long one
        # would take more than twice as long.
        document.clearUndoRedoStacks()
        document.setModified(False)
        with self._quietly(), self.bar_ready(text):
            document.blockSignals(True)
            try:
                self.setPlainText(for_qt(text))
            finally:
                document.blockSignals(False)
        self.passages.reset(structure or Structure.of(text))
        self._words.reset()
        self.highlighter.renew()
        self._document_id = os.urandom(16).hex()
        self._revision = 0
        self._told = self._place()
        self.strayed.emit()
        self.loaded.emit()
        self.cover_visible()  # last: what hangs on the text may want other formats for it

    def go_to(self, cursor: QTextCursor) -> None:
        """Put the caret, or the selection, of `cursor` here and bring it into view."""
        with self._handling(Edit.OTHER):
            self.setTextCursor(cursor)
            rect = self.cursorRect()
            if not 0 <= rect.top() <= rect.bottom() <= self.viewport().height() - self.sheet_layout.line:
                self.centerCursor()

    def insert_accepted(self, text: str) -> None:
        """Insert accepted text at the caret as one undo step of its own, without an `edited`."""
        self._erase_ghost()
        with self._quietly():
            cursor = self.textCursor()
            cursor.beginEditBlock()
            cursor.insertText(for_qt(text))
            _end_step(cursor)
            cursor.endEditBlock()
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
        self.keep_room()
        self._told = self._place()

    def replace(self, pieces: Sequence[tuple[int, int, str]]) -> None:
        """Put texts in place of ranges, as one undo step of its own.

        pieces: (start, end, text) in rising order; positions in UTF-16 code units of the present text.
        """
        with self._handling(Edit.OTHER):
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            for start, end, text in reversed(pieces):
                cursor.setPosition(start)
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(for_qt(text))
            _end_step(cursor)
            cursor.endEditBlock()

    def become(self, text: str) -> None:
        """Make this text of what is here, as one undo step of its own, and go to where it differs."""
        before = self.text()
        splice = splice_between(before, text)
        if not splice.removed and not splice.added:
            return
        offsets = unit_offsets(before)
        start, end = splice.at, splice.at + splice.removed
        if offsets is not None:
            start, end = offsets[start], offsets[end]
        inserted = text[splice.at : splice.at + splice.added]
        self.replace([(start, end, inserted)])
        cursor = self.textCursor()
        cursor.setPosition(start + utf16_units(inserted))
        self.go_to(cursor)

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
        if step := keys.turns(event):
            event.accept()
            self.turn_asked.emit(step)
            return
        if keys.reads_out(event):
            event.accept()
            self.reading_asked.emit()
            return
        with self._handling(keys.edit_of(event)):
            if not self.markdown_keys.take(event):
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
            self._committing = bool(commit or event.replacementLength())
            try:
                super().inputMethodEvent(event)
            finally:
                self._counting, self._committing = True, None
            changed = self.document().characterCount() != length
            if commit or event.replacementLength() or changed:
                self._revision += 1

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the caret is in use again: what was suggested there may be known still."""
        super().focusInEvent(event)
        self.entered.emit()
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._tell_strayed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ghost away: keys go elsewhere now; but not for a menu, which may be about it."""
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            super().focusOutEvent(event)
            return
        self.hide_ghost()
        super().focusOutEvent(event)
        self._composing = self._composing and bool(self.textCursor().block().layout().preeditAreaText())
        self._tell_strayed()

    # The mouse

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the menu of the place that was pointed at, or of the caret's."""
        position = self.textCursor().position()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            # The ghost's letters count for Qt; the place is that of the real text.
            settled, real = settle_point(
                self,
                (self.firstVisibleBlock(), self.contentOffset()),
                QPointF(event.pos()),
                self.sheet_layout,
                (self._ghost, self._draft),
            )
            position = self.cursorForPosition(settled.toPoint()).position() if real is None else real
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_wanted.emit(menu, position)
        menu.popup(event.globalPos())

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
        settled, position = settle_point(self, first, point, self.sheet_layout, (self._ghost, self._draft))

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


def _end_step(cursor: QTextCursor) -> None:
    """End a step to undo.

    WORKAROUND: QTextDocument joins letters typed next to an inserted text into its undo step. It joins
    nothing to a removal, so the step ends with one.
    """
    cursor.insertText(" ")
    cursor.deletePreviousChar()
