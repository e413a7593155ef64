"""Labels that take letters as they are: a file's name, or what a model wrote, is no markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def plain_label(words: str = "", *, name: str = "", accessible: str = "") -> QLabel:
    """Return a label that breaks its lines. name: for the style sheet; accessible: for screen readers."""
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        label.setObjectName(name)
    if accessible:
        label.setAccessibleName(accessible)
    return label
