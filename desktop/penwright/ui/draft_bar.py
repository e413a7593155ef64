"""The line at the foot that says how a provisional text stands, with Stop, Take and Throw Away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from penwright.ui.flowing_row import FlowingRow
from penwright.ui.labels import plain_label

_MOST_FOUND = 4  # sentences; the page is more important


class DraftBar(QFrame):
    """Says what goes on; the buttons take no focus, for the keys are the text's, and each has one there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.words = plain_label(accessible=self.tr("Written text"))
        self.hint = plain_label(name="quiet")
        self.found = plain_label(accessible=self.tr("To be checked"))
        self.found.hide()
        self.stop = QPushButton(self.tr("Stop"))
        self.take = QPushButton(self.tr("Take It"))
        self.discard = QPushButton(self.tr("Throw It Away"))
        row = FlowingRow()
        for button in (self.stop, self.take, self.discard):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.addWidget(self.words)
        column.addWidget(self.found)
        column.addWidget(self.hint)
        column.addLayout(row)
        self.hide()

    def show_writing(self) -> None:
        """Say that text is coming."""
        self.words.setText(self.tr("Writing… Go on with your own text meanwhile."))
        self.hint.setText(self.tr("Esc stops it, and what is there stays."))
        self._arrange(writing=True)

    def show_waiting(self, note: str = "") -> None:
        """Say that the text waits for the writer; note: what else there is to know of it."""
        said = self.tr("This text is not part of yours until you take it.")
        self.words.setText(f"{note}\n{said}" if note else said)
        self.hint.setText(self.tr("Ctrl+Shift+Enter takes it, Ctrl+Shift+Backspace throws it away."))
        self._arrange(writing=False)

    def show_found(self, sentences: Sequence[str]) -> None:
        """Say what the writer still has to check in the text, the first few of it."""
        more = len(sentences) - _MOST_FOUND
        shown = list(sentences[:_MOST_FOUND])
        if more > 0:
            shown.append(self.tr("And %n more, underlined in the text.", "", more))
        self.found.setText("\n".join(shown))
        self.found.setVisible(bool(shown))

    def _arrange(self, *, writing: bool) -> None:
        self.show_found(())
        self.stop.setVisible(writing)
        self.take.setVisible(not writing)
        self.discard.setVisible(not writing)
        self.show()
