"""Finding and replacing in one text. The search itself runs on a thread of its own."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import starmap

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor

from penwright.base.errors import SearchError
from penwright.core.finding import NONE, Hits, Query, Replacement, find, replacements
from penwright.core.snapshot import utf16_units
from penwright.ui.background import BackgroundWork
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.highlighter import HIT, Stretch
from penwright.ui.editor.offsets import for_qt
from penwright.ui.halves import Halves

_PAUSE_MS = 200  # after a change of the text, before it is searched anew
_FEW = 300  # replacements that are made one by one; more are made as one stretch of text
_BEYOND_BASIC = re.compile("[\U00010000-\U0010ffff]")


class _Shown:
    """The hits as one sheet shows them: moved along with each change since the text was searched."""

    def __init__(self, area: WritingArea) -> None:
        self._area = area
        self._hits = NONE
        self.edits: list[tuple[int, int, int]] = []

    def show(self, hits: Hits) -> None:
        self._hits = hits
        layers = self._area.highlighter.layers
        if len(hits):
            layers["hits"] = self._stretches
        else:
            layers.pop("hits", None)
        self._area.renew_formats()

    def _stretches(self, start: int, end: int) -> Iterator[Stretch]:
        """Give the hits between two positions, where they lie since the text was changed."""
        for position, removed, added in reversed(self.edits):
            start = start if start <= position else max(position, start - added + removed)
            end = end if end <= position else max(position, end - added + removed)
        for low, high in self._hits.within(start, end):
            for position, removed, added in self.edits:
                if low < position + removed and high > position:
                    break  # it isn't what it was
                if low >= position + removed:
                    low, high = low - removed + added, high - removed + added  # noqa: PLW2901
            else:
                yield low, high, HIT


class Finder(QObject):
    """Keeps where `query` is found in a text, as positions in UTF-16 units, and shows it on each sheet of it.

    changed(): other hits, or another trouble. trouble: why nothing is found, or None. replaced(int): so many
    places.
    """

    changed = Signal()
    replaced = Signal(int)

    def __init__(self, halves: Halves, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._halves = halves
        self._area = halves.first  # whose text is searched and changed
        self._shown: dict[WritingArea, _Shown] = {}
        self.query = Query("")
        self.hits = NONE
        self.trouble: SearchError | None = None
        self._step: int | None = None  # to be gone once the hits are known
        self._running: BackgroundWork[Hits] | BackgroundWork[tuple[Replacement, ...]] | None = None
        self._again = False
        self._timer = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self._search)
        halves.each(self._join)
        halves.going.connect(self._part)
        self._area.loaded.connect(self._restart)

    @property
    def busy(self) -> bool:
        """Whether hits are not known yet."""
        return self._running is not None or self._timer.isActive()

    @property
    def current(self) -> int | None:
        """The number of the hit that is selected, from 0 on."""
        cursor = self._halves.in_hand.textCursor()
        return None if self._changed else self.hits.at(cursor.selectionStart(), cursor.selectionEnd())

    def look_for(self, query: Query) -> None:
        """Find this from now on; an empty query finds nothing and shows nothing."""
        if query != self.query:
            self.query = query
            self._search()

    def go(self, step: int) -> None:
        """Select the next hit (1) or the one before (-1), and go on from the text's other end."""
        if self.busy or self._changed:
            self._step = step
            if not self.busy:
                self._search()
            return
        cursor = self._halves.in_hand.textCursor()
        here, end = cursor.selectionStart(), cursor.selectionEnd()
        selected = self.hits.at(here, end) is not None
        index = self.hits.after(end if selected else here) if step > 0 else self.hits.before(here)
        if index is not None:
            cursor.setPosition(self.hits.starts[index])
            cursor.setPosition(self.hits.ends[index], QTextCursor.MoveMode.KeepAnchor)
            self._halves.in_hand.go_to(cursor)
        self.changed.emit()

    def replace(self, template: str) -> None:
        """Replace the selected hit and go to the next one; with none selected only go there."""
        if self.current is None:
            self.go(1)
        else:
            cursor = self._halves.in_hand.textCursor()
            self._replace(template, (cursor.selectionStart(), cursor.selectionEnd()))

    def replace_all(self, template: str) -> None:
        """Replace every hit, as one step to undo."""
        self._replace(template, None)

    def wait(self) -> None:
        """Block until nothing runs any more: before the window goes."""
        self._timer.stop()
        if self._running is not None:
            self._running.wait()

    @property
    def _changed(self) -> bool:
        """Whether the text was changed since it was searched."""
        return bool(self._shown[self._area].edits)

    def _join(self, area: WritingArea) -> None:
        shown = _Shown(area)
        if area is not self._area:
            shown.edits = list(self._shown[self._area].edits)
        shown.show(self.hits)
        self._shown[area] = shown

        def follow(position: int, removed: int, added: int) -> None:
            if self.query.text and (removed or added):
                shown.edits.append((position, removed, added))
                self._timer.start()

        area.passages.changed.connect(follow)

    def _part(self, area: WritingArea) -> None:
        del self._shown[area]

    def _restart(self) -> None:
        self.hits = NONE
        self._forget_edits()
        if self.query.text:
            self._timer.start()

    def _forget_edits(self) -> None:
        for shown in self._shown.values():
            shown.edits = []

    def _search(self) -> None:
        self._timer.stop()
        if self._running is not None:
            self._again = True
            return
        query = self.query
        if not query.text:
            self._take(NONE, None)
            return
        text, revision = self._area.text(), self._area.revision
        self._forget_edits()
        self._running = (
            BackgroundWork(self, lambda: _in_units(find(query, text), text))
            .success(lambda hits: self._arrived(query, revision, hits, None))
            .failure(lambda error: self._arrived(query, revision, NONE, error))
            .start()
        )

    def _arrived(self, query: Query, revision: int, hits: Hits, error: Exception | None) -> None:
        self._running = None
        if error is not None and not isinstance(error, SearchError):
            raise error
        if self._again or query != self.query:
            self._again = False
            self._search()
            return
        if self._area.revision != revision:
            self._timer.start()
        self._take(hits, error)

    def _take(self, hits: Hits, trouble: SearchError | None) -> None:
        self.hits, self.trouble = hits, trouble
        for shown in self._shown.values():
            shown.show(hits)
        step, self._step = self._step, None
        if step is not None and not self.busy:
            self.go(step)
        self.changed.emit()

    def _replace(self, template: str, only: tuple[int, int] | None) -> None:
        if self._running is not None or not self.query.text or self._area.isReadOnly():
            return
        query, text, revision = self.query, self._area.text(), self._area.revision

        def work() -> tuple[Replacement, ...]:
            return tuple(starmap(Replacement, _units_of(replacements(query, text, template), text)))

        def done(made: tuple[Replacement, ...]) -> None:
            self._ended()
            if self._area.revision != revision:
                return  # the writer wrote on: nothing is replaced that wasn't seen
            if only is not None:
                made = tuple(one for one in made if (one.start, one.end) == only)
            self._make(made, text)
            self.replaced.emit(len(made))
            if only is not None:
                self.go(1)

        def failed(error: Exception) -> None:
            self._ended()
            if not isinstance(error, SearchError):
                raise error
            self.trouble = error
            self.changed.emit()

        self._running = BackgroundWork(self, work).success(done).failure(failed).start()

    def _ended(self) -> None:
        """Have what was looked for meanwhile searched now."""
        self._running = None
        if self._again:
            self._again = False
            self._timer.start()

    def _make(self, made: tuple[Replacement, ...], text: str) -> None:
        if not made:
            return
        cursor = QTextCursor(self._area.document())
        cursor.beginEditBlock()
        if len(made) <= _FEW:
            for one in reversed(made):
                cursor.setPosition(one.start)
                cursor.setPosition(one.end, QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(for_qt(one.text))
        else:
            # Thousands of small changes take Qt many seconds, one large change an instant.
            units = text.encode("utf-16-le", "surrogatepass")
            parts, at = [], made[0].start
            for one in made:
                parts += [units[2 * at : 2 * one.start].decode("utf-16-le", "surrogatepass"), one.text]
                at = one.end
            cursor.setPosition(made[0].start)
            cursor.setPosition(made[-1].end, QTextCursor.MoveMode.KeepAnchor)
            self._area.highlighter.deferring = True
            try:
                cursor.insertText(for_qt("".join(parts)))
            finally:
                self._area.highlighter.deferring = False
            self._area.renew_formats()
        cursor.endEditBlock()


def _in_units(hits: Hits, text: str) -> Hits:
    """Return `hits`, which count characters, in UTF-16 units."""
    beyond = _beyond_basic(text)
    if not beyond:
        return hits
    starts = array("q", (at + bisect_left(beyond, at) for at in hits.starts))
    ends = array("q", (at + bisect_left(beyond, at) for at in hits.ends))
    return Hits(starts, ends, whole=hits.whole)


def _beyond_basic(text: str) -> list[int]:
    """Return where characters of two units stand.

    Mostly there are none. Looking for them would keep other threads waiting for as long as that takes in a
    long text; counting does not.
    """
    if utf16_units(text) == len(text):
        return []
    return [found.start() for found in _BEYOND_BASIC.finditer(text)]


def _units_of(made: tuple[Replacement, ...], text: str) -> Iterator[tuple[int, int, str]]:
    beyond = _beyond_basic(text)
    for one in made:
        yield (
            one.start + bisect_left(beyond, one.start),
            one.end + bisect_left(beyond, one.end),
            one.text,
        )
