"""A line at the bottom that says something and stays until it is answered; it stops nobody from writing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from penwright.ui.labels import plain_label

Choice = tuple[str, Callable[[], None]]


class NoticeBar(QFrame):
    """Shows one notice at a time; a newer one takes its place.

    A notice with choices ends with one of them or with its last button, "Cancel"; one without ends with a
    click, and either with `dismiss()`.
    """

    def __init__(self, back_to: Callable[[], object], parent: QWidget | None = None) -> None:
        """`back_to` takes the keys when a notice that had it ends."""
        super().__init__(parent)
        self._back_to = back_to
        self.setObjectName("notice")
        self._label = plain_label()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.addWidget(self._label)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        column.addLayout(self._row)
        self._buttons: list[QPushButton] = []
        self.hide()

    @property
    def text(self) -> str:
        """What is said now, or ""."""
        return "" if self.isHidden() else self._label.text()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """The choices, in the order they were given, and "Cancel"."""
        return tuple(self._buttons)

    def say(self, text: str, choices: Sequence[Choice] = ()) -> None:
        """Say `text`; each choice is a button that also ends the notice."""
        self._clear()
        self._label.setText(text)
        self.setCursor(Qt.CursorShape.ArrowCursor if choices else Qt.CursorShape.PointingHandCursor)
        for words, act in choices:
            self._add(words, act)
        if choices:
            self._add(self.tr("&Cancel"), None)
        else:
            self.setToolTip(self.tr("Click to close"))
        self.show()

    def say_also(self, text: str) -> None:
        """Say `text` below what is said already; a notice that waits for a choice gives way to it."""
        said = "" if self._buttons else self.text
        self.say(f"{said}\n{text}" if said else text)

    def dismiss(self) -> None:
        """End the notice without a choice."""
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self.hide()
        self._clear()
        if had_focus:
            self._back_to()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a notice without choices at a click."""
        if not self._buttons and event.button() == Qt.MouseButton.LeftButton:
            self.dismiss()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End the notice on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            self._back_to()
        else:
            super().keyPressEvent(event)

    def _add(self, words: str, act: Callable[[], None] | None) -> None:
        button = QPushButton(words)
        button.setAutoDefault(True)  # Enter presses the one with the focus

        def choose() -> None:
            self.dismiss()
            self._back_to()
            if act is not None:
                act()

        button.clicked.connect(choose)
        self._row.addWidget(button)
        self._buttons.append(button)

    def _clear(self) -> None:
        self.setToolTip("")
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()
