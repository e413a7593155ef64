"""How much a text counts, a paragraph at a time while nothing else is to do."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from penwright.core.tally import Tally

_PAUSE_MS = 250  # after the last change
_FEW = 200  # paragraphs that are counted while somebody waits
_SLICE_SECONDS = 0.004  # of each turn, so that a key waits no longer


def tally(text: str) -> Tally:
    """Count one line."""
    # What finds words is loaded with the first text that is counted: the page is there without.
    from penwright.core.counting import tally as count  # noqa: PLC0415

    return count(text)


class WordCount(QObject):
    """Keeps the tally of a document; `counted` tells each new one.

    at_first: the words of a text as it was loaded; None before they are counted.
    """

    counted = Signal(object)

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._tallies: list[Tally | None] = [None] * document.blockCount()
        self._sum = Tally()  # of what is known
        self._first_unknown = 0
        self._told = Tally()
        self.at_first: int | None = 0
        self._untold = False  # of a document counted anew, whatever comes out
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._count_some)
        document.contentsChange.connect(self._forget)

    @property
    def total(self) -> Tally:
        """The last total that was told."""
        return self._told

    def reset(self) -> None:
        """Count the whole document anew."""
        self._tallies = [None] * self._document.blockCount()
        self._sum = Tally()
        self._first_unknown = 0
        self._untold = True
        self.at_first = None
        self._timer.start(_PAUSE_MS)

    def of(self, cursor: QTextCursor) -> Tally | None:
        """Return the tally of what `cursor` selects; paragraphs counted already are only added up.

        None where many have not been counted yet: `counted` tells when all are.
        """
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        first, last = self._document.findBlock(start), self._document.findBlock(end)
        low, high = first.blockNumber() + 1, last.blockNumber()
        if high < low:
            return self._part(start, end)
        between = self._tallies[low:high]
        if between.count(None) > _FEW:
            return None
        counted = self._part(start, first.position() + first.length() - 1)
        counted += self._part(last.position(), end)
        block = first.next()
        for number in range(low, high) if None in between else ():
            if self._tallies[number] is None:
                counted += tally(block.text())
            block = block.next()
        known = [each for each in between if each is not None]
        return counted + Tally(
            sum(each.words for each in known),
            sum(each.ideographs for each in known),
            sum(each.characters for each in known),
        )

    def _part(self, start: int, end: int) -> Tally:
        """Count a stretch within one paragraph."""
        within = QTextCursor(self._document)
        within.setPosition(start)
        within.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return tally(within.selectedText())

    def _forget(self, position: int, _removed: int, added: int) -> None:
        document = self._document
        first = document.findBlock(position).blockNumber()
        after = document.findBlock(position + added)
        last = after.blockNumber() if after.isValid() else document.blockCount() - 1
        old_last = last - (document.blockCount() - len(self._tallies))
        for known in self._tallies[first : old_last + 1]:
            if known is not None:
                self._sum -= known
        self._tallies[first : old_last + 1] = [None] * (last - first + 1)
        self._first_unknown = min(self._first_unknown, first)
        self._timer.start(_PAUSE_MS)

    def _count_some(self) -> None:
        until = time.perf_counter() + _SLICE_SECONDS
        tallies = self._tallies
        while True:
            try:
                number = tallies.index(None, self._first_unknown)
            except ValueError:
                break
            block = self._document.findBlockByNumber(number)
            # Neighbours mostly want counting together, and stepping is cheaper than finding.
            while number < len(tallies) and tallies[number] is None:
                counted = tallies[number] = tally(block.text())
                self._sum += counted
                number, block = number + 1, block.next()
                if time.perf_counter() > until:
                    self._first_unknown = number
                    self._timer.start(0)
                    return
            self._first_unknown = number
        self._first_unknown = len(tallies)
        if self.at_first is None:
            self.at_first = self._sum.words
        if self._untold or self._sum != self._told:
            self._told, self._untold = self._sum, False
            self.counted.emit(self._sum)
