"""The page of models: what is recommended, what is installed, what the hub has."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QPushButton,
    QTabWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from penwright.base.catalogue import Catalogue
from penwright.modelstore.downloads import Order, Report, State
from penwright.modelstore.fit import Offer, Verdict, recommend
from penwright.modelstore.installed import Installed, Place
from penwright.modelstore.repository import Found, Repository
from penwright.storage.settings import Settings
from penwright.ui.dialogs.bringing_in import BringingIn, models_in
from penwright.ui.dialogs.connections import ConnectionsPage
from penwright.ui.dialogs.model_list import ModelList, content, put
from penwright.ui.dialogs.model_search import ModelSearch
from penwright.ui.flowing_row import FlowingRow
from penwright.ui.labels import plain_label
from penwright.ui.model_desk import ModelDesk
from penwright.ui.theme import Theme, Themes, page_style_sheet


class ModelsDialog(QDialog):
    """The page. chosen: the path of a model to write with. wished(str, object): a setting and its value."""

    chosen = Signal(object)
    wished = Signal(str, object)

    def __init__(
        self, desk: ModelDesk, themes: Themes, catalogue: Catalogue, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._licences: dict[str, str] = {}  # by repository, as the hub told them
        self._awaited = ""  # the repository whose licence is being asked for
        self._reports: dict[str, Report] = {}
        self._left: dict[str, Report] = {}  # of earlier runs
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setWindowTitle(self.tr("Models"))
        self.tabs = QTabWidget()
        model, size, licence = self.tr("Model"), self.tr("Size"), self.tr("Licence")
        self.recommended = self._list(self.tr("Recommended models"), model, size, licence, self.tr("Here"))
        self.installed = self._list(
            self.tr("Installed models"), model, size, self.tr("Kind"), self.tr("Where")
        )
        self.found = self._list(self.tr("What the hub has"), model, size, licence, self.tr("Here"))
        self.downloads = self._list(self.tr("Downloads"), model, size, licence, self.tr("How It Stands"))
        self.connections = ConnectionsPage(catalogue)
        self.search = ModelSearch(desk, self.found)
        self.tabs.addTab(self.recommended, self.tr("&Recommended"))
        self.tabs.addTab(self.installed, self.tr("&Installed"))
        self.tabs.addTab(self.search, self.tr("&Search"))
        self.tabs.addTab(self.downloads, self.tr("Do&wnloads"))
        self.tabs.addTab(self.connections, self.tr("Co&nnections"))
        self.about = plain_label()
        self.question = BringingIn(desk, back_to=self.tabs.setFocus)
        self._make_buttons()
        row = FlowingRow()
        for button in self._buttons():
            row.addWidget(button)
        whole = QVBoxLayout(self)
        whole.addWidget(self.tabs, 1)
        whole.addWidget(self.about)
        whole.addWidget(self.question)
        whole.addLayout(row)
        self.resize(self._wanted_size())
        self._listen()
        themes.changed.connect(self._set_theme)
        self._set_theme(themes.current)
        self._show_offers()
        desk.look()

    def _wanted_size(self) -> QSize:
        """Return a size in letters, so that large ones get a larger page; at least that of small windows."""
        letter = self.fontMetrics()
        return QSize(max(760, 78 * letter.horizontalAdvance("n")), max(460, 24 * letter.lineSpacing()))

    def show_settings(self, settings: Settings) -> None:
        """Show what is set about the network."""
        self.connections.show_settings(settings, self._desk.endpoint)

    def _set_theme(self, theme: Theme) -> None:
        theme.dress(self, page_style_sheet(theme))

    def _make_buttons(self) -> None:
        self.fetch = self._button(self.tr("&Download"), self._fetch)
        self.pause = self._button(self.tr("&Pause"), lambda: self._desk.pause(self._selected()[0]))
        self.cancel = self._button(self.tr("&Cancel Download"), self._cancel)
        self.use = self._button(self.tr("Write Wi&th It"), self._use)
        self.verify = self._button(self.tr("&Verify"), lambda: self._with_model(self._desk.verify))
        self.remove = self._button(self.tr("Re&move"), lambda: self._with_model(self._desk.remove))
        self.show_folder = self._button(self.tr("Show in &Folder"), self._show_folder)
        self.back = self._button(self.tr("&Back to the Results"), self.search.show_results)
        self.more = self._button(self.tr("Mor&e Results"), self.search.go_on)
        self.stop = self._button(self.tr("Stop"), self._desk.stop)
        self.bring = self._button(self.tr("Import a Fi&le…"), self.question.choose_file)
        self.stop.hide()

    def _listen(self) -> None:
        desk = self._desk
        self.tabs.currentChanged.connect(self._turn)
        desk.reported.connect(self._report)
        desk.looked.connect(self._show_installed)
        desk.left.connect(self._show_left)
        self.search.told.connect(self.about.setText)
        self.search.changed.connect(self._refresh_buttons)
        desk.opened.connect(self._show_repository)
        desk.logged.connect(self.connections.show_log)
        desk.working.connect(self._show_working)
        desk.trouble.connect(self.about.setText)
        self.connections.wished.connect(self.wished)
        self.connections.token_given.connect(desk.keep_token)
        self.connections.token_unwanted.connect(desk.forget_token)
        for report in desk.reports():
            self._reports[report.order.id] = report

    def _buttons(self) -> tuple[QPushButton, ...]:
        first = (self.fetch, self.pause, self.cancel, self.back, self.more)
        return (*first, self.use, self.verify, self.remove, self.show_folder, self.stop, self.bring)

    def _button(self, words: str, act: Any) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _list(self, name: str, *headings: str) -> ModelList:
        tree = ModelList(name, headings)
        tree.itemSelectionChanged.connect(self._refresh_buttons)
        tree.itemActivated.connect(self._open)
        return tree

    def _show_working(self, words: str) -> None:
        self.stop.setVisible(bool(words))
        if words:
            self.about.setText(words)

    def _show_offers(self) -> None:
        machine, entries = self._desk.machine(), self._desk.offers()
        best = {
            offer.entry.id
            for role in ("inline", "writing")
            if (offer := recommend([each.entry for each in entries], machine, role)) is not None
        }
        for offer in sorted(entries, key=lambda each: each.entry.id not in best):
            row = [offer.entry.title, self._size(offer.fit.files), offer.entry.licence or "", ""]
            item = self.recommended.add(row, offer.entry.id, offer)
            if offer.entry.id in best:
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
        self._refresh_states()

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

    def _standing(self, key: str) -> Report | None:
        """Return how the download of this key stands: that of this run, else that of an earlier one."""
        report = self._reports.get(key)
        return report if report is not None and report.state is not State.CANCELLED else self._left.get(key)

    def _refresh_states(self) -> None:
        for item in (*self.recommended.rows(), *self.found.rows()):
            key, value = content(item)
            report = self._standing(key)
            if report is not None:
                put(item, 3, self._desk.sentence(report))
            elif isinstance(value, Offer):
                put(item, 3, self._fit_words(value))
            elif not isinstance(value, Found):
                put(item, 3, "")
        self._refresh_downloads()

    def _refresh_downloads(self) -> None:
        there = {content(item)[0]: item for item in self.downloads.rows()}
        for key in (*self._left, *self._reports):
            report = self._standing(key)
            item = there.get(key)
            if report is None:
                continue
            if item is None:
                row = [self._title(report.order), "", report.order.licence or self.tr("not said"), ""]
                item = there[key] = self.downloads.add(row, key, report.order)
            put(item, 1, self._size(report.progress.total) if report.progress.total else "")
            put(item, 3, self._desk.sentence(report))
        for key, item in there.items():
            if self._standing(key) is None:
                self.downloads.takeTopLevelItem(self.downloads.indexOfTopLevelItem(item))

    def _title(self, order: Order) -> str:
        for item in self.recommended.rows():
            if content(item)[0] == order.id:
                return item.text(0)
        return order.id

    def _report(self, report: Report) -> None:
        self._reports[report.order.id] = report
        self._refresh_states()
        self._refresh_buttons()

    def _show_left(self, reports: tuple[Report, ...]) -> None:
        known = {each.order.id for each in self._desk.reports()}
        self._left = {each.order.id: each for each in reports if each.order.id not in known}
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
            self.installed.add(row, model.id, model)
        self._refresh_buttons()

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
            self.found.add(row, f"{told.repo}/{each.file}", told)
        self.about.setText(self.tr("{0}: licence {1}").format(told.repo, told.licence or self.tr("not said")))
        self._refresh_states()
        self._refresh_buttons()

    def _open(self, item: QTreeWidgetItem) -> None:
        value = content(item)[1]
        if isinstance(value, Found):
            self._desk.open_repository(value.repo)
        elif isinstance(value, Installed):
            self._use()

    def _tree(self) -> ModelList | None:
        """Return the list that is seen; the connections are none."""
        lists = (self.recommended, self.installed, self.found, self.downloads, None)
        return lists[self.tabs.currentIndex()]

    def _selected(self) -> tuple[str, object]:
        tree = self._tree()
        return tree.selected() if tree is not None else ("", None)

    def _turn(self) -> None:
        self.about.clear()
        self._refresh_buttons()
        if self.tabs.currentWidget() is self.connections:
            self._desk.look_at_log()

    def _refresh_buttons(self) -> None:
        key, value = self._selected()
        tree = self._tree()
        report = self._standing(key)
        state = report.state if report is not None else None
        running = state in (State.QUEUED, State.RUNNING)
        stands = state in (State.PAUSED, State.FAILED)
        self.fetch.setVisible(tree is not None and tree is not self.installed)
        can_fetch = isinstance(value, Offer | Repository | Order) and not running and state is not State.DONE
        self.fetch.setEnabled(can_fetch)
        self.fetch.setText(self.tr("Resum&e") if stands else self.tr("&Download"))
        self.pause.setVisible(running)
        self.cancel.setVisible(running or stands)
        self.cancel.setText(self.tr("&Cancel Download") if running else self.tr("Re&move Download"))
        here = isinstance(value, Installed)
        for button in (self.use, self.verify, self.remove, self.show_folder):
            button.setVisible(tree is self.installed)
            button.setEnabled(here)
        if isinstance(value, Installed) and value.place is Place.SHARED:
            self.remove.setEnabled(False)
        searching = tree is self.found
        self.back.setVisible(searching and self.search.can_go_back)
        self.more.setVisible(searching and self.search.has_more)
        self.more.setEnabled(not self.search.asking)
        self.bring.setVisible(tree is not None)
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
        report = self._standing(key)
        if report is not None:
            self._desk.go_on(report.order)
            return
        licence = value.licence if isinstance(value, Repository) else ""
        if isinstance(value, Offer) and value.entry.licence is None:
            repo = value.entry.repo
            if repo not in self._licences:  # it is shown before a byte is fetched
                self._awaited = repo
                self.about.setText(self.tr("Asking the hub for its licence…"))
                self._desk.open_repository(repo)
                return
            licence = self._licences[repo]
        self._desk.fetch(key, licence)

    def _cancel(self) -> None:
        report = self._standing(self._selected()[0])
        if report is not None:
            self._desk.cancel(report.order)

    def _use(self) -> None:
        self._with_model(lambda model: self.chosen.emit(model.path))

    def _with_model(self, act: Any) -> None:
        value = self._selected()[1]
        if isinstance(value, Installed):
            act(value)

    def _show_folder(self) -> None:
        self._with_model(lambda model: QDesktopServices.openUrl(QUrl.fromLocalFile(str(model.path.parent))))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take GGUF files; only copied or read: a file manager that moves would delete the writer's file."""
        if models_in(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask what becomes of the dropped files."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.question.ask_how(models_in(event))
