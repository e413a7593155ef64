"""The quiet line at the bottom that offers models which fit this machine, and takes no for an answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton, QWidget

from penwright.ui.labels import plain_label


class OfferLine(QFrame):
    """Says what is offered, beside two buttons; where the window is narrow or the letters large, above them.

    wanted(): the writer wants to see the models. refused(): never again. Esc sends it away for this run.
    """

    wanted = Signal()
    refused = Signal()

    def __init__(self, back_to: Callable[[], object], parent: QWidget | None = None) -> None:
        """`back_to` takes the keys when a line that had it goes."""
        super().__init__(parent)
        self._back_to = back_to
        self.setObjectName("offer")
        self._label = plain_label()
        self.show_models = QPushButton(self.tr("Show Mo&dels…"))
        self.refuse = QPushButton(self.tr("No, &Thanks"))
        self.show_models.clicked.connect(self.wanted)
        self.refuse.clicked.connect(self.refused)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addStretch(1)
        for button in (self.show_models, self.refuse):
            button.setAutoDefault(True)  # Enter presses the one with the focus
            self._row.addWidget(button)
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(16, 6, 16, 6)
        self._whole.addWidget(self._label, 1)
        self._whole.addLayout(self._row)
        self.hide()

    @property
    def text(self) -> str:
        """What is offered now, or ""."""
        return "" if self.isHidden() else self._label.text()

    def offer(self, text: str) -> None:
        """Say what is offered; "" sends the line away."""
        if text:
            self._label.setText(text)
            self._arrange()
        elif self.show_models.hasFocus() or self.refuse.hasFocus():
            self._back_to()
        self.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons where there is room for them."""
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go for this run on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.offer("")
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        buttons = self._row.sizeHint().width()
        # Beside the buttons the words want half of the line, or they become a tower.
        ways = QBoxLayout.Direction
        self._whole.setDirection(ways.TopToBottom if buttons * 2 > self.width() else ways.LeftToRight)
