"""The structure of a document's text, kept up with each change before anybody paints it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextBlock, QTextDocument

from penwright.core.markdown.structure import Heading, Place, Structure
from penwright.ui.editor.offsets import whole_text

_MANY = 2000  # changed paragraphs, from which on reading the whole text is quicker
_PAUSE_MS = 150  # after which new headings are told


class Passages(QObject):
    """Tells what each paragraph is. Made before the highlighter, so that it knows of a change first.

    changed(position, removed, added): as the document tells it, and before the highlighter asks.
    elsewhere(): paragraphs that were not changed mean something else now. headings_changed(): later on.
    """

    changed = Signal(int, int, int)
    elsewhere = Signal()
    headings_changed = Signal()

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._structure = Structure()
        self._count = document.blockCount()
        self._told: tuple[Heading, ...] = ()
        self._timer = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self._tell)
        document.contentsChange.connect(self._follow)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings of the text as it is now."""
        return self._structure.headings

    def place(self, block: QTextBlock) -> Place:
        """Return what the paragraphs around make of this one."""
        return self._structure.place(block.blockNumber())

    def reset(self, structure: Structure) -> None:
        """Take the structure of another text, which the document holds now."""
        self._structure = structure
        self._count = self._document.blockCount()
        self._timer.start()

    def _follow(self, position: int, removed: int, added: int) -> None:
        self.changed.emit(position, removed, added)
        document = self._document
        block = document.findBlock(position)
        first = block.blockNumber()
        after = document.findBlock(position + added)
        last = after.blockNumber() if after.isValid() else document.blockCount() - 1
        count, now = last - first + 1, document.blockCount()
        before, self._count = self._count, now
        if count > _MANY:
            self._structure.reset(whole_text(document))
            self.elsewhere.emit()
        else:
            lines = []
            for _ in range(count):
                lines.append(block.text())
                block = block.next()
            if self._structure.replace(first, count - (now - before), lines):
                self.elsewhere.emit()
        self._timer.start()

    def _tell(self) -> None:
        headings = self._structure.headings
        if headings != self._told:
            self._told = headings
            self.headings_changed.emit()
