"""The sheets that one text is written on: one, or two while its window is split."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, Signal

from penwright.ui.editor.area import WritingArea

_Reason = Qt.FocusReason


class Halves(QObject):
    """Knows the sheets of one window, and which is in hand: the one that has the caret, or last had it.

    What marks the text marks it in `each`; what does something does it `in_hand`. The two hold the same text,
    position by position, and the steps to undo are the `first` one's.
    came(WritingArea): a second sheet is there. going(WritingArea): it is about to go, with the text of the
    first already in hand. turned(): another one is in hand.
    """

    came = Signal(object)
    going = Signal(object)
    turned = Signal()

    def __init__(self, first: WritingArea) -> None:
        super().__init__(first)
        self.first = first
        self.second: WritingArea | None = None
        self._in_hand = first
        self.each(lambda area: area.entered.connect(lambda: self._take(area)))

    @property
    def in_hand(self) -> WritingArea:
        """The sheet that commands are for."""
        return self._in_hand

    def __iter__(self) -> Iterator[WritingArea]:
        """Go through the sheets that are there."""
        yield self.first
        if self.second is not None:
            yield self.second

    def each(self, join: Callable[[WritingArea], object]) -> None:
        """Have this done with each sheet: those that are there, and one that comes."""
        for area in self:
            join(area)
        self.came.connect(join)

    def here(self, do: Callable[[WritingArea], object]) -> Callable[[], object]:
        """Return what does this with the sheet that is in hand by then."""
        return lambda: do(self._in_hand)

    def add(self, second: WritingArea) -> None:
        """Count a second sheet in."""
        self.second = second
        self.came.emit(second)

    def remove(self) -> None:
        """Count the second sheet in no more."""
        second, self.second = self.second, None
        if second is not None:
            self._take(self.first)
            self.going.emit(second)

    def take_keys(self, reason: Qt.FocusReason = _Reason.OtherFocusReason) -> None:
        """Give the keys to the sheet in hand."""
        self._in_hand.setFocus(reason)

    def _take(self, area: WritingArea) -> None:
        if area is not self._in_hand:
            self._in_hand = area
            self.turned.emit()
