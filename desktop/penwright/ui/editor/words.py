"""How many words there are, counted a paragraph at a time while nothing else is to do."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextDocument

from penwright.core.segment import count_words

_PAUSE_MS = 250  # after the last change
_SLICE_SECONDS = 0.004  # of each turn, so that a key waits no longer
_UNKNOWN = -1


class WordCount(QObject):
    """Keeps the number of words of a document; `counted` tells each new total."""

    counted = Signal(int)

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._counts = [_UNKNOWN] * document.blockCount()
        self._first_unknown = 0
        self._told = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._count_some)
        document.contentsChange.connect(self._forget)

    @property
    def total(self) -> int:
        """The last total that was told."""
        return self._told

    def _forget(self, position: int, _removed: int, added: int) -> None:
        document = self._document
        first = document.findBlock(position).blockNumber()
        after = document.findBlock(position + added)
        last = after.blockNumber() if after.isValid() else document.blockCount() - 1
        old_last = last - (document.blockCount() - len(self._counts))
        self._counts[first : old_last + 1] = [_UNKNOWN] * (last - first + 1)
        self._first_unknown = min(self._first_unknown, first)
        self._timer.start(_PAUSE_MS)

    def _count_some(self) -> None:
        until = time.perf_counter() + _SLICE_SECONDS
        counts = self._counts
        while True:
            try:
                number = counts.index(_UNKNOWN, self._first_unknown)
            except ValueError:
                break
            block = self._document.findBlockByNumber(number)
            # Neighbours mostly want counting together, and stepping is cheaper than finding.
            while number < len(counts) and counts[number] == _UNKNOWN:
                counts[number] = count_words(block.text())
                number, block = number + 1, block.next()
                if time.perf_counter() > until:
                    self._first_unknown = number
                    self._timer.start(0)
                    return
            self._first_unknown = number
        self._first_unknown = len(counts)
        total = sum(counts)
        if total != self._told:
            self._told = total
            self.counted.emit(total)
