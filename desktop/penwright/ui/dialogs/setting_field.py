"""One setting as a field on a page, made from what the settings declare of it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from penwright.base.catalogue import Catalogue
from penwright.storage.settings import Declaration, Kind, Value

_LINES = 4  # of a list, seen at once
_PAUSE_MS = 600  # without a key, after which a list counts as entered


class SettingField(QWidget):
    """The setting's name, what it can be set with, and below it what it does.

    changed(str, object): its name and the value that was entered.
    """

    changed = Signal(str, object)

    def __init__(self, declaration: Declaration, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.declaration = declaration
        self.title = catalogue.say(declaration.title)
        self.description = catalogue.say(declaration.description)
        self._value: Value = declaration.default
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._tell_lines)
        self.editor = self._make(catalogue)
        self.editor.setAccessibleName(self.title)
        self.editor.setAccessibleDescription(self.description)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(4)
        if not isinstance(self.editor, QCheckBox):  # that one bears its own name
            name = QLabel(self.title)
            name.setBuddy(self.editor)
            column.addWidget(name)
        column.addLayout(self._row())
        about = QLabel(self.description)
        about.setObjectName("quiet")
        about.setWordWrap(True)
        column.addWidget(about)

    def show_value(self, value: Value) -> None:
        """Show what the setting is now, unless another value is being typed."""
        if self._pause.isActive():
            return
        self._value = value
        with QSignalBlocker(self.editor):
            match self.editor:
                case QCheckBox() as box:
                    box.setChecked(bool(value))
                case QComboBox() as choices:
                    choices.setCurrentIndex(choices.findData(value))
                case QSpinBox() as number:
                    number.setValue(value if isinstance(value, int) else 0)
                case QPlainTextEdit() as lines:
                    kept = value if isinstance(value, tuple) else ()
                    if kept != _lines(lines.toPlainText()):  # else the caret would jump
                        lines.setPlainText("\n".join(kept))
                case QLineEdit() as line:
                    line.setText(str(value or ""))

    def says(self, words: str) -> bool:
        """Whether its name or its description has these words."""
        return words.casefold() in f"{self.title} {self.description}".casefold()

    def _make(self, catalogue: Catalogue) -> QCheckBox | QComboBox | QSpinBox | QPlainTextEdit | QLineEdit:
        declared = self.declaration
        if declared.choices == (False, True):
            box = QCheckBox(self.title)
            box.toggled.connect(self._tell)
            return box
        if declared.choices is not None:
            choices = QComboBox()
            for choice in declared.choices:
                choices.addItem(catalogue.say(f"settings.choice_{declared.name}_{choice}"), choice)
            choices.activated.connect(lambda _at: self._tell(choices.currentData()))
            return choices
        if isinstance(declared.default, int):
            number = QSpinBox()
            number.setRange(0, declared.most)
            number.setSingleStep(100 if declared.most > 1000 else 1)
            zero, sentences = f"settings.zero_{declared.name}", catalogue.keys()
            if zero in sentences:
                number.setSpecialValueText(catalogue.say(zero))
            number.setKeyboardTracking(False)
            number.valueChanged.connect(self._tell)
            return number
        if declared.several:
            lines = QPlainTextEdit()
            lines.setTabChangesFocus(True)
            lines.setFixedHeight(_LINES * lines.fontMetrics().lineSpacing() + 12)
            lines.textChanged.connect(self._pause.start)
            return lines
        line = QLineEdit()
        line.setAcceptDrops(False)
        line.editingFinished.connect(lambda: self._tell(line.text().strip() or None))
        return line

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.editor, 0 if isinstance(self.editor, QSpinBox | QComboBox) else 1)
        if isinstance(self.editor, QSpinBox | QComboBox):
            row.addStretch(1)
        if self.declaration.kind is not Kind.TEXT:
            browse = QPushButton(self.tr("Choose…"))
            browse.setAutoDefault(False)
            browse.setAccessibleName(self.tr("Choose for {0}").format(self.title))
            browse.clicked.connect(self._browse)
            row.addWidget(browse)
        return row

    def _browse(self) -> None:
        wants_folder = self.declaration.kind is Kind.FOLDER
        dialog = QFileDialog(self, self.title)
        if wants_folder:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilters([self.tr("Models (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self._take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, path: str) -> None:
        value = (*self._value, path) if isinstance(self._value, tuple) else path
        self.show_value(value)
        self.changed.emit(self.declaration.name, value)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave nothing untold."""
        if self._pause.isActive():
            self._tell_lines()
        super().hideEvent(event)

    def _tell_lines(self) -> None:
        self._pause.stop()
        assert isinstance(self.editor, QPlainTextEdit)
        self._tell(_lines(self.editor.toPlainText()))

    def _tell(self, value: Value) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(self.declaration.name, value)


def _lines(text: str) -> tuple[str, ...]:
    """Return the lines that are not empty, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
