"""Two places of one text: a second sheet below the first or beside it, with a caret of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from penwright.core.snapshot import Edit
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.mirror import Mirror
from penwright.ui.halves import Halves
from penwright.ui.sides import Sides


class SecondArea(WritingArea):
    """A sheet whose steps to undo are those of the first: both show one text."""

    def __init__(self, first: WritingArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = first
        self.setUndoRedoEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand the keys for steps on."""
        for key, step in (
            (QKeySequence.StandardKey.Undo, self.undo),
            (QKeySequence.StandardKey.Redo, self.redo),
        ):
            if event.matches(key):
                event.accept()
                step()
                return
        super().keyPressEvent(event)

    def undo(self) -> None:
        """Take the text's last step back."""
        self._step(self._first.undo)

    def redo(self) -> None:
        """Take the text's last step again."""
        self._step(self._first.redo)

    def insert_accepted(self, text: str) -> None:
        """Insert accepted text at the caret as one undo step of its own, without an `edited`."""
        self._erase_ghost()
        with self._quietly():
            place = self.textCursor().position()
            self._first.replace([(place, place, text)])  # the mirror brings it here, and moves the caret
            self.ensureCursorVisible()
        self.keep_room()
        self._told = self._place()

    def replace(self, pieces: Sequence[tuple[int, int, str]]) -> None:
        """Put texts in place of ranges, as one undo step of its own."""
        with self._handling(Edit.OTHER):
            self._first.replace(pieces)

    def _step(self, step: Callable[[], None]) -> None:
        """Make a step, and go where it changed something."""
        step()
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(self._first.textCursor().position(), self.document().characterCount() - 1))
        self.go_to(cursor)


class SplitView(QObject):
    """Adds the commands, and keeps the second sheet of `halves` while there is one."""

    def __init__(self, *, halves: Halves, sides: Sides, commands: Commands, parent: QObject) -> None:
        super().__init__(parent)
        self._halves, self._area = halves, halves.first
        self.second: SecondArea | None = None
        self._mirror: Mirror | None = None
        splitter = sides.parentWidget()
        assert isinstance(splitter, QSplitter), "the sheet stands in a window's splitter"
        self._splitter = splitter
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._area.loaded.connect(self._reload)
        self._area.installEventFilter(self)
        self._below = self._toggle(commands, "split", self.tr("Split, One &Below the Other"), False)
        self._beside = self._toggle(commands, "split_beside", self.tr("Split, Side &by Side"), True)
        commands.add(Place.VIEW, "other_half", self.tr("Go to the Other &Half"), self.turn, "F6")

    def _toggle(self, commands: Commands, name: str, words: str, beside: bool) -> Callable[[bool], None]:
        def follow(wanted: bool) -> None:
            self.open(beside=beside) if wanted else self.close()

        keys = "Ctrl+Shift+\\" if beside else "Ctrl+\\"
        return commands.toggle(Place.VIEW, name, words, follow, keys).setChecked

    def open(self, *, beside: bool = False) -> SecondArea:
        """Show a second sheet where the first one is now, and give it the keys."""
        self._splitter.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        if self.second is None:
            second = self.second = SecondArea(self._area)
            second.setAccessibleName(self.tr("Text, second view"))
            frame = QWidget()  # what lies over a sheet lies beside it, in the same frame
            column = QVBoxLayout(frame)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(second)
            self._splitter.addWidget(frame)
            self._reload()
            self._mirror = Mirror(self._area, second)
            self._halves.add(second)
            cursor = second.textCursor()
            cursor.setPosition(self._area.textCursor().position())
            second.go_to(cursor)
        half = (self._splitter.width() if beside else self._splitter.height()) // 2
        self._splitter.setSizes([half, half])
        self.second.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show(beside=beside)
        return self.second

    def close(self) -> None:
        """Take the second sheet away; the caret stays where the text was written last."""
        if self.second is None or self._mirror is None:
            return
        if self._halves.in_hand is self.second:
            cursor = self._area.textCursor()
            cursor.setPosition(self.second.textCursor().position())
            self._area.go_to(cursor)
        second, self.second = self.second, None
        self._mirror.end()
        self._mirror = None
        self._halves.remove()
        frame = second.parentWidget()
        assert frame is not None
        frame.hide()
        frame.setParent(None)
        frame.deleteLater()
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show(beside=None)

    def turn(self) -> None:
        """Give the keys to the other half."""
        if self.second is not None:
            other = self._area if self._halves.in_hand is self.second else self.second
            other.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let nobody write in one half while the other can only be read."""
        if event.type() == QEvent.Type.ReadOnlyChange and self.second is not None:
            self.second.setReadOnly(self._area.isReadOnly())
        return super().eventFilter(watched, event)

    def _show(self, *, beside: bool | None) -> None:
        self._below(beside is False)
        self._beside(beside is True)

    def _reload(self) -> None:
        """Take the whole text, which was loaded into the first sheet without a word of what changed."""
        second = self.second
        if second is None:
            return
        if self._mirror is None:
            second.load_text(self._area.text())
        else:
            with self._mirror.paused():
                second.load_text(self._area.text())
        second.setReadOnly(self._area.isReadOnly())
