"""Text that a model writes into the page: provisional until the writer takes it, as one undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QTextCursor
from PySide6.QtWidgets import QApplication

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.checking import Finding
from penwright.core.composition import Job
from penwright.core.continuing import continuing, joined
from penwright.ui.background import BackgroundWork
from penwright.ui.commands import Commands, Place
from penwright.ui.draft_bar import DraftBar
from penwright.ui.editor.area import WritingArea
from penwright.ui.editor.keys import stops
from penwright.ui.editor.offsets import unit_offsets
from penwright.ui.halves import Halves
from penwright.ui.notice import NoticeBar
from penwright.ui.to_check import ToCheck
from penwright.ui.whole_texts import WholeText, WholeTexts

Look = Callable[[str], Sequence[Finding]]

_FRAME = 33  # milliseconds between two drawings of a growing text


class Provisional(QObject):
    """One window's provisional text. There is at most one at a time.

    ended(bool): it was taken into the text, or thrown away.
    """

    ended = Signal(bool)

    def __init__(
        self,
        halves: Halves,
        texts: WholeTexts,
        commands: Commands,
        notices: NoticeBar,
        catalogue: Catalogue,
        *,
        to_check: ToCheck,
    ) -> None:
        super().__init__(halves)
        self._halves = halves
        self._area = halves.first  # where the text is shown
        self._texts = texts
        self._notices = notices
        self._to_check = to_check
        self._catalogue = catalogue
        self._running: WholeText | None = None
        self._shaped: Callable[[str], str] = str
        self._look: Look | None = None
        self._found: Sequence[Finding] | None = None  # in the text as it is; None while that is not known
        self._text = ""
        self._soon = QTimer(self, singleShot=True, interval=_FRAME)
        self._soon.timeout.connect(self._draw)
        self.bar = DraftBar()
        self.bar.stop.clicked.connect(self.stop)
        self.bar.take.clicked.connect(self.take)
        self.bar.discard.clicked.connect(self.discard)
        halves.first.loaded.connect(self.forget)
        halves.each(lambda area: area.installEventFilter(self))
        halves.going.connect(self._move)
        add = commands.add
        add(Place.WRITE, "go_on", self.tr("Go On with a &Paragraph"), self.go_on, "Ctrl+Alt+Return")
        self._actions = (
            add(Place.WRITE, "stop", self.tr("S&top Writing"), self.stop),
            add(
                Place.WRITE,
                "take",
                self.tr("&Take What Was Written"),
                self.take,
                ["Ctrl+Shift+Return", "Ctrl+Shift+Enter"],
            ),
            add(
                Place.WRITE,
                "discard",
                self.tr("Thro&w Away What Was Written"),
                self.discard,
                "Ctrl+Shift+Backspace",
            ),
        )
        self._refresh()

    @property
    def writing(self) -> bool:
        """Whether text is coming still."""
        return self._running is not None

    @property
    def text(self) -> str:
        """What was written so far, as it would be taken."""
        return self._shaped(self._text)

    def go_on(self) -> None:
        """Have the text gone on with at the caret, for about a paragraph."""
        before = self._halves.in_hand.snapshot().before
        try:
            job = continuing(before)
        except ValueError:
            self._notices.say(self.tr("Write a few words first: there is nothing yet to go on with."))
            return
        self.begin(job, lambda text: joined(before, text))

    def begin(
        self, job: Job | Callable[[], Job], shaped: Callable[[str], str] = str, look: Look | None = None
    ) -> bool:
        """Have a job's text written at the caret; return whether it began.

        job: or what makes it, away from the window's thread. shaped: makes what is put into the page of what
        was written. look: finds what the writer has to check in it, away from the window's thread. A text
        that waits is not written over.
        """
        if self.writing or self._text:
            self._notices.say(
                self.tr("There is a text on the page that you have not taken yet."),
                [(self.tr("&Take It"), self.take), (self.tr("Throw It &Away"), self.discard)],
            )
            return False
        self._shaped, self._look = shaped, look
        self._area = self._halves.in_hand
        cursor = self._area.textCursor()
        self._area.show_draft(cursor.selectionEnd(), "")
        text = self._running = self._texts.begin(job)
        text.grown.connect(self._grow)
        text.ended.connect(self._end)
        text.failed.connect(self._fail)
        self.bar.show_writing()
        self._refresh()
        return True

    def stop(self) -> None:
        """Let nothing more come; what there is stays on the page."""
        if self._running is not None:
            self._running.stop()

    def take(self) -> None:
        """Put what was written into the text, as one undo step."""
        self.stop()
        text, position = self.text, self._area.draft_position
        if not text or position < 0:
            self._close(taken=False)
            return
        self._area.clear_draft()
        self._area.replace([(position, position, text)])
        look, found = self._look, self._found
        self._close(taken=True)
        if found is not None:
            self._to_check.mark(position, text, found)
        elif look is not None:  # it is taken before it was looked through
            place = QTextCursor(self._halves.first.document())
            place.setPosition(position)
            place.setKeepPositionOnInsert(True)
            document = self._halves.first.document_id

            def mark(found: Sequence[Finding]) -> None:
                if self._halves.first.document_id == document:
                    self._to_check.mark(place.position(), text, found)

            BackgroundWork(self._texts, lambda: look(text)).success(mark).start()

    def discard(self) -> None:
        """Take the provisional text away; the writer's own was never touched."""
        self.stop()
        self._close(taken=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stop on Esc, unless a suggestion shows, which goes first."""
        if self.writing and stops(event) and not self._halves.in_hand.ghost_text:
            self.stop()
            return True
        return super().eventFilter(watched, event)

    def _move(self, area: WritingArea) -> None:
        """Show the text in the half that stays, at the same place."""
        if area is self._area:
            self._area = self._halves.first
            position, text, marked = area.draft_position, area.draft_text, area.draft_marks
            area.clear_draft()
            self._area.show_draft(position, text)
            self._area.mark_draft(marked)

    def _grow(self, text: str) -> None:
        self._text += text
        if not self._soon.isActive():
            self._soon.start()

    def _draw(self) -> None:
        self._soon.stop()
        self._area.extend_draft(self.text)

    def _end(self, why: str) -> None:
        running, self._running = self._running, None
        self._draw()
        self._refresh()
        if not self.text.strip():
            self._close(taken=False)
            self._notices.say(
                self.tr("Stopped before the first word.")
                if why == "cancelled"
                else self.tr("The model wrote nothing. Try again, or write a little more first.")
            )
            return
        cuts = running.cuts if running is not None else ()
        notes = [self._catalogue.say(cut.key, name=cut.name, kept=cut.kept, whole=cut.whole) for cut in cuts]
        if why == "length":
            notes.append(self.tr("It was cut off where it became too long."))
        self._wait(" ".join(notes))

    def _wait(self, note: str) -> None:
        self.bar.show_waiting(note)
        self._check()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._area, self.bar.words.text()))

    def _check(self) -> None:
        """Have the text looked through for what the writer has to check, and mark it."""
        look, text = self._look, self.text
        if look is None:
            return

        def show(found: Sequence[Finding]) -> None:
            if self.writing or not self._text or self.text != text:
                return
            self._found = found
            places = unit_offsets(text) or range(len(text) + 1)
            self._area.mark_draft([(places[each.start], places[each.end]) for each in found])
            said = dict.fromkeys(self._catalogue.say(each.key, **each.values) for each in found)
            self.bar.show_found(tuple(said))

        BackgroundWork(self._texts, lambda: look(text)).success(show).start()

    def _fail(self, error: PenwrightError) -> None:
        self._running = None
        self._draw()
        self._refresh()
        sentence = self._catalogue.sentence(error)
        if self.text.strip():
            self._wait(sentence)
        else:
            self._close(taken=False)
            self._notices.say(sentence)

    def forget(self) -> None:
        """Another text lies on the sheet, or none: what was written for the one before has no place there."""
        if self.writing or self._text:
            running, self._running = self._running, None
            if running is not None:
                running.blockSignals(True)
                running.stop()
            self._close(taken=False)

    def _close(self, *, taken: bool) -> None:
        self._soon.stop()
        self._text, self._found = "", None
        self._area.clear_draft()
        busy = QApplication.focusWidget()
        held = busy is not None and self.bar.isAncestorOf(busy)
        self.bar.hide()
        if held:
            self._area.setFocus(Qt.FocusReason.OtherFocusReason)
        self._refresh()
        self.ended.emit(taken)

    def _refresh(self) -> None:
        there = self.writing or bool(self._text)
        for action, enabled in zip(self._actions, (self.writing, there, there), strict=True):
            action.setEnabled(enabled)
