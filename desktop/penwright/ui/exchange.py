"""Documents of other programs: brought in as new Markdown texts, and the text exported to their formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.base.files import readable_name
from penwright.formats.kinds import IMPORTED, Kind, kind_of
from penwright.formats.losses import Note
from penwright.storage.documents import TextFile
from penwright.ui.background import BackgroundWork
from penwright.ui.commands import Place
from penwright.ui.converting import export_document, import_document
from penwright.ui.dialogs.export import ExportDialog
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow


class Exchange(QObject):
    """A window's ways in and out. Reading and writing are done in another process; what was lost is said.

    elsewhere: brings a document in, in another window.
    """

    def __init__(
        self,
        window: DeskWindow,
        catalogue: Catalogue,
        themes: Themes,
        elsewhere: Callable[[Path], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._catalogue = catalogue
        self._themes = themes
        self._elsewhere = elsewhere
        self._last = Kind.DOCX  # what was exported last, which the dialog begins with
        self._folder: Path | None = None
        self._works: list[BackgroundWork[tuple[Note, ...]]] = []
        window.closed.connect(self.wait)
        window.reader_for = self._reader_for
        add = window.commands.add
        add(Place.FILE, "import", self.tr("&Import…"), self.choose_import, before="close")
        add(Place.FILE, "export", self.tr("E&xport…"), self.choose_export, "Ctrl+Shift+E", before="close")
        window.commands.separate(Place.FILE, before="close")

    def choose_import(self) -> None:
        """Ask which document to bring in, and bring it in."""
        path = self._window.filing.path
        chosen = self._window.asking.import_path(self._window, path.parent if path else None)
        if chosen is not None:
            self.bring_in(chosen)

    def bring_in(self, path: Path) -> None:
        """Bring a document in: here if nothing was written yet, else in another window."""
        if self._window.filing.untouched:
            self._window.filing.open(path, partial(import_document, path))
        else:
            self._elsewhere(path)

    def choose_export(self) -> None:
        """Show the dialog of formats."""
        dialog = ExportDialog(
            self.suggested(self._last),
            self._last,
            catalogue=self._catalogue,
            themes=self._themes,
            asking=self._window.asking,
            source=self._window.filing.path,
            parent=self._window,
        )
        dialog.chosen.connect(self.export)
        dialog.show()

    def suggested(self, kind: Kind) -> Path:
        """Return where the text would be exported to."""
        path = self._window.filing.path or Path(self.tr("Untitled"))
        folder = self._folder or path.parent
        return (folder / path.name).with_suffix(kind.suffix)

    def export(self, kind: Kind, target: Path) -> None:
        """Write the text as it is now; what is typed meanwhile is not in it."""
        self._last, self._folder = kind, target.parent
        self._works = [work for work in self._works if work.running]
        text, source = self._window.area.text(), self._window.filing.path
        self._window.show_notice(self.tr("Exporting to {0}…").format(readable_name(target)))
        work = BackgroundWork(self, partial(export_document, text, source, kind, target))
        self._works.append(work)
        work.success(partial(self._exported, target)).failure(self._failed).start()

    def wait(self) -> None:
        """Block until what is being written is written: the window closes."""
        for work in self._works:
            work.wait()

    def _exported(self, target: Path, notes: Iterable[Note]) -> None:
        said = [self.tr("Exported to {0}.").format(readable_name(target))]
        said += [self._catalogue.say(key, **values) for key, values in notes]
        self._window.show_notice(" ".join(said))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, PenwrightError):
            self._window.show_notice(self._catalogue.sentence(error))
            return
        self._window.show_notice(
            self.tr("That didn't work, and the reason is not known. Nothing was written.")
        )
        raise error

    def _reader_for(self, path: Path) -> Callable[[], TextFile] | None:
        return partial(import_document, path) if kind_of(path) in IMPORTED else None


# The libraries of formats take a third of the time in which the window opens, so they are loaded when they
# are wanted, on the thread that wants them.
