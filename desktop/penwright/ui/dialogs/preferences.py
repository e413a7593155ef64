"""The dialog of preferences, made from what the settings declare of themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from penwright.base.catalogue import Catalogue
from penwright.storage.settings import Page, Settings, declarations
from penwright.ui.dialogs.setting_field import SettingField
from penwright.ui.theme import Theme, Themes, page_style_sheet


class PreferencesDialog(QDialog):
    """Pages at the left, the fields of one of them at the right, or of all pages those that are looked for.

    What is entered holds at once, beside a text that can be gone on with.

    wished(str, object): a setting and its new value.
    """

    wished = Signal(str, object)

    def __init__(self, catalogue: Catalogue, themes: Themes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(self.tr("Preferences"))
        self._catalogue = catalogue
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the preferences"))
        self.search.textChanged.connect(self._show)
        self.pages = QListWidget()
        self.pages.setAccessibleName(self.tr("Pages"))
        self.nothing = QLabel(self.tr("No preference has these words."))
        self.fields: dict[str, SettingField] = {}
        self._heads: dict[Page, QLabel] = {}
        self._lay_out()
        self.pages.currentRowChanged.connect(self._show)
        self.pages.setCurrentRow(0)
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)
        self.resize(720, 520)

    def show_settings(self, settings: Settings) -> None:
        """Show what is set now."""
        for name, field in self.fields.items():
            field.show_value(getattr(settings, name))

    @property
    def page(self) -> Page:
        """The page that is chosen."""
        return Page(self.pages.currentItem().data(Qt.ItemDataRole.UserRole))

    def open_page(self, page: Page) -> None:
        """Go to a page."""
        self.search.clear()
        for row in range(self.pages.count()):
            if self.pages.item(row).data(Qt.ItemDataRole.UserRole) == page.value:
                self.pages.setCurrentRow(row)

    def restore(self) -> None:
        """Wish the usual values of the fields that are seen."""
        for name, field in self.fields.items():
            if not field.isHidden():
                self.wished.emit(name, field.declaration.default)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("fields")
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 0, 12, 0)
        for page in Page:
            declared = [each for each in declarations() if each.page is page]
            if page is Page.NONE or not declared:
                continue
            title = self._catalogue.say(f"settings.page_{page.value}")
            entry = QListWidgetItem(title)
            entry.setData(Qt.ItemDataRole.UserRole, page.value)
            self.pages.addItem(entry)
            head = self._heads[page] = QLabel(title)
            head.setObjectName("head")
            head.setIndent(0)  # in line with what is below
            column.addWidget(head)
            for each in declared:
                field = self.fields[each.name] = SettingField(each, self._catalogue)
                field.changed.connect(self.wished)
                column.addWidget(field)
        column.addWidget(self.nothing)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.RestoreDefaults | kinds.Close)
        usual = self.buttons.button(kinds.RestoreDefaults)
        usual.setText(self.tr("&Usual Values of This Page"))
        usual.setAutoDefault(False)
        usual.clicked.connect(self.restore)
        self.buttons.rejected.connect(self.close)
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.pages, 1)
        row = QHBoxLayout()
        row.addLayout(left, 1)
        row.addWidget(scroll, 3)
        whole = QVBoxLayout(self)
        whole.addLayout(row, 1)
        whole.addWidget(self.buttons)

    def _show(self) -> None:
        words = self.search.text().strip()
        self.pages.setEnabled(not words)
        seen: set[Page] = set()
        for field in self.fields.values():
            page = field.declaration.page
            wanted = field.says(words) if words else page is self.page
            field.setVisible(wanted)
            if wanted:
                seen.add(page)
        for page, head in self._heads.items():
            head.setVisible(page in seen)
        self.nothing.setVisible(not seen)

    def _set_theme(self, theme: Theme) -> None:
        theme.dress(self, page_style_sheet(theme))
