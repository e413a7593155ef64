"""The dialog of formats: which one, and where to."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from penwright.base.catalogue import Catalogue
from penwright.base.files import readable_name
from penwright.formats.kinds import Kind
from penwright.ui.asking import Asking
from penwright.ui.theme import Theme, Themes, page_style_sheet

_KIND = Qt.ItemDataRole.UserRole


class ExportDialog(QDialog):
    """Chooses a format and a file, beside which the writer can go on writing.

    chosen(Kind, Path): what is wanted; a file that is there is to be replaced.
    """

    chosen = Signal(object, object)

    def __init__(
        self,
        target: Path,
        kind: Kind,
        *,
        catalogue: Catalogue,
        themes: Themes,
        asking: Asking,
        source: Path | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asking = asking
        self._source = source
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Export"))
        self.kinds = QListWidget()
        self.kinds.setAccessibleName(self.tr("Format"))
        for each in Kind:
            item = QListWidgetItem(f"{catalogue.say(f'formats.kind.{each.value}')}  ({each.suffix})")
            item.setData(_KIND, each.value)
            self.kinds.addItem(item)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.path = QLineEdit()
        label = QLabel(self.tr("&To:"))
        label.setBuddy(self.path)
        self.choose = QPushButton(self.tr("&Choose…"))
        self.choose.setAutoDefault(False)  # Enter is for exporting alone
        self.choose.clicked.connect(self._ask)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Cancel)
        self.export = self.buttons.addButton(self.tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.setDefault(True)
        self.buttons.button(buttons.Cancel).setAutoDefault(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.kinds, 1)
        column.addWidget(self.about)
        column.addLayout(row)
        column.addWidget(self.warning)
        column.addWidget(self.buttons)
        self.resize(520, 400)
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)
        self.path.setText(str(target))
        self.path.textChanged.connect(lambda _text: self._look())
        self.kinds.currentRowChanged.connect(lambda _row: self._follow_kind())
        self.kinds.itemActivated.connect(lambda _item: self.accept())
        self.kinds.setCurrentRow(list(Kind).index(kind))
        self.kinds.setFocus()

    @property
    def kind(self) -> Kind:
        """The format that is marked."""
        return Kind(self.kinds.currentItem().data(_KIND))

    @property
    def target(self) -> Path:
        """The file that is named."""
        return Path(self.path.text().strip()).expanduser()

    def accept(self) -> None:
        """Tell what is wanted, and close."""
        if self.export.isEnabled():
            self.chosen.emit(self.kind, self.target)
            super().accept()

    def _ask(self) -> None:
        chosen = self._asking.export_path(self, self.target)
        if chosen is not None:
            self.path.setText(str(chosen if chosen.suffix else chosen.with_suffix(self.kind.suffix)))

    def _follow_kind(self) -> None:
        endings = {each.suffix for each in Kind}
        target = self.target
        if target.suffix.lower() in endings:
            self.path.setText(str(target.with_suffix(self.kind.suffix)))
        self.about.setText(self._abouts()[self.kind])
        self._look()

    def _look(self) -> None:
        """Say what stands against the name, or what exporting would do."""
        words, possible = "", True
        target = self.target
        if not self.path.text().strip() or not target.name:
            possible = False
        elif self._source is not None and os.path.realpath(target) == os.path.realpath(self._source):
            words, possible = self.tr("This is the text itself. Choose another name."), False
        elif target.is_dir():
            words, possible = self.tr("{0} is a folder.").format(readable_name(target)), False
        elif target.exists():
            words = self.tr("{0} is there already and will be replaced.").format(readable_name(target))
        self.warning.setText(words)
        self.export.setEnabled(possible)

    def _abouts(self) -> dict[Kind, str]:
        return {
            Kind.DOCX: self.tr("For editors, publishers and Word: with styles, footnotes and pictures."),
            Kind.ODT: self.tr("For LibreOffice and others: with styles, footnotes and pictures."),
            Kind.EPUB: self.tr("For e-readers: a chapter for each heading of the first level, and contents."),
            Kind.PDF: self.tr("For printing and reading: pages as they are, with their fonts."),
            Kind.HTML: self.tr("One page for browsers, with its pictures in it."),
            Kind.TEXT: self.tr("The words alone; emphasis and pictures can't be kept."),
            Kind.MARKDOWN: self.tr("A copy in Markdown, its marks made uniform, with pictures beside it."),
        }

    def _set_theme(self, theme: Theme) -> None:
        theme.dress(self, page_style_sheet(theme))
