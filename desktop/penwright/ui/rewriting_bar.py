"""The line at the foot that says how far a rewriting is, with Stop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from penwright.ui.flowing_row import FlowingRow
from penwright.ui.labels import plain_label


class RewritingBar(QFrame):
    """Says at the foot how far a rewriting is, with Stop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.words = plain_label(accessible=self.tr("Rewriting"))
        self.hint = QLabel()
        self.hint.setObjectName("quiet")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(4)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Esc on the sheet
        row = FlowingRow()
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        for part in (self.words, self.hint, self.progress):
            column.addWidget(part)
        column.addLayout(row)
        self._title = ""
        self.hide()

    def begin(self, title: str) -> None:
        """Show that this has begun."""
        self._title = title
        self.words.setText(self.tr("{0}: reading…").format(title))
        self.hint.setText(self.tr("Esc stops it; what is done by then is shown as changes."))
        self.progress.setRange(0, 0)
        self.progress.hide()
        self.show()

    def show_progress(self, done: int, of: int) -> None:
        """Show how many passages are done."""
        self.progress.setRange(0, of)
        self.progress.setValue(done)
        self.progress.setVisible(of > 1)
        self.words.setText(
            self.tr("{0}: passage {1} of {2}").format(self._title, done + 1, of)
            if of > 1
            else self.tr("{0}…").format(self._title)
        )

    def show_words(self, text: str) -> None:
        """Show the end of what is being written."""
        last = " ".join(text.split())
        self.hint.setText(last if len(last) <= 70 else "…" + last[-69:])

    def show_comparing(self) -> None:
        """Show that the changes are being found out."""
        self.words.setText(self.tr("{0}: comparing…").format(self._title))
