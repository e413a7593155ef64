"""The window: one sheet, a menu bar, a quiet line at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtWidgets
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from penwright import __version__
from penwright.base.catalogue import Catalogue
from penwright.storage.documents import TextFile
from penwright.ui.asking import Asking
from penwright.ui.commands import Commands
from penwright.ui.editor.area import WritingArea
from penwright.ui.filing import DocumentStore, Filing
from penwright.ui.halves import Halves
from penwright.ui.menus import Menus
from penwright.ui.notice import NoticeBar
from penwright.ui.offer_line import OfferLine
from penwright.ui.sides import Sides
from penwright.ui.status_line import StatusLine
from penwright.ui.theme import Theme, Themes
from penwright.ui.typeface import SERIF

# A class of Qt's is made for Python, with all its names, when it is imported; those of events when one comes.
if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent

LEAST_WIDTH, LEAST_HEIGHT = 640, 420  # logical pixels


class DeskWindow(QMainWindow):
    """One document's window. It starts no engine and waits for none.

    area: the writing area; halves: it, and the second one while the window is split. filing: its file.
    commands: what it can be told to do; sides: panels beside the text. foot: bars below it. Features add to
    these, from outside.
    window_wanted(Path | None): open another window, with this text or an empty one.
    model_chosen(Path | None): write with this model file, or with the starter. writing_model_chosen(Path |
    None): the one that is asked for sentences, or none.
    models_wanted(), log_wanted(), banned_wanted(): show the page of models, the log of suggestions, the
    phrases that are never suggested.
    show_elsewhere: shows the window that has a file open, and returns whether there is one.
    reader_for: asked who makes a text of a file; None where it is a text itself.
    may_leave: asked before closing, besides the text: whether nothing else speaks against it.
    typeface_chosen(str), suggestions_toggled(bool), eagerness_chosen(str),
    gpu_toggled(bool): the writer's wishes, to be kept.
    quitting(bool): every window is asked to close; False: all have been asked.
    closed(): the window has closed and its text is safe, or not wanted.
    """

    window_wanted = Signal(object)
    model_chosen = Signal(object)
    writing_model_chosen = Signal(object)
    typeface_chosen = Signal(str)
    suggestions_toggled = Signal(bool)
    eagerness_chosen = Signal(str)
    banned_wanted = Signal()
    log_wanted = Signal()
    gpu_toggled = Signal(bool)
    models_wanted = Signal()
    closed = Signal()
    quitting = Signal(bool)

    def __init__(
        self,
        documents: DocumentStore,
        catalogue: Catalogue,
        themes: Themes,
        *,
        typeface: str = SERIF,
        asking: Asking | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.asking = asking or Asking()
        self.area = WritingArea()
        self.area.setAccessibleName(self.tr("Text"))
        self.halves = Halves(self.area)
        self.notice = NoticeBar(back_to=self.halves.take_keys)
        self.offer_line = OfferLine(back_to=self.halves.take_keys)
        self.status_line = StatusLine(self.halves)
        desk = QWidget()
        column = QVBoxLayout(desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.sides = Sides(self.halves)
        # The sheet stands here from the start: a widget that gets another parent loses the keys.
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.sides)
        column.addWidget(splitter, 1)
        self.foot = QVBoxLayout()  # bars of features
        column.addLayout(self.foot)
        column.addWidget(self.notice)
        column.addWidget(self.offer_line)
        column.addWidget(self.status_line)
        self.setCentralWidget(desk)
        self.filing = Filing(
            self,
            area=self.area,
            documents=documents,
            catalogue=catalogue,
            asking=self.asking,
            notices=self.notice,
        )
        self.filing.changed.connect(self._show_name)
        self.filing.ready_to_close.connect(self.close)
        self.commands = Commands(self.menuBar(), self)
        self.menus = Menus(self, self.commands)
        self.area.document().modificationChanged.connect(self.setWindowModified)
        self._closed = False
        self.show_elsewhere: Callable[[Path], bool] = lambda _path: False
        self.may_leave: Callable[[], bool] = lambda: True
        self.reader_for: Callable[[Path], Callable[[], TextFile] | None] = lambda _path: None
        self._placement = ""
        self._themes = themes
        themes.changed.connect(self.set_theme)
        self.set_theme(themes.current)
        self.halves.came.connect(self._take_second)
        self.set_typeface(typeface)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.resize(960, 720)
        self.setAcceptDrops(True)
        self._show_name()
        self.area.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        theme.dress(self)
        for area in self.halves:
            area.set_theme(theme)

    def set_typeface(self, kind: str) -> None:
        """Set the text in penwright.ui.typeface.SERIF or SANS."""
        for area in self.halves:
            area.set_typeface(kind)
        self.menus.show_typeface(kind)

    def set_suggestions(self, wanted: bool) -> None:
        """Show whether suggestions come while the writer types."""
        self.menus.show_suggestions(wanted)

    def set_eagerness(self, kind: str) -> None:
        """Show how readily suggestions come: "quiet", "normal" or "eager"."""
        self.menus.show_eagerness(kind)

    def set_engine_state(self, text: str) -> None:
        """Show how the model is doing, such as "ready"."""
        self.status_line.set_state(text)

    def set_model(self, text: str) -> None:
        """Show the model's name."""
        self.status_line.set_model(text)

    def set_gpu(self, wanted: bool) -> None:
        """Show whether graphics cards are used."""
        self.menus.show_gpu(wanted)

    def set_placement(self, text: str) -> None:
        """Take the sentence that says where the model runs, for whoever asks; "" while it isn't known."""
        self._placement = text
        self.status_line.set_model_detail(text)

    def show_placement(self) -> None:
        """Say where the model runs, and why."""
        self.show_notice(self._placement or self.tr("No model is loaded yet."))

    def show_notice(self, text: str) -> None:
        """Say something until it is dismissed (Esc, a click) or something else is said."""
        self.notice.say(text)

    def new(self) -> None:
        """Begin another text: here if nothing was written yet, else in another window."""
        if not self.filing.untouched:
            self.window_wanted.emit(None)

    def open(self) -> None:
        """Ask which text to open, and open it."""
        path = self.filing.path
        chosen = self.asking.open_path(self, path.parent if path else None)
        if chosen is not None:
            self.open_path(chosen)

    def open_path(self, path: Path) -> None:
        """Open the text at `path`: here if nothing was written yet, else in another window.

        Where it is open already it is shown instead: two windows on one file would write over each other.
        """
        if self.show_elsewhere(path):
            return
        if self.filing.untouched:
            self.filing.open(path, self.reader_for(path))
        else:
            self.window_wanted.emit(path)

    def choose_typeface(self, kind: str) -> None:
        """Set the text in a serif or a sans, and tell that this is wanted."""
        self.set_typeface(kind)
        self.typeface_chosen.emit(kind)

    def choose_writing_model(self) -> None:
        """Ask for the file of a writing model, and tell that it is wanted."""
        path = self.asking.model_path(self)
        if path is not None:
            self.writing_model_chosen.emit(path)

    def choose_model(self) -> None:
        """Ask for a model file, and tell that it is wanted."""
        path = self.asking.model_path(self)
        if path is not None:
            self.model_chosen.emit(path)

    def discard(self) -> None:
        """Close without asking about unsaved work, which is lost."""
        self.may_leave = lambda: True
        self.filing.discard()
        self.close()

    def toggle_full_screen(self) -> None:
        """Go to full screen, or back to the window as it was."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def quit(self) -> None:
        """Close every window; each asks about its own unsaved work."""
        self.quitting.emit(True)
        QApplication.closeAllWindows()
        self.quitting.emit(False)

    def about(self) -> None:
        """Say which program this is, without stopping anybody from writing."""
        box = QtWidgets.QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setModal(False)
        box.setWindowTitle(self.tr("About Penwright"))
        box.setIconPixmap(self.windowIcon().pixmap(64, 64))
        box.setText(self.tr("Penwright {0}").format(__version__))
        box.setInformativeText(
            self.tr("A writing desk that works offline. What you write stays on this machine.")
        )
        box.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send a notice away on Esc, when nothing else took the key."""
        if event.key() == Qt.Key.Key_Escape and self.notice.text:
            self.notice.dismiss()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            # Only copied: a file manager that moves would delete the writer's file.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped files."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.open_path(Path(url.toLocalFile()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once the text is safe."""
        if not self.may_leave() or not self.filing.may_close():
            event.ignore()
            return
        event.accept()
        if not self._closed:
            self._closed = True
            self.closed.emit()

    def _take_second(self, second: WritingArea) -> None:
        second.set_theme(self._themes.current)
        second.set_typeface(self.area.typeface)

    def _show_name(self) -> None:
        self.setWindowTitle(self.tr("{0}[*] – Penwright").format(self.filing.name))
        self.setWindowModified(self.area.document().isModified())
