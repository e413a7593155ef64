"""The quiet line at the bottom: words, model, state."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from penwright.ui.halves import Halves

_SOON_MS = 80  # after the selection has changed


class ElidingLabel(QLabel):
    """A label that gives way: what doesn't fit ends in "…", and stands whole in its tool tip.

    detail: what the tool tip says besides. keeps: characters that are shown in any window.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.detail = ""
        self.keeps = 0
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Return a width that any window has."""
        # A letter more: what fits to the pixel is elided all the same.
        kept = self.fontMetrics().horizontalAdvance(self.text()[: self.keeps] + "n") if self.keeps else 0
        return QSize(max(24, kept), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as fits."""
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        whole = self.text() if shown != self.text() else ""
        self.setToolTip("\n".join(part for part in (whole, self.detail) if part))
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()


class CountLabel(QLabel):
    """The count. clicked(): another kind of it is wanted."""

    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click."""
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class StatusLine(QFrame):
    """Says how much text there is, how goals stand, which model writes along, and how it is doing.

    kind_turned(): the next kind of count is wanted: "words", "characters" or "minutes" of reading.
    """

    kind_turned = Signal()

    def __init__(self, halves: Halves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._words = CountLabel()
        self._words.clicked.connect(self.kind_turned)
        self.goal_label = QLabel()  # the model's name gives way to it
        self.goal_label.setAccessibleName(self.tr("Goals"))
        self.model_label = ElidingLabel()
        self._state = ElidingLabel()
        self._state.keeps = 12
        even = QFont(self.font())
        even.setFeature(QFont.Tag("tnum"), 1)  # so that a count doesn't make its neighbours tremble
        self._words.setFont(even)
        self._choice = QLabel()
        self._choice.setFont(even)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 5, 16, 6)
        row.setSpacing(8)
        self.goal_label.setFont(even)
        row.addWidget(self._words)
        row.addWidget(self.goal_label)
        row.addWidget(self._choice)
        row.addStretch(1)
        self._download = ElidingLabel()
        self._download.setAccessibleName(self.tr("Download"))
        row.addWidget(self._download)
        row.addWidget(self.model_label)
        self._dot = QLabel("·")
        row.addWidget(self._dot)
        row.addWidget(self._state)
        self._words.setAccessibleName(self.tr("Words"))
        self.model_label.setAccessibleName(self.tr("Model"))
        self._state.setAccessibleName(self.tr("State"))
        self._choice.setAccessibleName(self.tr("Suggestion"))
        self._halves = halves
        self._kind = "words"
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._count)
        halves.each(lambda area: area.words_counted.connect(self._count))
        halves.each(lambda area: area.selectionChanged.connect(self._soon.start))
        halves.turned.connect(self._soon.start)
        self._count()
        self._fit_dot()

    def set_goal(self, text: str) -> None:
        """Show how far the goals are; "" for none."""
        self.goal_label.setText(f"·  {text}" if text else "")

    def set_kind(self, kind: str) -> None:
        """Count "words", "characters" or "minutes" of reading."""
        self._kind = kind
        self._count()

    def _count(self) -> None:
        area = self._halves.in_hand
        selected = area.textCursor().hasSelection()
        tally = area.selected_tally() if selected else self._halves.first.tally
        if tally is None:
            self._words.setText(self.tr("counting…"))
            return
        number = self.locale().toString
        said = {
            "words": self.tr("1 word") if tally.words == 1 else self.tr("{0} words"),
            "characters": self.tr("1 character") if tally.characters == 1 else self.tr("{0} characters"),
            "minutes": self.tr("{0} min to read"),
        }
        said = {kind: words.format(number(getattr(tally, kind))) for kind, words in said.items()}
        shown = said.pop(self._kind)
        self._words.setText(self.tr("{0} selected").format(shown) if selected else shown)
        self._words.setToolTip(", ".join(said.values()))
        self._words.setAccessibleDescription(self._words.toolTip())

    def set_model(self, text: str) -> None:
        """Show the model's name."""
        self.model_label.setText(text)
        self._fit_dot()

    def set_model_detail(self, text: str) -> None:
        """Have this told where the model's name is pointed at, and to those who hear the screen."""
        self.model_label.detail = text
        self.model_label.setAccessibleDescription(text)
        self.model_label.update()

    def set_state(self, text: str) -> None:
        """Show how the model is doing."""
        self._state.setText(text)
        self._fit_dot()

    def set_download(self, text: str) -> None:
        """Show how downloads of models stand."""
        self._download.setText(f"{text}  · " if text else "")

    @property
    def download(self) -> str:
        """Return what is said of downloads."""
        return self._download.text()

    def set_choice(self, number: int, of: int) -> None:
        """Show which of several suggestions is seen; 0 of 0 shows nothing."""
        self._choice.setText(self.tr("·  {0} of {1}").format(number, of) if of else "")

    @property
    def choice(self) -> str:
        """What `set_choice` shows."""
        return self._choice.text()

    def texts(self) -> tuple[str, str, str]:
        """Return words, model and state as they are said."""
        return self._words.text(), self.model_label.text(), self._state.text()

    def _fit_dot(self) -> None:
        self._dot.setVisible(bool(self.model_label.text() and self._state.text()))
