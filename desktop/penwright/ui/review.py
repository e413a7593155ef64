"""The review of a rewriting: its changes, shown in the page, each accepted or rejected.

The document itself is not touched while that goes on: the marked text is a sheet of its own over the writing
area, of the same face, measure and place. What was accepted goes into the document at the end, as one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from penwright.core.diff import Change
from penwright.core.reviewing import Reviewing, Verdict
from penwright.core.snapshot import utf16_units
from penwright.core.splice import splice_between
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.offsets import unit_offsets
from penwright.ui.editor.review_sheet import ReviewSheet
from penwright.ui.flowing_row import FlowingRow
from penwright.ui.halves import Halves
from penwright.ui.labels import plain_label
from penwright.ui.theme import Theme, Themes

_AROUND = 20_000  # characters of the text that are shown on either side, to read the changes in
_SAID = 120  # characters of a change that are said in words


class Review(QObject):
    """One window's review. There is at most one at a time.

    took(list): where what was accepted stands in the text now: (start, end), in UTF-16 units.
    ended(int, int): so many changes of so many were taken into the text; 0 of 0 when none was left to decide.
    lapsed(int): the writer edited the words of so many changes, which were dropped.
    """

    took = Signal(object)
    ended = Signal(int, int)
    lapsed = Signal(int)

    def __init__(self, halves: Halves, themes: Themes, commands: Commands) -> None:
        super().__init__(halves)
        self._halves = halves
        self._area = halves.first  # which the page lies over
        self._themes = themes
        self._reviewing: Reviewing | None = None
        self._text = ""
        self._shown = (0, 0)  # which part of the text, in code points
        self._page = _Page(halves.first)
        self.sheet = self._page.sheet
        self._actions = self._add_commands(commands)
        self.sheet.pressed.connect(self._pressed)
        self.sheet.chosen.connect(self._look_at)
        halves.first.edited.connect(lambda _edit: self._reconcile())
        halves.first.loaded.connect(self.leave)
        halves.each(lambda area: area.installEventFilter(self))
        halves.going.connect(self._move)
        themes.changed.connect(self._take_theme)
        self._enable()

    @property
    def active(self) -> bool:
        """Whether a review is going on."""
        return self._reviewing is not None

    @property
    def reviewing(self) -> Reviewing | None:
        """The decisions so far."""
        return self._reviewing

    @property
    def words(self) -> str:
        """What is said of the change that is looked at."""
        return self._page.words.text()

    def begin(self, changes: Iterable[Change]) -> None:
        """Show these changes of the present text, in place of any others."""
        self._text = self._area.text()
        self._reviewing = Reviewing(changes)
        if not self._reviewing.changes:
            self._end(0, 0)
            return
        self._area = self._halves.in_hand
        sheet = self.sheet
        sheet.set_typeface(self._area.typeface)
        sheet.set_family(self._area.family)
        sheet.set_measure(self._area.measure)
        sheet.set_zoom(self._area.zoom)
        self._lay_over()
        self._show()
        self._scroll_alike()
        self._look()
        self._enable()
        sheet.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """Look at the next change (1) or the one before (-1)."""
        if self._reviewing is not None:
            self._reviewing.step(by)
            self._look()

    def decide(self, verdict: Verdict) -> None:
        """Accept or reject the change that is looked at, and go to the next one."""
        if self._reviewing is not None:
            at = self._reviewing.current
            self._reviewing.decide(verdict)
            self.sheet.show_sides(at, self._reviewing.sides(at))
            self._look()

    def take(self) -> None:
        """Put what was accepted into the text, as one undo step; what is open stays as it was."""
        if self._reviewing is None:
            return
        accepted, of = self._reviewing.accepted, len(self._reviewing.changes)
        offsets = unit_offsets(self._text)
        places = [
            (change.start, change.end, change.new)
            if offsets is None
            else (offsets[change.start], offsets[change.end], change.new)
            for change in accepted
        ]
        self._reviewing = None  # the edit that comes now is our own
        if places:
            self._area.replace(places)
            self.took.emit(_stand_at(places))
        self._end(len(accepted), of)

    def take_all(self, verdict: Verdict) -> None:
        """Accept everything, or nothing, and end the review."""
        if self._reviewing is not None:
            self._reviewing.decide_all(verdict)
            self.take()

    def leave(self) -> None:
        """End the review; the text stays as it is."""
        if self._reviewing is not None:
            of = len(self._reviewing.changes)
            self._end(0, of)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the page over the writing area."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.active:
            self._page.setGeometry(self._area.geometry())
        return super().eventFilter(watched, event)

    def _lay_over(self) -> None:
        # Beside the area, not in it: a key that nobody takes goes on to the parent, and must type nothing.
        self._page.setParent(self._area.parentWidget())
        self._page.setGeometry(self._area.geometry())
        self._page.lower()
        self._area.lower()  # the panels stay on top
        self._page.show()
        self.sheet.set_theme(self._themes.current)  # a new parent's style sheet would take the colours back

    def _move(self, area: WritingArea) -> None:
        """Lie over the half that stays, also while nothing is reviewed: else the page would go as well."""
        if area is self._area:
            self._area = self._halves.first
            if self.active:
                self._lay_over()
            else:
                self._page.setParent(self._area.parentWidget())

    def _end(self, taken: int, of: int) -> None:
        self._reviewing = None
        self._text = ""
        held = self.sheet.hasFocus()
        self._page.hide()
        self.sheet.show_pieces((), 0)
        self._enable()
        if held:
            self._area.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ended.emit(taken, of)

    def _show(self) -> None:
        reviewing = self._reviewing
        assert reviewing is not None
        changes = reviewing.changes
        start = max(0, changes[0].start - _AROUND)
        start = self._text.rfind("\n", 0, start) + 1
        end = self._text.find("\n", changes[-1].end + _AROUND)
        self._shown = (start, len(self._text) if end < 0 else end)
        self.sheet.show_pieces(reviewing.pieces(self._text, *self._shown), len(changes))

    def _scroll_alike(self) -> None:
        """Show the lines where they are in the writing area, as far as the changes let them."""
        area, sheet = self._area, self.sheet
        first = area.firstVisibleBlock()
        skipped = self._text.count("\n", 0, self._shown[0])
        block = sheet.document().findBlockByNumber(max(0, first.blockNumber() - skipped))
        if block.isValid():
            over = area.verticalScrollBar().value() - first.firstLineNumber()
            sheet.verticalScrollBar().setValue(block.firstLineNumber() + over)

    def _look(self) -> None:
        reviewing = self._reviewing
        if reviewing is None:
            return
        self.sheet.look_at(reviewing.current)
        words = self._described(reviewing)
        self._page.words.setText(words)
        self._page.hint.setText(self._hint(reviewing))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.sheet, words))

    def _look_at(self, index: int) -> None:
        if self._reviewing is not None:
            self._reviewing.step(index - self._reviewing.current)
            self._look()

    def _described(self, reviewing: Reviewing) -> str:
        change = reviewing.changes[reviewing.current]
        old, new = _short(change.old), _short(change.new)
        if not change.old:
            what = self.tr("“{0}” comes in").format(new)
        elif not change.new:
            what = self.tr("“{0}” goes").format(old)
        else:
            what = self.tr("“{0}” becomes “{1}”").format(old, new)
        number = self.tr("{0} of {1}").format(reviewing.current + 1, len(reviewing.changes))
        said = {
            Verdict.OPEN: "",
            Verdict.ACCEPTED: self.tr("accepted"),
            Verdict.REJECTED: self.tr("rejected"),
        }[reviewing.verdict(reviewing.current)]
        return " · ".join(part for part in (number, what, said) if part)

    def _hint(self, reviewing: Reviewing) -> str:
        if not reviewing.left:
            return self.tr(
                "All decided. Enter puts what was accepted into the text; Esc leaves it as it was."
            )
        return self.tr("Enter accepts, Delete rejects, Tab goes on, Esc leaves the text as it was.")

    def _reconcile(self) -> None:
        reviewing = self._reviewing
        if reviewing is None:
            return
        text = self._area.text()
        dropped = reviewing.reconcile(splice_between(self._text, text), text)
        self._text = text
        if dropped:
            self.lapsed.emit(len(dropped))
        if not reviewing.changes:
            self._end(0, 0)
            return
        self._show()
        self._look()

    def _take_theme(self, theme: Theme) -> None:
        if self._reviewing is not None:
            self.sheet.set_theme(theme)
            self._show()
            self._look()

    def _pressed(self, key: str) -> None:
        reviewing = self._reviewing
        if reviewing is None:
            return
        if key == "done" or (key == "accept" and not reviewing.left):
            self.take()
        elif key == "leave":
            self.leave()
        elif key in ("next", "previous"):
            self.step(1 if key == "next" else -1)
        else:
            self.decide(Verdict.ACCEPTED if key == "accept" else Verdict.REJECTED)

    def _enable(self) -> None:
        for action in self._actions:
            action.setEnabled(self.active)

    def _add_commands(self, commands: Commands) -> list[QAction]:
        doings = (
            ("review_accept", self.tr("Accept"), lambda: self.decide(Verdict.ACCEPTED)),
            ("review_reject", self.tr("Reject"), lambda: self.decide(Verdict.REJECTED)),
            ("review_previous", self.tr("Previous"), lambda: self.step(-1)),
            ("review_next", self.tr("Next"), lambda: self.step(1)),
            ("review_all", self.tr("Accept all"), lambda: self.take_all(Verdict.ACCEPTED)),
            ("review_done", self.tr("Done"), self.take),
            ("review_leave", self.tr("Leave as it was"), self.leave),
        )
        actions = []
        for name, words, act in doings:
            self._page.add(words, act)
            actions.append(commands.add(Place.WRITE, name, self.tr("Review: {0}").format(words), act))
        return actions


class _Page(QFrame):
    """The marked sheet, and below it what is said of the current change, and the buttons."""

    def __init__(self, area: WritingArea) -> None:
        super().__init__(area.parentWidget())
        self.setObjectName("review")
        self.setAutoFillBackground(True)
        self.sheet = ReviewSheet()
        self.sheet.setAccessibleName(self.tr("Text with its changes"))
        self.words = plain_label(accessible=self.tr("Change"))
        self.hint = plain_label(name="quiet")
        self._row = FlowingRow()
        below = QFrame()
        below.setObjectName("notice")
        foot = QVBoxLayout(below)
        foot.setContentsMargins(16, 8, 16, 8)
        foot.addWidget(self.words)
        foot.addWidget(self.hint)
        foot.addLayout(self._row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.sheet, 1)
        column.addWidget(below)
        self.setFocusProxy(self.sheet)
        self.hide()

    def add(self, words: str, act: Callable[[], None]) -> None:
        """Add a button."""
        button = QPushButton(words)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # every one of them has a key on the sheet
        button.clicked.connect(lambda _checked: act())
        self._row.addWidget(button)


def _stand_at(places: Iterable[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Return where the new texts stand once all of them are in place."""
    found, by = [], 0
    for start, end, new in places:
        length = utf16_units(new)
        found.append((start + by, start + by + length))
        by += length - (end - start)
    return found


def _short(text: str) -> str:
    text = (text.strip(" ") or text).replace("\n", "¶")
    return text if len(text) <= _SAID else text[: _SAID - 1] + "…"
