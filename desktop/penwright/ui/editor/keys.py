"""What a key means: which kind of edit it makes, and what it does to a shown ghost."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from penwright.core.snapshot import Edit
from penwright.core.take import Take

_Standard = QKeySequence.StandardKey
_DELETING = (
    _Standard.Backspace,
    _Standard.Delete,
    _Standard.DeleteStartOfWord,
    _Standard.DeleteEndOfWord,
    _Standard.DeleteEndOfLine,
    _Standard.DeleteCompleteLine,
)
_OTHER = (_Standard.Undo, _Standard.Redo, _Standard.Cut, _Standard.Paste)
_DELETING_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


def edit_of(event: QKeyEvent) -> Edit:
    """Return how the text will have changed, if this key changes it."""
    if any(event.matches(key) for key in _OTHER):
        return Edit.OTHER
    if event.key() in _DELETING_KEYS or any(event.matches(key) for key in _DELETING):
        return Edit.DELETED
    return Edit.TYPED


def take_of(event: QKeyEvent) -> Take | None:
    """Return how much of a shown ghost this key accepts, or None."""
    # The keypad's own Tab and arrows mean the same.
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() == Qt.Key.Key_Tab and held == Qt.KeyboardModifier.NoModifier:
        return Take.ALL
    if held == Qt.KeyboardModifier.ControlModifier:
        if event.key() == Qt.Key.Key_Right:
            return Take.WORD
        if event.key() == Qt.Key.Key_Down:
            return Take.SENTENCE
    return None


def dismisses(event: QKeyEvent) -> bool:
    """Return whether this key sends a shown ghost away."""
    return event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier


def stops(event: QEvent) -> bool:
    """Return whether this is the key that stops what is being written: Esc, whatever is held with it."""
    return (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.KeyPress
        and event.key() == Qt.Key.Key_Escape
    )


def turns(event: QKeyEvent) -> int:
    """Return how far this key goes through the candidates: 1 forwards, -1 backwards, 0 for other keys."""
    if event.modifiers() != Qt.KeyboardModifier.AltModifier:
        return 0
    return {Qt.Key.Key_BracketRight: 1, Qt.Key.Key_BracketLeft: -1}.get(Qt.Key(event.key()), 0)


def reads_out(event: QKeyEvent) -> bool:
    """Return whether this key has a screen reader say what is suggested."""
    return event.key() == Qt.Key.Key_Slash and event.modifiers() == Qt.KeyboardModifier.AltModifier


def asks(event: QKeyEvent) -> bool:
    """Return whether this key asks for a suggestion."""
    return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier
