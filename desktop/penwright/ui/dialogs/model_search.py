"""The search of the hub on the page of models."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from penwright.modelstore.repository import Found, Repository
from penwright.ui.dialogs.model_list import ModelList, content
from penwright.ui.model_desk import ModelDesk


class ModelSearch(QWidget):
    """A line for words above a list: of repositories, or of the files in one. Nothing is asked before Enter.

    told(str): a sentence about it. changed(): the list is another.
    """

    told = Signal(str)
    changed = Signal()

    def __init__(self, desk: ModelDesk, found: ModelList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._results: tuple[Found, ...] = ()
        self._may_be_more = False
        self.asking = False  # one page after the other
        self.found = found
        self.words = QLineEdit()
        self.words.setAcceptDrops(False)  # a file that is dropped is no word
        self.words.setPlaceholderText(self.tr("Search the hub; nothing is asked before you press Enter"))
        self.words.setAccessibleName(self.tr("Search words"))
        self.words.returnPressed.connect(self._search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.found)
        desk.searched.connect(self._take)
        desk.trouble.connect(self._give_up)

    @property
    def has_more(self) -> bool:
        """Whether there may be further results of the search that is seen."""
        return self._may_be_more and not self._inside

    @property
    def can_go_back(self) -> bool:
        """Whether the files of a repository are seen, and results behind them."""
        return self._inside and bool(self._results)

    @property
    def _inside(self) -> bool:
        return any(isinstance(content(item)[1], Repository) for item in self.found.rows())

    def go_on(self) -> None:
        """Ask for further results."""
        self._ask()
        self._desk.search_on()

    def show_results(self) -> None:
        """Show the repositories that were found."""
        self.found.clear()
        for each in self._results:
            gated = self.tr("wants its licence accepted") if each.gated else ""
            self.found.add([each.repo, "", each.licence, gated], each.repo, each)
        self.changed.emit()
        self.told.emit(
            self.tr("Open one to see its files.")
            if self._results
            else self.tr("Nothing was found. Try fewer words.")
        )

    def _search(self) -> None:
        words = self.words.text().strip()
        if words:
            self._results = ()
            self._ask()
            self._desk.search(words)

    def _ask(self) -> None:
        self.asking = True
        self.told.emit(self.tr("Asking the hub…"))
        self.changed.emit()

    def _take(self, results: tuple[Found, ...], may_be_more: bool) -> None:
        known = {each.repo for each in self._results}
        self._results += tuple(each for each in results if each.repo not in known)
        self._may_be_more = may_be_more
        self.asking = False
        self.show_results()
        if known and not results:
            self.told.emit(self.tr("That is all. Search with more words to find others."))

    def _give_up(self) -> None:
        self.asking = False
        self.changed.emit()
