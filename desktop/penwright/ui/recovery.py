"""What keeps the texts of all windows from being lost in a crash, and brings back what one left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from penwright.storage.documents import Documents
from penwright.storage.journal.recovering import Recovered, recovered
from penwright.storage.journal.sittings import Sitting
from penwright.storage.journal.writer import JournalWriter
from penwright.ui.background import Errands
from penwright.ui.commands import Commands, Place
from penwright.ui.dialogs.recovery import RecoveryDialog
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow


class Recovery(QObject):
    """The journals of this run, and the offer of those that earlier runs left.

    writer: the thread that writes the journals. guarding: whether open texts have journals now.
    looked(int): so many texts were found.
    trouble(str): a sentence, when journals can't be written; the texts are not in danger by that alone.
    """

    looked = Signal(int)
    trouble = Signal(str)
    _refused = Signal(object)  # from the writer's thread

    def __init__(
        self,
        folder: Path,
        *,
        themes: Themes,
        errands: Errands,
        windows: Callable[[], Iterable[DeskWindow]],
        open_window: Callable[[], DeskWindow],
        parent: QObject | None = None,
    ) -> None:
        """folder: of all journals. windows: that are open. open_window: one with an empty page."""
        super().__init__(parent)
        self._themes, self._errands = themes, errands
        self._windows, self._open_window = windows, open_window
        self._sitting = Sitting(folder)
        self._refused.connect(self._tell)
        self.writer = JournalWriter(self._sitting.folder, self._refused.emit, self._sitting.begin)
        self.guarding = True
        self.dialog: RecoveryDialog | None = None

    def add_commands(self, commands: Commands, window: DeskWindow) -> None:
        """Add the command that shows what earlier runs left."""
        words = self.tr("&Recovered Texts…")
        commands.add(Place.FILE, "recovered", words, lambda: self.look(window, asked=True), before="close")

    def look(self, window: DeskWindow, *, asked: bool = False) -> None:
        """Look for texts that earlier runs left, and offer them. asked: say so if there are none."""

        def found(ones: list[Recovered]) -> None:
            self.looked.emit(len(ones))
            if ones:
                self._offer(ones, window)
            elif asked:
                window.show_notice(self.tr("There is nothing to recover."))

        self._errands.do(self, lambda: recovered(self._sitting, Documents()), found, self._failed)

    def take(self, one: Recovered) -> None:
        """Show a recovered text in a window; its journal goes once that window's own has it."""
        if one.text is None:
            return
        window = self._window_for(one)
        if not window.filing.take_back(one.as_file(), one.text):
            return
        window.activateWindow()

        def settle() -> None:
            if self.writer.flush():
                one.left.delete()

        if self.guarding:  # else it stays until the text is safe in its file
            self._errands.do(self, settle, failed=self._failed)
        self._decided(one)

    def drop(self, one: Recovered) -> None:
        """Throw a recovered text away."""
        self._errands.do(self, one.left.delete, failed=self._failed)
        self._decided(one)

    def forget(self, path: Path) -> None:
        """Delete what earlier runs left of the text at `path`; it waits for the disk and raises OSError."""
        for left in self._sitting.left():
            if left.read().about.path == str(path.absolute()):
                left.delete()

    def close(self) -> None:
        """Write what waits, and let go of the folders; what is not decided stays for the next run."""
        self.writer.close()
        self._sitting.close()

    def _offer(self, ones: list[Recovered], window: QWidget) -> None:
        if self.dialog is None:
            dialog = self.dialog = RecoveryDialog(self._errands, self._themes, window)
            dialog.taken.connect(self.take)
            dialog.dropped.connect(self.drop)
            dialog.destroyed.connect(self._gone)
        self.dialog.offer(ones)
        self.dialog.show()
        self.dialog.activateWindow()

    def _window_for(self, one: Recovered) -> DeskWindow:
        for window in self._windows():
            path = window.filing.path
            same = path is not None and path.absolute() == one.path
            if same and not window.filing.busy and not window.area.document().isModified():
                return window
        for window in self._windows():
            if window.filing.untouched:
                return window
        return self._open_window()

    def _decided(self, one: Recovered) -> None:
        if self.dialog is not None:
            self.dialog.remove(one)

    def _gone(self) -> None:
        self.dialog = None

    def _tell(self, error: OSError | None) -> None:
        if error is not None:
            reason = error.strerror or str(error)
            self.trouble.emit(
                self.tr(
                    "What you write can't be kept against a crash now ({0}). Save your text often. Keeping "
                    "is tried again by itself."
                ).format(reason)
            )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        self._tell(error)
