"""One setting as a field on a page, made from what the settings declare of it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from penwright.storage.settings import Declaration, Value

_MOST = 10_000_000


class SettingField(QWidget):
    """The setting's description, and below it a list of its choices, a number or a line of text.

    changed(str, object): its name and the value that was entered.
    """

    changed = Signal(str, object)

    def __init__(
        self,
        declaration: Declaration,
        description: str,
        words: Mapping[object, str],
        parent: QWidget | None = None,
    ) -> None:
        """`words`: what its choices are called; for a number, what 0 is called."""
        super().__init__(parent)
        self.declaration = declaration
        self._value: Value = declaration.default
        self.editor: QComboBox | QSpinBox | QLineEdit
        if declaration.choices is not None:
            self.editor = QComboBox()
            for choice in declaration.choices:
                self.editor.addItem(words.get(choice, str(choice)), choice)
            self.editor.activated.connect(lambda _at: self._tell(self.editor.currentData()))
        elif isinstance(declaration.default, int):
            self.editor = QSpinBox()
            self.editor.setRange(0, _MOST)
            self.editor.setSingleStep(100)
            self.editor.setSpecialValueText(words.get(0, "0"))
            self.editor.setKeyboardTracking(False)
            self.editor.valueChanged.connect(self._tell)
        else:
            self.editor = QLineEdit()
            self.editor.setAcceptDrops(False)
            self.editor.editingFinished.connect(self._tell_text)
        about = QLabel(description)
        about.setWordWrap(True)
        about.setBuddy(self.editor)
        self.editor.setAccessibleName(description)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.addWidget(about)
        column.addWidget(self.editor)

    def show_value(self, value: Value) -> None:
        """Show what the setting is now."""
        self._value = value
        with QSignalBlocker(self.editor):
            match self.editor:
                case QComboBox() as box:
                    box.setCurrentIndex(box.findData(value))
                case QSpinBox() as box:
                    box.setValue(value if isinstance(value, int) else 0)
                case QLineEdit() as line:
                    line.setText(str(value or ""))

    def _tell_text(self) -> None:
        assert isinstance(self.editor, QLineEdit)
        self._tell(self.editor.text().strip() or None)

    def _tell(self, value: Value) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(self.declaration.name, value)
