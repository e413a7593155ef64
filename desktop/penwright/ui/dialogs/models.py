"""The page of models: what is recommended, what is installed, what the hub has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from penwright.modelstore.downloads import Report, State
from penwright.modelstore.fit import Offer, Verdict, recommend
from penwright.modelstore.installed import Installed, Place
from penwright.modelstore.repository import Found, Repository
from penwright.ui.model_desk import ModelDesk
from penwright.ui.theme import Theme, Themes, page_style_sheet

_KEY = Qt.ItemDataRole.UserRole


def _items(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    found = (tree.topLevelItem(at) for at in range(tree.topLevelItemCount()))
    return [item for item in found if item is not None]


class ModelsDialog(QDialog):
    """The page. chosen: the path of a model to write with."""

    chosen = Signal(object)

    def __init__(self, desk: ModelDesk, themes: Themes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._licences: dict[str, str] = {}  # by repository, as the hub told them
        self._awaited = ""  # the repository whose licence is being asked for
        self._reports: dict[str, Report] = {}
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setWindowTitle(self.tr("Models"))
        self.resize(760, 460)
        self.tabs = QTabWidget()
        self.recommended = self._list(self.tr("Model"), self.tr("Size"), self.tr("Licence"), self.tr("Here"))
        self.installed = self._list(self.tr("Model"), self.tr("Size"), self.tr("Kind"), self.tr("Where"))
        self.found = self._list(self.tr("Model"), self.tr("Size"), self.tr("Licence"), self.tr("Here"))
        self.words = QLineEdit()
        self.words.setPlaceholderText(self.tr("Search the hub; nothing is asked before you press Enter"))
        self.words.setAccessibleName(self.tr("Search words"))
        self.words.returnPressed.connect(self._search)
        search = QWidget()
        column = QVBoxLayout(search)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.found)
        self.tabs.addTab(self.recommended, self.tr("&Recommended"))
        self.tabs.addTab(self.installed, self.tr("&Installed"))
        self.tabs.addTab(search, self.tr("&Search"))
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setMinimumHeight(2 * self.about.fontMetrics().lineSpacing())
        self._make_buttons()
        row = QHBoxLayout()
        for button in self._buttons():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.bring)
        whole = QVBoxLayout(self)
        whole.addWidget(self.tabs)
        whole.addWidget(self.about)
        whole.addLayout(row)
        self._listen()
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)
        self._show_offers()
        desk.look()

    def _set_theme(self, theme: Theme) -> None:
        self.setPalette(theme.palette())
        self.setStyleSheet(theme.style_sheet() + page_style_sheet(theme))

    def _make_buttons(self) -> None:
        self.fetch = self._button(self.tr("&Download"), self._fetch)
        self.pause = self._button(self.tr("&Pause"), self._pause)
        self.cancel = self._button(self.tr("&Cancel Download"), self._cancel)
        self.use = self._button(self.tr("&Write With It"), self._use)
        self.verify = self._button(self.tr("&Verify"), lambda: self._with_model(self._desk.verify))
        self.remove = self._button(self.tr("Re&move"), lambda: self._with_model(self._desk.remove))
        self.show_folder = self._button(self.tr("Show in &Folder"), self._show_folder)
        self.bring = self._button(self.tr("I&mport a File…"), self._import)

    def _listen(self) -> None:
        desk = self._desk
        self.tabs.currentChanged.connect(self._turn)
        desk.reported.connect(self._report)
        desk.looked.connect(self._show_installed)
        desk.searched.connect(self._show_found)
        desk.opened.connect(self._show_repository)
        desk.trouble.connect(self.about.setText)
        for report in desk.reports():
            self._reports[report.order.id] = report

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.fetch, self.pause, self.cancel, self.use, self.verify, self.remove, self.show_folder)

    def _button(self, words: str, act: Any) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _list(self, *headings: str) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setHeaderLabels(list(headings))
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setColumnWidth(0, 300)
        tree.itemSelectionChanged.connect(self._refresh_buttons)
        tree.itemActivated.connect(self._open)
        return tree

    def _show_offers(self) -> None:
        machine, entries = self._desk.machine(), self._desk.offers()
        best = {
            offer.entry.id
            for role in ("inline", "writing")
            if (offer := recommend([each.entry for each in entries], machine, role)) is not None
        }
        for offer in sorted(entries, key=lambda each: each.entry.id not in best):
            row = [offer.entry.title, self._size(offer.fit.files), offer.entry.licence or "", ""]
            item = self._add(self.recommended, row, offer.entry.id, offer)
            if offer.entry.id in best:
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
        self._refresh_states()

    def _add(self, tree: QTreeWidget, row: list[str], key: str, value: object) -> QTreeWidgetItem:
        item = QTreeWidgetItem(row)
        item.setData(0, _KEY, key)
        item.setData(1, _KEY, value)
        tree.addTopLevelItem(item)
        return item

    def _size(self, count: int) -> str:
        return self.locale().formattedDataSize(count, 1, self.locale().DataSizeFormat.DataSizeSIFormat)

    def _fit_words(self, offer: Offer) -> str:
        match offer.fit.verdict:
            case Verdict.FITS:
                return self.tr("fits")
            case Verdict.TIGHT:
                return self.tr("tight: needs {0} of {1}").format(
                    self._size(offer.fit.needed), self._size(offer.fit.room)
                )
            case Verdict.NO_DISK:
                return self.tr("no space on the disk")
        return self.tr("too large: needs {0} of {1}").format(
            self._size(offer.fit.needed), self._size(offer.fit.room)
        )

    def _refresh_states(self) -> None:
        for item in (*_items(self.recommended), *_items(self.found)):
            key, value = item.data(0, _KEY), item.data(1, _KEY)
            report = self._reports.get(key)
            if report is not None and report.state is not State.CANCELLED:
                item.setText(3, self._desk.sentence(report))
            elif isinstance(value, Offer):
                item.setText(3, self._fit_words(value))
            elif not isinstance(value, Found):
                item.setText(3, "")

    def _report(self, report: Report) -> None:
        self._reports[report.order.id] = report
        self._refresh_states()
        self._refresh_buttons()

    def _show_installed(self, models: tuple[Installed, ...]) -> None:
        self.installed.clear()
        for model in models:
            where = {
                Place.OWN: self.tr("here"),
                Place.IN_PLACE: str(model.path.parent),
                Place.SHARED: self.tr("another program's folder"),
            }[model.place]
            kind = " ".join(part for part in (model.header.architecture, model.header.quantization) if part)
            row = [model.header.name or model.path.stem, self._size(model.size), kind, where]
            self._add(self.installed, row, model.id, model)
        self._refresh_buttons()

    def _search(self) -> None:
        words = self.words.text().strip()
        if words:
            self.about.setText(self.tr("Asking the hub…"))
            self._desk.search(words)

    def _show_found(self, results: tuple[Found, ...]) -> None:
        self.found.clear()
        self.about.setText(
            self.tr("Open one to see its files.")
            if results
            else self.tr("Nothing was found. Try fewer words.")
        )
        for each in results:
            gated = self.tr("wants its licence accepted") if each.gated else ""
            self._add(self.found, [each.repo, "", each.licence, gated], each.repo, each)

    def _show_repository(self, told: Repository) -> None:
        self._licences[told.repo] = told.licence or self.tr("not said")
        if told.repo == self._awaited:
            self._awaited = ""
            self._refresh_buttons()
            self.about.setText(self.tr("{0} Press Download again to fetch it.").format(self.about.text()))
            return
        self.found.clear()
        for each in told.choices:
            row = [each.file, self._size(each.size), told.licence, ""]
            self._add(self.found, row, f"{told.repo}/{each.file}", told)
        self.about.setText(self.tr("{0}: licence {1}").format(told.repo, told.licence or self.tr("not said")))
        self._refresh_states()

    def _open(self, item: QTreeWidgetItem) -> None:
        value = item.data(1, _KEY)
        if isinstance(value, Found):
            self._desk.open_repository(value.repo)
        elif isinstance(value, Installed):
            self._use()

    def _tree(self) -> QTreeWidget:
        return (self.recommended, self.installed, self.found)[self.tabs.currentIndex()]

    def _selected(self) -> tuple[str, object]:
        items = self._tree().selectedItems()
        return (items[0].data(0, _KEY), items[0].data(1, _KEY)) if items else ("", None)

    def _turn(self) -> None:
        self.about.clear()
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        key, value = self._selected()
        report = self._reports.get(key)
        state = report.state if report is not None else None
        running = state in (State.QUEUED, State.RUNNING)
        self.fetch.setVisible(self._tree() is not self.installed)
        can_fetch = isinstance(value, Offer | Repository) and not running and state is not State.DONE
        self.fetch.setEnabled(can_fetch)
        self.fetch.setText(
            self.tr("&Go On") if state in (State.PAUSED, State.FAILED) else self.tr("&Download")
        )
        for button, shown in ((self.pause, running), (self.cancel, running or state is State.PAUSED)):
            button.setVisible(shown)
        here = isinstance(value, Installed)
        for button in (self.use, self.verify, self.remove, self.show_folder):
            button.setVisible(self._tree() is self.installed)
            button.setEnabled(here)
        if isinstance(value, Installed) and value.place is Place.SHARED:
            self.remove.setEnabled(False)
        if report is not None and report.state is State.FAILED:
            self.about.setText(self._desk.sentence(report))
        elif isinstance(value, Offer):
            self.about.setText(self._told(value))

    def _told(self, offer: Offer) -> str:
        entry = offer.entry
        licence = entry.licence or self._licences.get(entry.repo)
        licence = licence or self.tr("asked of the hub before anything is fetched")
        return self.tr("{0} {1}, {2}; licence: {3}.").format(
            entry.about, offer.variant.quantization, self._size(offer.fit.files), licence
        )

    def _fetch(self) -> None:
        key, value = self._selected()
        licence = value.licence if isinstance(value, Repository) else ""
        if isinstance(value, Offer) and value.entry.licence is None and key not in self._reports:
            repo = value.entry.repo
            if repo not in self._licences:  # it is shown before a byte is fetched
                self._awaited = repo
                self.about.setText(self.tr("Asking the hub for its licence…"))
                self._desk.open_repository(repo)
                return
            licence = self._licences[repo]
        self._desk.fetch(key, licence)

    def _pause(self) -> None:
        self._desk.pause(self._selected()[0])

    def _cancel(self) -> None:
        self._desk.cancel(self._selected()[0])

    def _use(self) -> None:
        self._with_model(lambda model: self.chosen.emit(model.path))

    def _with_model(self, act: Any) -> None:
        value = self._selected()[1]
        if isinstance(value, Installed):
            act(value)

    def _show_folder(self) -> None:
        self._with_model(lambda model: QDesktopServices.openUrl(QUrl.fromLocalFile(str(model.path.parent))))

    def _import(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, self.tr("Import a Model"), "", self.tr("Models (*.gguf)")
        )
        if name:
            self._desk.bring_in(Path(name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take GGUF files."""
        if any(url.toLocalFile().lower().endswith(".gguf") for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring the dropped files in."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        for url in event.mimeData().urls():
            if url.toLocalFile().lower().endswith(".gguf"):
                self._desk.bring_in(Path(url.toLocalFile()))
