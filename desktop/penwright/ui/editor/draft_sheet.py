"""A sheet that can show provisional text at a place: a draft that is in the page and not in the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtGui import QColor, QTextBlock, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from penwright.core.snapshot import Edit
from penwright.ui.editor.ghost import Ghost
from penwright.ui.editor.ghost_sheet import GhostSheet
from penwright.ui.theme import Theme


class DraftSheet(GhostSheet):
    """A sheet with a draft, which stays at its place in the text while the writer goes on elsewhere.

    Like the ghost it is the layout's preedit text, taken away for each event that may use the real text and
    shown again before anything is painted; what is in view stays where it is. A paragraph has one such
    area, so there is no ghost in the draft's paragraph, and no draft while letters are composed there.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = Ghost(self.document(), self.highlighter)
        self._draft_text = ""
        self._draft_at = QTextCursor()
        self._draft_changed = False
        self._draft_marks: tuple[tuple[int, int], ...] = ()
        self._draft_mark = QTextCharFormat()

    @property
    def draft_text(self) -> str:
        """What is shown as a draft, or ""."""
        return self._draft_text

    @property
    def draft_position(self) -> int:
        """Where the draft is in the real text, in UTF-16 code units; -1 when there is none."""
        return -1 if self._draft_at.isNull() else self._draft_at.position()

    @property
    def draft_block(self) -> QTextBlock:
        """The paragraph that the draft is in; an invalid one when there is none."""
        return self._draft_at.block() if self._draft_text else QTextBlock()

    def show_draft(self, position: int, text: str) -> None:
        """Show `text` as a draft at a position of the real text, in place of any other."""
        self.clear_draft()
        self._draft_at = QTextCursor(self.document())
        self._draft_at.setPosition(position)
        self.extend_draft(text)

    def extend_draft(self, text: str) -> None:
        """Show this text as the draft from now on, where it is; what was marked in it is so no more."""
        self._draft_text, self._draft_marks = text, ()
        if text and self.textCursor().block() == self._draft_at.block():
            self.hide_ghost()
        self._draw_draft()

    @property
    def draft_marks(self) -> tuple[tuple[int, int], ...]:
        """What is marked in the draft: from where to where, in UTF-16 code units."""
        return self._draft_marks

    def mark_draft(self, marked: Sequence[tuple[int, int]]) -> None:
        """Underline stretches of the draft that are to be checked, in UTF-16 code units."""
        self._draft_marks = tuple(marked)
        self._draw_draft()

    def clear_draft(self) -> None:
        """Take the draft away for good."""
        self._erase_draft()
        self._draft_text, self._draft_marks = "", ()
        self._draft_at = QTextCursor()

    def show_ghost(self, text: str) -> None:
        """Show a ghost, unless the draft is in the caret's paragraph."""
        super().show_ghost("" if self.textCursor().block() == self.draft_block else text)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().set_theme(theme)
        look = QTextCharFormat()
        look.setForeground(QColor(theme.insert))
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        look.setUnderlineColor(QColor(theme.insert))
        self._draft.set_format(look)
        mark = self._draft_mark = QTextCharFormat(look)
        mark.setForeground(QColor(theme.warn))
        mark.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        mark.setUnderlineColor(QColor(theme.warn))
        self._draw_draft()

    @contextmanager
    def _handling(self, edit: Edit) -> Iterator[None]:
        if self._handling_depth or not self._draft.text:
            with super()._handling(edit):
                yield
        else:
            bar = self.verticalScrollBar()
            scroll = bar.value()
            self._erase_draft()
            real = bar.value()
            try:
                with super()._handling(edit):
                    yield
            finally:
                moved = bar.value() != real
                self._draw_draft()
                if not moved:
                    bar.setValue(scroll)
            return
        if self._draft_text and not self._draft.text:
            self._draw_draft()  # a composition in its paragraph may have ended

    def _draw_draft(self) -> None:
        block = self._draft_at.block()
        composed = self._composing and self.textCursor().block() == block
        if self._draft_text and not composed and block.isValid():
            with self._in_view():
                self._draft.draw(
                    self._draft_at.position(), self._draft_text, self._draft_marks, self._draft_mark
                )
                self.sheet_layout.blockBoundingRect(block)  # which counts its lines

    def _erase_draft(self) -> None:
        if self._draft.text:
            with self._in_view():
                block = self._draft_at.block()
                self._draft.erase()
                self.sheet_layout.blockBoundingRect(block)

    @contextmanager
    def _in_view(self) -> Iterator[None]:
        """Keep the lines that are in view where they are, while lines come or go above or below."""
        first = self.firstVisibleBlock()
        bar = self.verticalScrollBar()
        over = bar.value() - first.firstLineNumber()
        counting, self._counting = self._counting, False
        try:
            yield
        finally:
            self._counting = counting
        value = first.firstLineNumber() + over
        if bar.value() != value:
            bar.setValue(value)

    def _on_change(self, position: int, removed: int, added: int) -> None:
        if self._counting and self._draft.text:  # changed by other code, with no event
            self._draft.erase_after_change(position, added)
            self._draft_changed = True
        super()._on_change(position, removed, added)

    def _on_changed(self) -> None:
        super()._on_changed()
        if self._draft_changed:
            self._draft_changed = False
            self._draw_draft()
