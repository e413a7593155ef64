"""What a model wrote that nobody gave: underlined in the text until the writer has looked at it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QTextCursor
from PySide6.QtWidgets import QMenu

from penwright.base.catalogue import Catalogue
from penwright.core.checking import Finding
from penwright.core.snapshot import utf16_units
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.highlighter import CHECK, Stretch
from penwright.ui.editor.offsets import PARAGRAPH, unit_offsets
from penwright.ui.halves import Halves
from penwright.ui.notice import NoticeBar

_NEAR = 2_000  # UTF-16 units around a change in which words that were moved by it are looked for
_FEW = 2_000  # places that are marked at the most


@dataclass(frozen=True)
class _Mark:
    """Some words, and where they stand, in UTF-16 units."""

    start: int
    end: int
    words: str


class _Marked:
    """The marks in one sheet: they move with each change, and one whose words are others now goes."""

    def __init__(self, area: WritingArea, gone: Callable[[int], None]) -> None:
        self.area, self._gone = area, gone
        self.marks: dict[int, _Mark] = {}
        area.passages.changed.connect(self._follow)

    def put(self, marks: dict[int, _Mark]) -> None:
        """Have these in place of any others."""
        self.marks = dict(marks)
        layers = self.area.highlighter.layers
        if self.marks:
            layers["to_check"] = self._stretches
        else:
            layers.pop("to_check", None)
        self.area.renew_formats()

    def _stretches(self, start: int, end: int) -> Iterable[Stretch]:
        for mark in self.marks.values():
            if mark.start < end and mark.end > start:
                yield mark.start, mark.end, CHECK

    def _follow(self, position: int, removed: int, added: int) -> None:
        by = added - removed
        for number, mark in list(self.marks.items()):
            if mark.end <= position:
                continue
            if mark.start >= position + removed:
                self.marks[number] = _Mark(mark.start + by, mark.end + by, mark.words)
            elif moved := nearest(self.area, mark, position - _NEAR, position + added + _NEAR):
                # Qt tells more than what has changed: all of a paragraph, or of what was undone.
                self.marks[number] = moved
            else:
                self._gone(number)


class ToCheck(QObject):
    """The marks of one text, in both of its halves, and the commands that go from one to the next.

    They are in no file: another text, or the end of the program, ends them.
    """

    def __init__(self, halves: Halves, commands: Commands, notices: NoticeBar, catalogue: Catalogue) -> None:
        super().__init__(halves)
        self._halves, self._notices, self._catalogue = halves, notices, catalogue
        self._numbers = itertools.count()
        self._said: dict[int, str] = {}  # why, by the mark's number
        self._marked: dict[WritingArea, _Marked] = {}
        halves.each(self._join)
        halves.going.connect(self._part)
        halves.first.loaded.connect(self.dismiss_all)
        add = commands.add
        self._actions = (
            add(Place.GO, "next_to_check", self.tr("Next to Chec&k"), self.go_to_next, "F8"),
            add(Place.GO, "looked_at", self.tr("Looked &At It"), self.dismiss, "Shift+F8"),
            add(Place.GO, "all_looked_at", self.tr("Looked at A&ll to Check"), self.dismiss_all),
        )
        self._enable()

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where marks are in the text, in UTF-16 units and in their order."""
        return sorted((mark.start, mark.end) for mark in self._marked[self._halves.first].marks.values())

    def mark(self, position: int, text: str, found: Sequence[Finding]) -> None:
        """Mark what was found in `text`, which stands at a position (UTF-16 units), or near it."""
        places = unit_offsets(text) or range(len(text) + 1)
        self._put(
            (position + places[each.start], text[each.start : each.end], each)
            for each in found
            if each.start < each.end
        )

    def mark_words(self, pieces: Sequence[tuple[int, int]], found: Sequence[tuple[str, Finding]]) -> None:
        """Mark these words wherever they stand in, or reach into, new pieces of the text (UTF-16 units)."""
        text = self._halves.first.text()
        places = unit_offsets(text) or range(len(text) + 1)
        wanted: list[tuple[int, str, Finding]] = []
        for words, each in found:
            at = text.find(words) if words else -1
            while at >= 0 and len(wanted) < _FEW:
                start, end = places[at], places[at + len(words)]
                if any(start < high and end > low for low, high in pieces):
                    wanted.append((start, words, each))
                at = text.find(words, at + len(words))
        self._put(wanted)

    def go_to_next(self) -> None:
        """Select the next marked words behind the caret, from the top again after the last, and say why."""
        area = self._halves.in_hand
        caret = area.textCursor().selectionStart() - (not area.textCursor().hasSelection())
        marks = self._marked[area].marks
        number = min(marks, key=lambda each: (marks[each].start <= caret, marks[each].start), default=None)
        if number is None:
            self._notices.say(self.tr("Nothing is left to check."))
            return
        cursor = QTextCursor(area.document())
        cursor.setPosition(marks[number].start)
        cursor.setPosition(marks[number].end, QTextCursor.MoveMode.KeepAnchor)
        area.go_to(cursor)
        self._notices.say(
            self._said[number],
            [
                (self.tr("&Looked At It"), self._dismiss_and_go_on),
                (self.tr("&Next"), self.go_to_next),
                (self.tr("Looked at &All"), self.dismiss_all),
            ],
        )
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(area, self._said[number]))

    def dismiss(self) -> None:
        """Take away the mark at the caret; with none there, go to the next one."""
        number = self._at(self._halves.in_hand, self._halves.in_hand.textCursor().selectionStart())
        if number is None:
            self.go_to_next()
            return
        if self._notices.text == self._said[number]:
            self._notices.dismiss()
        self._drop(number)

    def dismiss_all(self) -> None:
        """Take all marks away."""
        if self._said:
            self._said.clear()
            for marked in self._marked.values():
                marked.put({})
            self._enable()

    def _dismiss_and_go_on(self) -> None:
        self.dismiss()
        if self._said:
            self.go_to_next()

    def _put(self, wanted: Iterable[tuple[int, str, Finding]]) -> None:
        first = self._marked[self._halves.first]
        marks = dict(first.marks)
        for start, words, each in itertools.islice(wanted, _FEW - len(marks)):
            supposed = _Mark(start, start + utf16_units(words), words)
            near = nearest(first.area, supposed, start - _NEAR, supposed.end + _NEAR)
            if near is not None and near not in marks.values():
                number = next(self._numbers)
                marks[number] = near
                self._said[number] = self._catalogue.say(each.key, **each.values)
        added = len(marks) - len(first.marks)
        for marked in self._marked.values():
            marked.put(marks)
        self._enable()
        if added:
            many = self._halves.first.locale().toString(added)
            words = self.tr("{0} places in what you took are to be checked. F8 goes to the next.")
            if added == 1:
                words = self.tr("One place in what you took is to be checked. F8 goes there.")
            self._notices.say(words.format(many))

    def _drop(self, number: int) -> None:
        self._said.pop(number, None)
        for marked in self._marked.values():
            if number in marked.marks:
                del marked.marks[number]
                marked.area.renew_formats()
        self._enable()

    def _at(self, area: WritingArea, position: int) -> int | None:
        marks = self._marked[area].marks
        return next((each for each, mark in marks.items() if mark.start <= position <= mark.end), None)

    def _join(self, area: WritingArea) -> None:
        marked = self._marked[area] = _Marked(area, self._drop)
        marked.put(self._marked[self._halves.first].marks)
        area.menu_wanted.connect(lambda menu, position: self._fill(area, menu, position))

    def _part(self, area: WritingArea) -> None:
        del self._marked[area]

    def _fill(self, area: WritingArea, menu: QMenu, position: int) -> None:
        """Say in the menu of marked words why they are, and let them be done with."""
        number = self._at(area, position)
        if number is None:
            return
        first = menu.actions()[0]
        why = QAction(self._said[number].replace("&", "&&"), menu)
        why.setEnabled(False)
        done = QAction(self.tr("&Looked At It"), menu)
        done.triggered.connect(lambda: self._drop(number))
        menu.insertActions(first, [why, done])
        menu.insertSeparator(first)

    def _enable(self) -> None:
        for action in self._actions:
            action.setEnabled(bool(self._said))


def nearest(area: WritingArea, mark: _Mark, low: int, high: int) -> _Mark | None:
    """Return a mark where its words stand now, between two positions; None where they stand no more."""
    cursor = QTextCursor(area.document())
    start = max(0, min(low, mark.start))
    last = area.document().characterCount() - 1
    cursor.setPosition(min(start, last))
    cursor.setPosition(min(max(high, mark.end), last), QTextCursor.MoveMode.KeepAnchor)
    text = cursor.selectedText().replace(PARAGRAPH, "\n")
    best: int | None = None
    at = text.find(mark.words)
    while at >= 0:
        place = start + utf16_units(text[:at])
        if best is None or abs(place - mark.start) < abs(best - mark.start):
            best = place
        at = text.find(mark.words, at + 1)
    return None if best is None else _Mark(best, best + mark.end - mark.start, mark.words)
