"""What keeps the texts of all windows from being lost in a crash: the journals of this run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penwright.storage.journal.sittings import Sitting
from penwright.storage.journal.writer import JournalWriter


class Guard(QObject):
    """The journals of this run, and the thread that writes them.

    writer: that thread. sitting: where the journals lie. guarding: whether open texts have journals now.
    trouble(str): a sentence, when journals can't be written; the texts are not in danger by that alone.
    """

    trouble = Signal(str)
    _refused = Signal(object)  # from the writer's thread

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """folder: of all journals."""
        super().__init__(parent)
        self.guarding = True
        self.sitting = Sitting(folder)
        self._refused.connect(self._tell)
        self.writer = JournalWriter(self.sitting.folder, self._refused.emit, self.sitting.begin)

    def failed(self, error: Exception) -> None:
        """Tell what kept something from being done to a journal."""
        if not isinstance(error, OSError):
            raise error
        self._tell(error)

    def close(self) -> None:
        """Write what waits, and let go of the folders; what is not decided stays for the next run."""
        self.writer.close()
        self.sitting.close()

    def _tell(self, error: OSError | None) -> None:
        if error is not None:
            reason = error.strerror or str(error)
            self.trouble.emit(
                self.tr(
                    "What you write can't be kept against a crash now ({0}). Save your text often. Keeping "
                    "is tried again by itself."
                ).format(reason)
            )
