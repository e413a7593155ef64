"""The form of a style: a field for each thing that it asks, by keyboard all the way."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from penwright.core.styles import Field, FieldWords, Style, Wording
from penwright.ui.flowing_row import FlowingRow
from penwright.ui.labels import plain_label

_LINES = 4  # of a long field
_LANGUAGES = {"en": "English", "zh": "中文"}
Editor = QLineEdit | QPlainTextEdit | QComboBox | QSpinBox | QCheckBox


class StyleForm(QWidget):
    """Asks what one style asks.

    asked(Style, dict, str, bool): write it, with these values, in this language; or in several variants.
    back(): another style is wanted. favoured(str, bool): the style with this id is a favourite, or no more.
    editing_asked(str): change the style itself. models_asked(): look for a model that can do it.
    """

    asked = Signal(object, dict, str, bool)
    back = Signal()
    favoured = Signal(str, bool)
    editing_asked = Signal(str)
    models_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.style_shown: Style | None = None
        self.editors: dict[str, Editor] = {}
        self._kept: dict[str, dict[str, str]] = {}  # what was given before, by style
        self.title = plain_label(name="formTitle")
        self.about = plain_label(name="quiet")
        self.warning = plain_label(name="warning")
        self.models = QPushButton(self.tr("Show &Models…"))
        self.models.clicked.connect(self.models_asked)
        self.fault = plain_label(name="warning")
        self.go = QPushButton(self.tr("&Write It"))
        self.go.setToolTip(self.tr("Ctrl+Enter"))
        self.go.clicked.connect(self.ask)
        self.example = QPushButton(self.tr("Fill In an E&xample"))
        self.example.clicked.connect(self.fill_example)
        self.favourite = QPushButton()
        self.favourite.setCheckable(True)
        self.favourite.clicked.connect(self._favour)
        self.edit = QPushButton(self.tr("&Change the Style…"))
        self.edit.clicked.connect(self._ask_editing)
        back = QPushButton(self.tr("&Back"))
        back.setToolTip(self.tr("Esc"))
        back.clicked.connect(self.back)
        self._page = QScrollArea()
        self._page.setWidgetResizable(True)
        self._page.setFrameShape(QFrame.Shape.NoFrame)
        self._page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._head = (self.title, self.about, self.warning, self.models)
        self._foot = (self.example, self.favourite, self.edit)
        self._page.setWidget(self._body()[0])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._page, 1)
        column.addWidget(self.fault)
        row = FlowingRow()
        for button in (self.go, back):
            row.addWidget(button)
        column.addLayout(row)

    def show_style(self, style: Style, language: str, *, favourite: bool, able: bool) -> None:
        """Ask what `style` asks, in this language. able: whether the model in use can do it."""
        self.keep()
        self.style_shown = style
        words = style.words(language)
        self.title.setText(words.name)
        self.about.setText(words.description)
        self.warning.setText(
            self.tr(
                "The model in use only goes on with a text: expect little of it here. Get a writing model."
            )
        )
        self.warning.setVisible(not able)
        self.models.setVisible(not able)
        self.fault.hide()
        self._show_favourite(favourite)
        self.go.setText(self.tr("Re&write") if style.kind == "rewrite" else self.tr("&Write It"))
        body, column = self._body()
        self.editors = {}
        for field in style.fields:
            self._add(column, field, words.fields.get(field.id, FieldWords(field.id)))
        self.language = QComboBox(body)
        for each in style.wordings:
            self.language.addItem(_LANGUAGES.get(each, each), each)
        self.language.setCurrentIndex(max(0, self.language.findData(style.language(language))))
        self.variants = QCheckBox(self.tr("Se&veral variants, side by side"), body)
        self.variants.setVisible(style.kind == "rewrite")
        if style.kind == "rewrite":
            column.addWidget(self.variants)
        if style.kind == "write" and len(style.wordings) > 1:
            self._row(column, self.tr("Language of the text"), self.language)
        else:
            self.language.hide()
        foot = FlowingRow()
        for part in self._foot:
            foot.addWidget(part)
        column.addSpacing(8)
        column.addLayout(foot)
        column.addStretch(1)
        old = self._page.takeWidget()
        self._page.setWidget(body)
        if old is not None:
            old.deleteLater()
        body.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fill(self._kept.get(style.id, {}), words)
        first = next(iter(self.editors.values()), self.go)
        self.setFocusProxy(first)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def values(self) -> dict[str, str]:
        """Return what was given, by field."""
        return {name: _value(editor) for name, editor in self.editors.items()}

    def keep(self) -> None:
        """Remember what was given, for when the style is shown again."""
        if self.style_shown is not None:
            self._kept[self.style_shown.id] = self.values()

    def fill_example(self) -> None:
        """Put the style's own examples into the fields that are empty."""
        if self.style_shown is not None:
            words = self.style_shown.words(self.language.currentData())
            self._fill({name: words.fields[name].example for name in self.editors}, words, empty_only=True)

    def ask(self) -> None:
        """Ask for the text."""
        style = self.style_shown
        if style is not None:
            self.keep()
            self.asked.emit(style, self.values(), self.language.currentData(), self.variants.isChecked())

    def show_fault(self, sentence: str) -> None:
        """Say what is missing or wrong, and go to the first field that is needed and empty."""
        self.fault.setText(sentence)
        self.fault.show()
        style = self.style_shown
        for field in style.fields if style is not None else ():
            if field.required and not _value(self.editors[field.id]).strip():
                self.editors[field.id].setFocus(Qt.FocusReason.OtherFocusReason)
                break

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter in a field asks; in the text it means something else."""
        if isinstance(event, QKeyEvent) and _asks(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.ask()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.back.emit()
        else:
            super().keyPressEvent(event)

    def _body(self) -> tuple[QWidget, QVBoxLayout]:
        """Return a page that begins with what the style is, for its fields."""
        body = QWidget()
        body.setObjectName("formPage")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        for part in self._head:
            column.addWidget(part)
        for part in self._foot:
            part.setParent(body)
        return body, column

    def _add(self, column: QVBoxLayout, field: Field, words: FieldWords) -> None:
        editor = _editor(field, words)
        self.editors[field.id] = editor
        editor.installEventFilter(self)
        label = self.tr("{0} (needed)").format(words.label) if field.required else words.label
        if isinstance(editor, QCheckBox):
            editor.setText(label)
            column.addWidget(editor)
        else:
            self._row(column, label, editor)
        editor.setAccessibleName(words.label)
        editor.setAccessibleDescription(words.hint)
        if words.hint:
            column.addWidget(plain_label(words.hint, name="quiet"))

    def _row(self, column: QVBoxLayout, words: str, editor: QWidget) -> None:
        label = plain_label(words, name="field")
        label.setBuddy(editor)
        editor.setAccessibleName(words)
        column.addSpacing(4)
        column.addWidget(label)
        column.addWidget(editor)

    def _fill(self, given: Mapping[str, str], words: Wording, *, empty_only: bool = False) -> None:
        for name, editor in self.editors.items():
            value = given.get(name, words.fields[name].default)
            if value and not (empty_only and _value(editor).strip() and not _at_default(editor, words, name)):
                _set_value(editor, value)

    def _ask_editing(self) -> None:
        if self.style_shown is not None:
            self.editing_asked.emit(self.style_shown.id)

    def _favour(self) -> None:
        if self.style_shown is not None:
            self._show_favourite(self.favourite.isChecked())
            self.favoured.emit(self.style_shown.id, self.favourite.isChecked())

    def _show_favourite(self, favourite: bool) -> None:
        self.favourite.setChecked(favourite)
        self.favourite.setText(self.tr("★ &Favourite") if favourite else self.tr("☆ Make It a &Favourite"))


def _asks(event: QKeyEvent) -> bool:
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(control) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _editor(field: Field, words: FieldWords) -> Editor:
    match field.kind:
        case "long":
            long = QPlainTextEdit()
            long.setTabChangesFocus(True)
            long.setPlaceholderText(words.example)
            long.setFixedHeight(long.fontMetrics().lineSpacing() * _LINES + 18)
            return long
        case "choice":
            box = QComboBox()
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            if not field.required and not words.default:
                box.addItem("", "")
            for each in field.choices:
                box.addItem(words.choices.get(each, each), each)
            return box
        case "number":
            number = QSpinBox()
            number.setRange(field.least, field.most)
            return number
        case "flag":
            return QCheckBox()
        case _:
            line = QLineEdit()
            line.setMaxLength(field.longest or 300)
            line.setPlaceholderText(words.example)
            return line


def _value(editor: Editor) -> str:
    match editor:
        case QPlainTextEdit():
            return editor.toPlainText()
        case QComboBox():
            return str(editor.currentData() or "")
        case QSpinBox():
            return str(editor.value())
        case QCheckBox():
            return "yes" if editor.isChecked() else ""
        case QLineEdit():
            return editor.text()


def _set_value(editor: Editor, value: str) -> None:
    match editor:
        case QPlainTextEdit():
            editor.setPlainText(value)
        case QComboBox():
            editor.setCurrentIndex(max(0, editor.findData(value)))
        case QSpinBox():
            editor.setValue(int(value) if value.strip().isdigit() else editor.minimum())
        case QCheckBox():
            editor.setChecked(value.strip().lower() in ("yes", "true", "1", "on"))
        case QLineEdit():
            editor.setText(value)


def _at_default(editor: Editor, words: Wording, name: str) -> bool:
    return not isinstance(editor, QLineEdit | QPlainTextEdit) or _value(editor) == words.fields[name].default
