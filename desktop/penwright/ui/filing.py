"""A window's document: opening, saving and leaving it, without ever losing text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QWidget

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.markdown.structure import Structure
from penwright.storage.documents import TextFile
from penwright.ui.asking import Asking, Unsaved
from penwright.ui.background import BackgroundWork
from penwright.ui.editor.area import WritingArea
from penwright.ui.notice import Choice, NoticeBar


class DocumentStore(Protocol):
    """Where texts are kept; penwright.storage.documents.Documents is one."""

    def open(self, path: Path) -> TextFile:
        """Return the text at `path`. Raises DocumentError."""

    def save(
        self, path: Path, text: str, like: TextFile | None, *, overwrite_changed: bool = False
    ) -> TextFile:
        """Write `text` to `path` and return it as it lies there. Raises DocumentError."""

    def make_folder(self, path: Path) -> None:
        """Make the folder that the text at `path` is to lie in. Raises DocumentError."""


_PATIENCE_MS = 300  # after that long a wait something is said


class _Doing(Enum):
    NOTHING = 0
    OPENING = 1
    SAVING = 2


class _Save(NamedTuple):
    path: Path
    like: TextFile | None
    overwrite_changed: bool = False
    make_folder: bool = False


class Filing(QObject):
    """Opens and saves the text of one window, on a thread of its own; one thing at a time.

    changed(): the file's name, or whether a file is being opened, is another now.
    opened(): a file was opened, and its text is here.
    settled(): what the file holds is known: a new one, one that was opened, or one that has just been saved.
    saving(bool): what is here now begins to be saved; False: that failed.
    theirs_wanted(), comparison_wanted(): another program has changed the file; the writer wants to have what
    it holds now, or to see what differs.
    ready_to_close(): what a close was waiting for is done.
    """

    changed = Signal()
    opened = Signal()
    settled = Signal()
    saving = Signal(bool)
    theirs_wanted = Signal()
    comparison_wanted = Signal()
    ready_to_close = Signal()

    def __init__(
        self,
        window: QWidget,
        *,
        area: WritingArea,
        documents: DocumentStore,
        catalogue: Catalogue,
        asking: Asking,
        notices: NoticeBar,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._area = area
        self._documents = documents
        self._catalogue = catalogue
        self._asking = asking
        self._notices = notices
        self._file: TextFile | None = None
        self._doing = _Doing.NOTHING
        self._coming: Path | None = None  # what is being opened
        self._closing = False  # a close waits for what is under way
        self._said = ""  # the last notice of ours, which may go once it is out of date
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._say_what_is_under_way)
        self._discarded = False  # the writer chose to leave without saving

    @property
    def file(self) -> TextFile | None:
        """The file as it was last read or written, or None while there is none."""
        return self._file

    @property
    def path(self) -> Path | None:
        """Where the text lies, or None while it has no file."""
        return self._file.path if self._file else None

    @property
    def place(self) -> Path | None:
        """The same, known already while the text is being opened."""
        return self._coming if self._doing is _Doing.OPENING else self.path

    @property
    def name(self) -> str:
        """What the document is called."""
        return self._file.path.name if self._file else self.tr("Untitled")

    @property
    def busy(self) -> bool:
        """Whether a file is being opened or saved."""
        return self._doing is not _Doing.NOTHING

    @property
    def untouched(self) -> bool:
        """Whether another document may take this one's place: nothing was written, nothing opened."""
        document = self._area.document()
        return self._file is None and not self.busy and document.isEmpty() and not document.isModified()

    def open(self, path: Path, read: Callable[[], TextFile] | None = None) -> None:
        """Open the text at `path` in place of what is here. Only for an untouched document.

        read: what makes a text of the file where it is none itself, on another thread.
        """
        if self.busy:
            return
        self._coming = path
        self._begin(_Doing.OPENING)
        self._area.setReadOnly(True)  # what is typed now would be lost when the text arrives
        if read is not None:
            BackgroundWork(self, read).success(self._brought_in).failure(self._failed_to_open).start()
            return
        work = BackgroundWork(self, lambda: _read(self._documents, path))
        work.success(self._opened).failure(self._failed_to_open).start()

    def begin(self, path: Path) -> None:
        """Begin a new text that is to lie at `path`, where no file is yet. Only for an untouched document."""
        if not self.busy:
            self._file = TextFile(path, "")
            self.settled.emit()
            self.changed.emit()

    def take_back(self, file: TextFile | None, text: str) -> bool:
        """Show a text that was lost to `file`, over what the file holds: undoing gives that again.

        Only for an untouched document, or an unmodified one of this file. Returns False while something else
        is being done.
        """
        if self.busy:
            return False
        if file is None or self._file is None or self._file.path != file.path:
            self._area.load_text(file.text if file is not None else "")
        self._file = file
        self.settled.emit()
        self._area.become(text)
        self.changed.emit()
        return True

    def take_theirs(self, file: TextFile) -> None:
        """Show what another program has put into the file, as one undo step; undoing gives what was here."""
        if self.busy:
            return
        self._area.become(file.text)
        self._file = file
        self._area.document().setModified(False)
        self.settled.emit()
        self._take_back()
        self.changed.emit()

    def keep_mine(self, file: TextFile) -> None:
        """Let what is here stay, to be saved over what another program has put into the file."""
        if self.busy:
            return
        self._file = file
        self._area.document().setModified(True)
        self.changed.emit()

    def save(self) -> None:
        """Save where the text lies; ask where, if it lies nowhere yet."""
        if self._file is None:
            self.save_as()
        else:
            self._save(_Save(self._file.path, self._file))

    def save_as(self) -> None:
        """Ask where to save, and save there."""
        if self.busy:
            return
        suggested = self.path or Path(self.tr("Untitled") + ".md")
        path = self._asking.save_path(self._window, suggested)
        if path is None:
            self._closing = False
        else:
            # The dialog asked about a file that is there; only the one that is open can have changed.
            self._save(_Save(path, self._file))

    def may_close(self) -> bool:
        """Return whether the window may close now; if not, `ready_to_close` follows when it may.

        Asks about unsaved work, and waits for a save that is under way. Nothing follows when the writer
        stays, or when saving fails.
        """
        if self.busy:
            self._closing = True
            return False
        if self._discarded:
            return True
        QGuiApplication.inputMethod().commit()
        if not self._area.document().isModified():
            return True
        answer = self._asking.unsaved(self._window, self.name)
        if answer is Unsaved.DISCARD:
            self._discarded = True
            return True
        if answer is Unsaved.SAVE:
            self._closing = True
            self.save()
        return False

    def discard(self) -> None:
        """Let the window close without asking about unsaved work."""
        self._discarded = True

    def _begin(self, doing: _Doing) -> None:
        self._doing = doing
        self._take_back()
        self._patience.start()
        self.changed.emit()

    def _end(self) -> None:
        self._doing = _Doing.NOTHING
        self._patience.stop()
        self._take_back()
        self._area.setReadOnly(False)
        self.changed.emit()

    def _opened(self, found: tuple[TextFile, Structure]) -> None:
        file, structure = found
        self._file = file
        self._area.load_text(file.text, structure)
        self.settled.emit()
        self._end()
        self.opened.emit()
        self._say_notes(file)
        self._close_if_waiting()

    def _brought_in(self, file: TextFile) -> None:
        self._file = replace(file, text="")  # no file holds it yet
        self.settled.emit()
        self._area.become(file.text)
        self._area.moveCursor(QTextCursor.MoveOperation.Start)
        self._end()
        self._say_notes(file)
        self._close_if_waiting()

    def _failed_to_open(self, error: Exception) -> None:
        self._end()
        self._say(error, ())
        self._close_if_waiting()

    def _save(self, what: _Save) -> None:
        if self.busy:
            return
        self._begin(_Doing.SAVING)
        # Letters that an input method still holds are part of what the writer wants to save.
        QGuiApplication.inputMethod().commit()
        text, revision, document = self._area.text(), self._area.revision, self._area.document_id
        self.saving.emit(True)

        def write() -> TextFile:
            if what.make_folder:
                self._documents.make_folder(what.path)
            return self._documents.save(what.path, text, what.like, overwrite_changed=what.overwrite_changed)

        def saved(file: TextFile) -> None:
            self._file = file
            # What was typed meanwhile is not in the file.
            if (self._area.document_id, self._area.revision) == (document, revision):
                self._area.document().setModified(False)
            self.settled.emit()
            self._end()
            self._say_notes(file)
            self._close_if_waiting()

        def failed(error: Exception) -> None:
            self._closing = False
            self.saving.emit(False)
            self._end()
            self._say(error, self._ways_out(error, what))

        BackgroundWork(self, write).success(saved).failure(failed).start()

    def _ways_out(self, error: Exception, what: _Save) -> Sequence[Choice]:
        if not isinstance(error, PenwrightError):
            return ()
        save_as = (self.tr("Save &As…"), self.save_as)
        if error.key == "document.changed_on_disk":
            anyway = what._replace(overwrite_changed=True)
            return (
                (self.tr("Keep &Mine"), lambda: self._save(anyway)),
                (self.tr("Take &Theirs"), self.theirs_wanted.emit),
                (self.tr("C&ompare"), self.comparison_wanted.emit),
                save_as,
            )
        if error.key == "document.cannot_encode":
            utf8 = what._replace(like=what.like.in_utf8() if what.like else None)
            return ((self.tr("Save as &UTF-8"), lambda: self._save(utf8)), save_as)
        again = (self.tr("Try A&gain"), lambda: self._save(what))
        if error.key == "document.saving.missing":
            there = (self.tr("&Make the Folder"), lambda: self._save(what._replace(make_folder=True)))
            return (there, again, save_as)
        return (again, save_as)

    def _close_if_waiting(self) -> None:
        if self._closing:
            self._closing = False
            self.ready_to_close.emit()

    def _say_notes(self, file: TextFile) -> None:
        if file.notes:
            # Beside what was told at the start, such as that settings are damaged.
            self._notices.say_also(" ".join(self._catalogue.say(key, **values) for key, values in file.notes))
            self._said = self._notices.text

    def _say_what_is_under_way(self) -> None:
        self._tell(self.tr("Opening…") if self._doing is _Doing.OPENING else self.tr("Saving…"))

    def _tell(self, text: str, choices: Sequence[Choice] = ()) -> None:
        self._said = text
        self._notices.say(text, choices)

    def _take_back(self) -> None:
        if self._said and self._notices.text == self._said:
            self._notices.dismiss()
        self._said = ""

    def _say(self, error: Exception, choices: Sequence[Choice]) -> None:
        if isinstance(error, PenwrightError):
            self._tell(self._catalogue.sentence(error), choices)
            return
        self._tell(self.tr("That didn't work, and the reason is not known. Your text is still here."))
        raise error


def _read(documents: DocumentStore, path: Path) -> tuple[TextFile, Structure]:
    """Open a text, and find out about it here what its window would else wait for. Raises DocumentError."""
    file = documents.open(path)
    assert file.units >= 0  # counted now, and known from then on
    return file, Structure.of(file.text)
