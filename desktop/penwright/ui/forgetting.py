"""Forgetting a document: every trace of it goes, but not the document itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.ui.background import Errands
from penwright.ui.commands import Place
from penwright.ui.journalling import Journalling
from penwright.ui.window import DeskWindow


class Forgetting(QObject):
    """The command that makes Penwright forget a window's document.

    forgotten(): what is kept elsewhere without its name goes too. traces: each deletes what is kept of a
    path, waits for the disk and raises OSError; on another thread.
    """

    forgotten = Signal()

    def __init__(
        self,
        window: DeskWindow,
        journalling: Journalling,
        traces: Iterable[Callable[[Path], object]],
        errands: Errands,
    ) -> None:
        super().__init__(window)
        self._window, self._journalling = window, journalling
        self._traces, self._errands = tuple(traces), errands
        words = self.tr("&Forget This Document…")
        window.commands.add(Place.FILE, "forget", words, self.ask, before="close")

    def ask(self) -> None:
        """Say what forgetting means, and do it if that is wanted."""
        self._window.notice.say(
            self.tr(
                "Forget {0}? Its earlier versions, what is kept of it against a crash, its own words for "
                "spelling, the place of the caret and the whole log of suggestions are deleted and can't be "
                "brought back. The text itself stays, as it is here and in its file."
            ).format(self._window.filing.name),
            ((self.tr("&Forget It"), self.forget),),
        )

    def forget(self) -> None:
        """Delete every trace of the document."""
        path = self._window.filing.path
        self._journalling.forget()
        self.forgotten.emit()

        def work() -> list[OSError]:
            troubles: list[OSError] = []
            if path is None:
                return troubles
            for trace in self._traces:
                try:
                    trace(path)
                except OSError as error:
                    troubles.append(error)
            return troubles

        def done(troubles: list[OSError]) -> None:
            if troubles:
                reasons = ", ".join(sorted({error.strerror or str(error) for error in troubles}))
                words = self.tr("Not every trace could be deleted: {0}. Try again.").format(reasons)
            else:
                words = self.tr("{0} is forgotten.").format(self._window.filing.name)
            self._window.show_notice(words)

        self._errands.do(self, work, done)
