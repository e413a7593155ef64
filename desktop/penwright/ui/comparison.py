"""Two texts held against each other, marked word by word: a page to read, not to write on."""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from penwright.core.counting import tally
from penwright.core.diff import Change, changes
from penwright.core.excerpts import excerpts
from penwright.core.reviewing import Part, Piece
from penwright.ui.background import Errands
from penwright.ui.editor.review_sheet import ReviewSheet
from penwright.ui.editor.sheet import Sheet
from penwright.ui.theme import Theme

_MOST_SHOWN = 2_000_000  # characters


class _Page(ReviewSheet):
    """Read with the usual keys; Tab leaves it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        Sheet.keyPressEvent(self, event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 (Qt's name)
        return Sheet.focusNextPrevChild(self, next)


class Comparison(QWidget):
    """What makes one text of another: struck what goes, underlined what comes.

    Only the pair that was asked for last is shown.
    """

    def __init__(self, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._asked = 0
        self.page = _Page()
        self.page.setAccessibleName(self.tr("What differs"))
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.page, 1)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`, from the next texts on; after any change of style sheets above."""
        self.page.setStyleSheet("QPlainTextEdit { border: none; padding: 0; }")
        self.page.set_theme(theme)

    def clear(self) -> None:
        """Show nothing."""
        self._asked += 1
        self.words.clear()
        self._show((), 0)

    def show_one(self, text: str) -> None:
        """Show a text that there is nothing to compare with."""
        self._asked += 1
        self.words.setText(self.tr("{0} words").format(tally(text).words))
        self._show((Piece(text[:_MOST_SHOWN], Part.SAME),), 0)

    def compare(self, old: str, new: str) -> None:
        """Show what makes `new` of `old`."""
        self.clear()
        asked = self._asked
        self.words.setText(self.tr("Comparing…"))

        def show(found: tuple[Change, ...]) -> None:
            if asked == self._asked:
                self._tell(found)
                self._show(tuple(excerpts(old, found)), len(found))

        self._errands.do(self, lambda: changes(old, new), show)

    def _tell(self, found: tuple[Change, ...]) -> None:
        come = sum(tally(change.new).words for change in found)
        gone = sum(tally(change.old).words for change in found)
        self.words.setText(
            self.tr("Places that differ: {0}. Words that come: {1}, that go: {2}.").format(
                len(found), come, gone
            )
            if found
            else self.tr("They are the same.")
        )

    def _show(self, pieces: tuple[Piece, ...], count: int) -> None:
        self.page.show_pieces(pieces, count)
        if count:
            self.page.look_at(0)
        elif pieces:
            self.page.moveCursor(self.page.textCursor().MoveOperation.Start)
