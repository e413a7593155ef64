"""Two places of one text: a second sheet below the first or beside it, with a caret of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QSplitter, QWidget

from penwright.storage.settings import Settings
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.mirror import Mirror
from penwright.ui.sides import Sides
from penwright.ui.theme import Theme, Themes


class SecondArea(WritingArea):
    """A sheet whose steps to undo are those of the first: both show one text.

    undo_asked(bool): a step is to be taken back, or with False taken again.
    """

    undo_asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand the keys for steps on."""
        for key, back in ((QKeySequence.StandardKey.Undo, True), (QKeySequence.StandardKey.Redo, False)):
            if event.matches(key):
                event.accept()
                self.undo_asked.emit(back)
                return
        super().keyPressEvent(event)

    def undo(self) -> None:
        """Take the text's last step back."""
        self.undo_asked.emit(True)

    def redo(self) -> None:
        """Take the text's last step again."""
        self.undo_asked.emit(False)


class SplitView(QObject):
    """Adds the commands, and keeps the second sheet while there is one.

    opened(SecondArea), closed(): it is there, it goes.
    """

    opened = Signal(object)
    closed = Signal()

    def __init__(
        self, *, area: WritingArea, sides: Sides, commands: Commands, themes: Themes, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._area, self._sides, self._themes = area, sides, themes
        self._settings = Settings()
        self.second: SecondArea | None = None
        self._mirror: Mirror | None = None
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        host = sides.parentWidget()
        layout = host.layout() if host is not None else None
        assert layout is not None, "the sheet stands in a window"
        layout.replaceWidget(sides, self._splitter)
        self._splitter.addWidget(sides)
        self._copying = (commands["edit.cut"], commands["edit.copy"])
        area.copyAvailable.connect(self._allow_copying)
        area.loaded.connect(self._reload)
        area.installEventFilter(self)
        themes.changed.connect(self._set_theme)
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
            second = self.second = SecondArea()
            second.setAccessibleName(self.tr("Text, second view"))
            second.undo_asked.connect(self._step)
            second.copyAvailable.connect(self._allow_copying)
            second.set_theme(self._themes.current)
            self._splitter.addWidget(second)
            self._reload()
            self._mirror = Mirror(self._area.document(), second.document(), second)
            self.follow(self._settings)
            cursor = second.textCursor()
            cursor.setPosition(self._area.textCursor().position())
            second.go_to(cursor)
            self.opened.emit(second)
        half = (self._splitter.width() if beside else self._splitter.height()) // 2
        self._splitter.setSizes([half, half])
        self.second.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show(beside=beside)
        return self.second

    def close(self) -> None:
        """Take the second sheet away; the text is all in the first."""
        if self.second is None or self._mirror is None:
            return
        second, self.second = self.second, None
        self._mirror.end()
        self._mirror = None
        self.closed.emit()
        second.hide()
        second.setParent(None)
        second.deleteLater()
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show(beside=None)

    def turn(self) -> None:
        """Give the keys to the other half."""
        if self.second is not None:
            other = self._area if self.second.hasFocus() else self.second
            other.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, settings: Settings) -> None:
        """Have the second sheet look as the settings say."""
        self._settings = settings
        if self.second is not None:
            self.second.set_typeface(settings.typeface)
            self.second.set_family(settings.font or "")
            self.second.set_measure(settings.measure)
            self.second.set_zoom(settings.zoom)
            self.second.markdown_keys.language = self._area.markdown_keys.language
            self.second.paster = None

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

    def _allow_copying(self) -> None:
        """Let the menu copy where either half has something selected."""
        halves = (self._area, self.second)
        selected = any(half is not None and half.textCursor().hasSelection() for half in halves)
        for command in self._copying:
            command.setEnabled(selected)

    def _step(self, back: bool) -> None:
        """Take a step of the text back or again, and go where it changed something."""
        if self.second is None:
            return
        (self._area.undo if back else self._area.redo)()
        cursor = QTextCursor(self.second.document())
        cursor.setPosition(
            min(self._area.textCursor().position(), self.second.document().characterCount() - 1)
        )
        self.second.go_to(cursor)

    def _set_theme(self, theme: Theme) -> None:
        if self.second is not None:
            self.second.set_theme(theme)
