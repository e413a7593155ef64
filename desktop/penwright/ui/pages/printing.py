"""Preview and printing of a window's text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.formats.losses import Note
from penwright.ui.background import BackgroundWork
from penwright.ui.commands import Place
from penwright.ui.theme import Themes
from penwright.ui.window import DeskWindow

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from penwright.ui.pages.preview import Preview


class Printing(QObject):
    """A window's preview, and its way to paper; what they need is loaded when they are first wanted."""

    def __init__(self, window: DeskWindow, catalogue: Catalogue, themes: Themes) -> None:
        super().__init__(window)
        self._window = window
        self._catalogue = catalogue
        self._themes = themes
        self._preview: Preview | None = None
        self._work: BackgroundWork[tuple[Note, ...]] | None = None
        add = window.commands.add
        add(Place.FILE, "preview", self.tr("Pre&view…"), self.preview, "Ctrl+Alt+P", before="close")
        add(Place.FILE, "print", self.tr("&Print…"), self.ask, QKeySequence.StandardKey.Print, before="close")
        window.commands.separate(Place.FILE, before="close")
        window.closed.connect(self._close)

    def preview(self) -> None:
        """Show the text as pages, or bring them to the front."""
        if self._preview is None:
            from penwright.ui.pages.preview import Preview  # noqa: PLC0415

            self._preview = Preview(
                self._window.area,
                lambda: self._window.filing.path,
                catalogue=self._catalogue,
                themes=self._themes,
                parent=self._window,
            )
            self._preview.print_wanted.connect(self.ask)
            self._preview.closed.connect(self._forget)
            self._preview.show()
        self._preview.raise_()
        self._preview.activateWindow()

    def ask(self) -> None:
        """Ask for the printer, beside which the writer can go on, and print."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415

        from penwright.ui.pages.paging import usual_layout  # noqa: PLC0415

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._window.filing.name)
        printer.setPageLayout(usual_layout())
        dialog = QPrintDialog(printer, self._window)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, 99_999)
        dialog.accepted.connect(partial(self.print, printer))
        dialog.finished.connect(dialog.deleteLater)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

    def print(self, printer: QPrinter) -> None:
        """Print the text as it is now, on another thread."""
        from penwright.ui.pages.paper import print_text  # noqa: PLC0415

        text, place = self._window.area.text(), self._window.filing.path
        self._window.show_notice(self.tr("Printing…"))
        self._work = BackgroundWork(self, lambda: print_text(text, place, printer))
        self._work.success(self._printed).failure(self._failed).start()

    def _printed(self, notes: tuple[Note, ...]) -> None:
        self._work = None
        said = [self.tr("Sent to the printer.")]
        self._window.show_notice(
            " ".join(said + [self._catalogue.say(key, **values) for key, values in notes])
        )

    def _failed(self, error: Exception) -> None:
        self._work = None
        if isinstance(error, PenwrightError):
            self._window.show_notice(self._catalogue.sentence(error))
            return
        self._window.show_notice(
            self.tr("That didn't work, and the reason is not known. Nothing was printed.")
        )
        raise error

    def _forget(self) -> None:
        self._preview = None

    def _close(self) -> None:
        if self._preview is not None:
            self._preview.wait()
        if self._work is not None:
            self._work.wait()
