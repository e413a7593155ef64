"""The part of the page of models about the network: the switch, the way to the hub, the token, the log."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from penwright.base.catalogue import Catalogue
from penwright.modelstore.network import Connection
from penwright.storage.settings import Page, Settings, declarations
from penwright.ui.dialogs.setting_field import SettingField
from penwright.ui.flowing_row import FlowingRow
from penwright.ui.labels import plain_label

_MOST = 500  # lines of the log that are shown, the newest


class ConnectionsPage(QScrollArea):
    """Everything in one column, which scrolls.

    wished(str, object): a setting and its new value. token_given(str), token_unwanted().
    """

    wished = Signal(str, object)
    token_given = Signal(str)
    token_unwanted = Signal()

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("Connections"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 8, 0)
        self.where = plain_label()
        column.addWidget(self.where)
        self.fields: dict[str, SettingField] = {}
        for each in declarations():
            if each.page is Page.NETWORK:
                field = SettingField(each, catalogue)
                field.changed.connect(self.wished)
                self.fields[each.name] = field
                column.addWidget(field)
        self._add_token(column)
        self.log = QTreeWidget()
        self.log.setAccessibleName(self.tr("Connections that were made, the newest first"))
        self.log.setHeaderLabels(
            [self.tr("Time"), self.tr("Host"), self.tr("Why"), self.tr("Bytes"), self.tr("Answer")]
        )
        self.log.setRootIsDecorated(False)
        self.log.setUniformRowHeights(True)
        self.log.setMinimumHeight(8 * self.log.fontMetrics().lineSpacing())
        about = QLabel(self.tr("Connections that were made:"))
        about.setBuddy(self.log)
        column.addWidget(about)
        column.addWidget(self.log, 1)
        self.setWidget(inside)

    def _add_token(self, column: QVBoxLayout) -> None:
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setAcceptDrops(False)
        self.token.returnPressed.connect(self._give_token)
        about = QLabel(
            self.tr(
                "A token for models that want their licence accepted. It goes to the system's keyring alone."
            )
        )
        about.setWordWrap(True)
        about.setBuddy(self.token)
        self.token.setAccessibleName(about.text())
        self.keep = QPushButton(self.tr("&Keep Token"))
        self.forget = QPushButton(self.tr("F&orget Token"))
        self.keep.clicked.connect(self._give_token)
        self.forget.clicked.connect(self.token_unwanted)
        row = FlowingRow()
        for button in (self.keep, self.forget):
            button.setAutoDefault(False)
            row.addWidget(button)
        column.addWidget(about)
        column.addWidget(self.token)
        column.addLayout(row)

    def show_settings(self, settings: Settings, endpoint: str) -> None:
        """Show what is set, and which hub is asked now: the environment may name another."""
        self.where.setText(self.tr("The hub that is asked: {0}").format(endpoint))
        for name, field in self.fields.items():
            field.show_value(getattr(settings, name))

    def show_log(self, entries: tuple[Connection, ...]) -> None:
        """Show the connections that were made."""
        self.log.clear()
        reasons = {
            "search": self.tr("search"),
            "repository": self.tr("what a repository holds"),
            "file": self.tr("what a file is"),
            "download": self.tr("download"),
        }
        for each in reversed(entries[-_MOST:]):
            time = self.locale().toString(
                QDateTime.fromSecsSinceEpoch(int(each.time)), self.locale().FormatType.ShortFormat
            )
            size = self.locale().toString(each.size)
            row = QTreeWidgetItem([time, each.host, reasons.get(each.why, each.why), size, each.outcome])
            for at in range(row.columnCount()):
                row.setToolTip(at, row.text(at))
            self.log.addTopLevelItem(row)
        for at in range(self.log.columnCount()):
            self.log.resizeColumnToContents(at)

    def _give_token(self) -> None:
        token = self.token.text()
        self.token.clear()  # it stays nowhere but in the keyring
        if token:
            self.token_given.emit(token)
