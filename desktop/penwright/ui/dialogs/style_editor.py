"""A style's file, to be changed, beside the prompt that comes of it while it is written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.prompt import job
from penwright.core.styles import Style, style_from
from penwright.ui.background import BackgroundWork
from penwright.ui.labels import plain_label
from penwright.ui.theme import Theme, Themes, page_style_sheet

_SOON = 300  # milliseconds without a key until the prompt is made anew


class StyleEditor(QDialog):
    """The window goes on beside it. kept(str, str): keep this text as the user's own, under this id."""

    kept = Signal(str, str)

    def __init__(
        self, identifier: str, text: str, themes: Themes, catalogue: Catalogue, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Change a Style"))
        self._path = Path(f"{identifier}.toml")
        self._catalogue = catalogue
        self._before = text
        self._style: Style | None = None
        self._work: BackgroundWork[tuple[Style, str]] | None = None
        self.text = QPlainTextEdit(text)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("The style's file"))
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName(self.tr("The prompt that comes of it"))
        self.language, self.form = QComboBox(), QComboBox()
        self.halves = QSplitter()
        self.halves.addWidget(self.text)
        self.halves.addWidget(self._right())
        self.halves.setChildrenCollapsible(False)
        self.halves.setSizes([3, 2])
        self.fault = plain_label()
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Save | kinds.Close)
        self.buttons.accepted.connect(self._keep)
        self.buttons.rejected.connect(self.close)
        whole = QVBoxLayout(self)
        whole.addWidget(self.halves, 1)
        whole.addWidget(self.fault)
        whole.addWidget(self.buttons)
        letter = self.fontMetrics()
        self.resize(max(760, 90 * letter.averageCharWidth()), max(460, 26 * letter.lineSpacing()))
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._look)
        self.text.textChanged.connect(self._soon.start)
        self.language.currentIndexChanged.connect(lambda _index: self._soon.start())
        self.form.currentIndexChanged.connect(lambda _index: self._soon.start())
        themes.changed.connect(self._take_theme)
        self._take_theme(themes.current)
        self._look()

    def _right(self) -> QWidget:
        """Return the half with the prompt, and for whom it is."""
        self.language.setAccessibleName(self.tr("Language of the prompt"))
        self.form.addItem(self.tr("For models that follow instructions"), "chat")
        self.form.addItem(self.tr("For models that only continue"), "base")
        self.form.setAccessibleName(self.tr("Kind of model"))
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.language, self.form, self.preview):
            column.addWidget(part)
        return right

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, once the work under way has ended; what was changed is asked about once."""
        self._soon.stop()
        if self.text.toPlainText() != self._before and self.fault.property("asked") is None:
            self.fault.setProperty("asked", True)
            self.fault.setText(self.tr("You have changed this style. Save it, or close again to drop that."))
            event.ignore()
            return
        if self._work is not None:
            self._work.wait()
        super().closeEvent(event)

    def _look(self) -> None:
        """Read the text as a style, and make the prompt of its examples, on another thread."""
        if self._work is not None:
            self._soon.start()
            return
        text, path = self.text.toPlainText(), self._path
        language, form = self.language.currentData() or "", self.form.currentData()
        work: BackgroundWork[tuple[Style, str]] = BackgroundWork(
            self, lambda: _previewed(text, path, language, form)
        )
        self._work = work
        work.success(self._show).failure(self._show_fault).start()

    def _show(self, found: tuple[Style, str]) -> None:
        self._work = None
        self._style, prompt = found
        if self.language.count() != len(self._style.wordings):
            self.language.clear()
            for each in self._style.wordings:
                self.language.addItem(each, each)
        self.preview.setPlainText(prompt)
        if self.fault.property("asked") is None:
            self.fault.setText(self.tr("What stands here is made from the fields' examples."))
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(True)

    def _show_fault(self, error: Exception) -> None:
        self._work = None
        if not isinstance(error, PenwrightError):
            raise error
        self.fault.setText(self._catalogue.sentence(error))
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(False)

    def _keep(self) -> None:
        if self._style is not None and not self._soon.isActive():
            self._before = self.text.toPlainText()
            self.kept.emit(self._style.id, self._before)

    def _take_theme(self, theme: Theme) -> None:
        theme.dress(self, page_style_sheet(theme))


def _previewed(text: str, path: Path, language: str, form: str) -> tuple[Style, str]:
    """Return the style, and the prompt of its examples as a model gets it. Raises PenwrightError."""
    style = style_from(text, path, own=True)
    language = style.language(language or "en")
    words = style.words(language)
    given = {name: field.example or field.default for name, field in words.fields.items()}
    given = {name: value for name, value in given.items() if style.field(name) is not None}
    made = job(style, given | dict.fromkeys(style.given[:1], "…"), language)
    if form == "base":
        return style, made.base
    return style, "\n\n".join(f"[{message.role}]\n{message.content}" for message in made.messages)
