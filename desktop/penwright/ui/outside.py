"""What other programs do to a window's file: noticed on coming back to it, and left to the writer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.diff import Change, changes
from penwright.storage.documents import Documents, TextFile
from penwright.ui.background import Errands
from penwright.ui.review import Review
from penwright.ui.window import DeskWindow


class Outside(QObject):
    """Watches one window's file whenever the window becomes the active one.

    One that was changed is taken, written over or compared; of a comparison each change can be taken.
    Of one that has gone it is said that saving would write it again.
    """

    def __init__(
        self,
        window: DeskWindow,
        documents: Documents,
        review: Review,
        *,
        catalogue: Catalogue,
        errands: Errands,
        keep: Callable[[Path, bytes], None],
    ) -> None:
        """keep: keeps what was here as an earlier version, before the other text takes its place."""
        super().__init__(window)
        self._window, self._filing, self._area = window, window.filing, window.area
        self._documents, self._catalogue = documents, catalogue
        self._review, self._errands, self._keep = review, errands, keep
        self._looking = False
        self._theirs: TextFile | None = None  # what the review compares with
        self._gone: Path | None = None  # was told of
        window.installEventFilter(self)
        self._filing.theirs_wanted.connect(lambda: self._read(self._take))
        self._filing.comparison_wanted.connect(lambda: self._read(self._compare))
        review.ended.connect(self._reviewed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the file when the window becomes the active one."""
        if event.type() == QEvent.Type.WindowActivate:
            self.look()
        return super().eventFilter(watched, event)

    def look(self) -> None:
        """Look at the file, on another thread, and tell what has become of it."""
        file = self._filing.file
        if file is None or file.stamp is None or self._looking or self._filing.busy or self._review.active:
            return
        known = file
        self._looking = True

        def seen(found: tuple[bool, TextFile | None]) -> None:
            self._looking = False
            there, theirs = found
            if self._filing.file is not known or self._filing.busy or self._review.active:
                return  # saved meanwhile
            if theirs is not None:
                self._ask(theirs)
            elif not there and self._gone != known.path:
                self._tell_gone(known)
            if there:
                self._gone = None

        def failed(error: Exception) -> None:
            self._looking = False
            if not isinstance(error, PenwrightError):
                raise error
            # What can't be read now is told when the writer saves.

        self._errands.do(self, lambda: (known.path.exists(), self._documents.changed(known)), seen, failed)

    def _ask(self, theirs: TextFile) -> None:
        name = theirs.path.name
        mine = (
            self.tr("You have changed it too, and nothing of yours is lost.")
            if self._area.document().isModified()
            else self.tr("You see what it held before.")
        )
        self._window.notice.say(
            self.tr("Another program has changed {0}. {1}").format(name, mine),
            (
                (self.tr("Take &Theirs"), lambda: self._take(theirs)),
                (self.tr("Keep &Mine"), lambda: self._filing.keep_mine(theirs)),
                (self.tr("C&ompare"), lambda: self._compare(theirs)),
            ),
        )

    def _tell_gone(self, file: TextFile) -> None:
        self._gone = file.path
        self._area.document().setModified(True)  # closing would lose the last of it
        self._window.show_notice(
            self.tr("{0} is not where it was. Your text is still here; saving writes it again.").format(
                file.path.name
            )
        )

    def _read(self, use: Callable[[TextFile], None]) -> None:
        path = self._filing.path
        if path is not None:
            self._errands.do(self, lambda: self._documents.open_settled(path), use, self._failed)

    def _take(self, theirs: TextFile) -> None:
        """Keep what is here as an earlier version, and then take theirs."""
        file, text = self._filing.file, self._area.text()
        if file is None or not self._area.document().isModified():
            self._filing.take_theirs(theirs)
            return
        known = file
        take = partial(self._filing.take_theirs, theirs)

        def work() -> None:
            self._keep(known.path, self._documents.bytes_of(known, text))

        # Where it can't be kept it is still there to be undone to.
        self._errands.do(self, work, lambda _none: take(), lambda _error: take())

    def _compare(self, theirs: TextFile) -> None:
        text = self._area.text()

        def show(found: tuple[Change, ...]) -> None:
            if self._filing.busy:
                return
            if self._area.text() != text:
                self._compare(theirs)  # written on meanwhile
            elif not found:
                self._filing.take_theirs(theirs)  # the same text
            else:
                self._theirs = None  # of a review that this one takes the place of
                self._review.begin(found)
                self._theirs = theirs

        self._errands.do(self, lambda: changes(text, theirs.text), show)

    def _reviewed(self, _taken: int, _of: int) -> None:
        """Let the next save write what came of it, without asking about what the writer has seen."""
        theirs, self._theirs = self._theirs, None
        if theirs is not None:
            self._filing.keep_mine(theirs)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, PenwrightError):
            raise error
        self._window.show_notice(self._catalogue.sentence(error))
