"""Pasting: rich text becomes Markdown, pictures are saved beside the text and shown by a link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject
from PySide6.QtGui import QImage, QTextCursor

from penwright.base.catalogue import Catalogue
from penwright.base.errors import DocumentError, PenwrightError
from penwright.base.file_faults import read_whole
from penwright.core.markdown.structure import Place as Passage
from penwright.storage.pictures import keep_beside
from penwright.ui.background import BackgroundWork
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.halves import Halves

_AT_ONCE = 40_000  # characters of markup; reading more takes longer than a key may wait
_LARGEST = 100_000_000  # bytes of a picture
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg"}


class Pasting(QObject):
    """Works what is pasted or dropped into the sheets of one text.

    path: where the text lies, or None. say: tells the writer something.
    """

    def __init__(
        self,
        *,
        halves: Halves,
        commands: Commands,
        catalogue: Catalogue,
        path: Callable[[], Path | None],
        say: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._halves, self._catalogue = halves, catalogue
        self._path, self._say = path, say
        self._plain = False
        self._running: list[BackgroundWork[str]] = []
        halves.each(self._join)
        words = self.tr("Paste as &Plain Text")
        commands.add(Place.EDIT, "paste_plain", words, self.paste_plain, "Ctrl+Shift+V", before="select_all")

    @property
    def busy(self) -> bool:
        """Whether something pasted is still on its way."""
        return bool(self._running)

    def paste_plain(self) -> None:
        """Insert the letters on the clipboard as they are."""
        self._plain = True
        try:
            self._halves.in_hand.paste()
        finally:
            self._plain = False

    def wait(self) -> None:
        """Block until nothing runs any more: before the window goes."""
        for work in tuple(self._running):
            work.wait()

    def _join(self, area: WritingArea) -> None:
        area.paster = lambda source: self._paste(area, source)

    def _paste(self, area: WritingArea, source: QMimeData) -> bool:
        """Do what is to be done with it; False where its plain letters are to be inserted."""
        if self._plain or area.isReadOnly():
            return False
        if files := _picture_files(source):
            return self._take_files(area, files)
        markup = source.html() if source.hasHtml() else ""
        if source.hasImage() and (not source.hasText() or _is_picture(markup)):
            return self._take_picture(area, QImage(source.imageData()))
        if not markup or area.passages.place(area.textCursor().block()) is not Passage.BODY:
            return False
        if len(markup) > _AT_ONCE:
            plain = source.text()
            self._insert_later(area, lambda: _markdown(markup) or plain)
            return True
        markdown = _markdown(markup)
        if markdown is None:
            return False
        area.insert_pasted(markdown)
        return True

    def _take_picture(self, area: WritingArea, image: QImage) -> bool:
        text = self._beside()
        if text is not None and not image.isNull():
            self._insert_later(area, lambda: _link(text, keep_beside(text, _png(image), ".png")))
        return True

    def _take_files(self, area: WritingArea, pictures: list[Path]) -> bool:
        text = self._beside()
        if text is not None:
            self._insert_later(
                area, lambda: "\n\n".join(_link(text, _brought(text, each)) for each in pictures)
            )
        return True

    def _beside(self) -> Path | None:
        """Return the text's path, or say what is to be done first."""
        path = self._path()
        if path is None:
            self._say(self.tr("Save your text first: a picture is kept beside it. Then paste again."))
        return path

    def _insert_later(self, at: WritingArea, work: Callable[[], str]) -> None:
        """Do `work` on another thread, and insert its result where the caret of a sheet is now."""
        area, caret = self._halves.first, at.textCursor()  # the second sheet may have gone by then
        place, document = QTextCursor(area.document()), area.document_id
        place.setPosition(caret.anchor())
        place.setPosition(caret.position(), QTextCursor.MoveMode.KeepAnchor)
        selected = place.hasSelection()
        place.setKeepPositionOnInsert(not selected)
        running = BackgroundWork(self, work)
        self._running.append(running)

        def done(text: str) -> None:
            self._running.remove(running)
            if area.document_id == document and not area.isReadOnly():
                start = place.selectionStart() if selected else place.position()
                area.replace([(start, place.selectionEnd() if selected else start, text)])

        def failed(error: Exception) -> None:
            self._running.remove(running)
            if not isinstance(error, PenwrightError):
                raise error
            self._say(self._catalogue.sentence(error))

        running.success(done).failure(failed).start()


def _picture_files(source: QMimeData) -> list[Path]:
    """Return the files of pictures that a file manager put there; none where there is anything else."""
    if not source.hasUrls():
        return []
    paths = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
    known = [path for path in paths if path.suffix.lower() in _PICTURES]
    return known if len(known) == len(source.urls()) else []


def _is_picture(markup: str) -> bool:
    from penwright.formats.pasted import only_picture  # noqa: PLC0415 - the window opens without a parser

    return only_picture(markup)


def _markdown(markup: str) -> str | None:
    from penwright.formats.pasted import markdown_of  # noqa: PLC0415 - the window opens without a parser

    return markdown_of(markup)


def _link(text: Path, picture: Path) -> str:
    from penwright.formats.pasted import picture_link  # noqa: PLC0415 - the window opens without a parser

    return picture_link(picture.relative_to(text.parent).as_posix())


def _brought(text: Path, picture: Path) -> Path:
    """Return the picture where it lies below the text's folder; one from elsewhere is copied beside it."""
    if picture.is_relative_to(text.parent):
        return picture
    data = read_whole(picture, _LARGEST, DocumentError, "document.picture_too_large")
    return keep_beside(text, data, picture.suffix.lower())


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # PySide takes the format's name as a str
    return bytes(buffer.data().data())
