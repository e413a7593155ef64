"""Rewriting of what is selected, passage by passage; what comes of it is one review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QTextCursor

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.checking import Finding
from penwright.core.composition import Job
from penwright.core.diff import Change
from penwright.core.rewriting import Passage, around, changes_now, cleaned, passages, put_together
from penwright.ui.background import BackgroundWork
from penwright.ui.editor.keys import stops
from penwright.ui.editor.offsets import unit_offsets
from penwright.ui.halves import Halves
from penwright.ui.notice import NoticeBar
from penwright.ui.review import Review
from penwright.ui.rewriting_bar import RewritingBar
from penwright.ui.to_check import ToCheck
from penwright.ui.whole_texts import WholeText, WholeTexts

_MOST_TOLD = 4  # of what is to be checked; a notice is short
_LOOKS = 5  # how often the changes are reckoned anew for a writer who types meanwhile


@dataclass(frozen=True)
class Task:
    """A way to rewrite.

    title: for the writer. make: the job for one passage, from its text and what is before and after it; it is
    called away from the window's thread and may raise PenwrightError. look: what the writer has to check in
    the new passages, with the whole text as it was; called there too.
    """

    title: str
    make: Callable[[str, str, str], Job]
    look: Callable[[str, str], Sequence[Finding]] = lambda _old, _new: ()


@dataclass(frozen=True)
class Extent:
    """What is to be rewritten: from start to end of a text, in code points."""

    text: str
    start: int
    end: int


@dataclass
class _Run:
    task: Task
    extent: Extent
    parts: tuple[Passage, ...] = ()
    at: int = 0
    unfinished: int = 0
    error: PenwrightError | None = None
    found: tuple[tuple[str, Finding], ...] | None = None  # each with the words that it is about


class Rewriting(QObject):
    """One window's rewriting. There is at most one at a time.

    finished(): it has come to its end, and the review has begun where there was anything to review.
    """

    finished = Signal()

    def __init__(
        self,
        halves: Halves,
        texts: WholeTexts,
        review: Review,
        notices: NoticeBar,
        catalogue: Catalogue,
        *,
        to_check: ToCheck,
        show_models: Callable[[], None],
    ) -> None:
        super().__init__(halves)
        self._halves = halves
        self._area = halves.first  # both halves have its text
        self._texts = texts
        self._review = review
        self._notices = notices
        self._catalogue = catalogue
        self._to_check = to_check
        self._reviewed: tuple[tuple[str, Finding], ...] = ()
        self._show_models = show_models
        self._warned = False  # the writer knows what this model can't, and wants to try
        self._run: _Run | None = None
        self._written: dict[int, str] = {}
        self._running: WholeText | None = None
        self.bar = RewritingBar()
        self.bar.stop.clicked.connect(self.stop)
        review.took.connect(lambda pieces: to_check.mark_words(pieces, self._reviewed))
        review.ended.connect(lambda _taken, _of: self._expect(()))
        halves.first.loaded.connect(self.forget)
        halves.each(lambda area: area.installEventFilter(self))

    @property
    def busy(self) -> bool:
        """Whether a rewriting goes on."""
        return self._run is not None

    def may_begin(self, anyway: Callable[[], object]) -> bool:
        """Return whether one can begin now; why not is told. anyway: begins with a model that is no good."""
        if not self._texts.follows_instructions and not self._warned:

            def go_on() -> None:
                self._warned = True
                anyway()

            self._notices.say(
                self.tr(
                    "The model in use only goes on with a text and will hardly do this well. A writing model "
                    "can: look for one that fits this machine."
                ),
                [(self.tr("Show &Models…"), self._show_models), (self.tr("&Try It Anyway"), go_on)],
            )
        elif self._review.active:
            self._notices.say(self.tr("Decide about the changes on the page first, then rewrite more."))
        elif self.busy:
            self._notices.say(self.tr("A rewriting goes on already. Stop it, or wait for its end."))
        else:
            return True
        return False

    def extent(self) -> Extent | None:
        """Return what is selected, or else the paragraph at the caret; None, and a notice, for nothing."""
        cursor = self._halves.in_hand.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        text = self._area.text()
        offsets = unit_offsets(text)
        if offsets is not None:
            places = {place: number for number, place in enumerate(offsets)}
            start, end = places.get(start, 0), places.get(end, len(text))
        if text[start:end].strip():
            return Extent(text, start, end)
        self._notices.say(self.tr("There is nothing to rewrite here. Select the text, or go to a paragraph."))
        return None

    def begin(self, task: Task) -> bool:
        """Rewrite what is selected, or the paragraph at the caret; return whether it began."""
        if not self.may_begin(partial(self.begin, task)):
            return False
        extent = self.extent()
        if extent is None:
            return False
        run = self._run = _Run(task, extent)
        self._written = {}
        self.bar.begin(task.title)

        def cut(parts: tuple[Passage, ...]) -> None:
            if self._run is run:
                run.parts = parts
                self._next()

        work = BackgroundWork(self._texts, lambda: passages(extent.text, extent.start, extent.end))
        work.success(cut).start()
        return True

    def look_through(self, task: Task, old: str, new: str) -> None:
        """Have what is to be checked in a text that is being reviewed marked once it is taken."""
        BackgroundWork(self._texts, lambda: _looked(task, old, new)).success(self._expect).start()

    def stop(self) -> None:
        """Rewrite nothing more; what was rewritten goes into the review."""
        run = self._run
        if run is None:
            return
        running, self._running = self._running, None
        if running is not None:
            running.blockSignals(True)
            running.stop()
        if not run.parts:
            self._end(())
        else:
            self._compare()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stop on Esc, unless a suggestion shows, which goes first."""
        if self.busy and stops(event) and not self._halves.in_hand.ghost_text:
            self.stop()
            return True
        return super().eventFilter(watched, event)

    def _next(self) -> None:
        run = self._run
        if run is None:
            return
        if run.at == len(run.parts):
            self._compare()
            return
        self.bar.show_progress(run.at, len(run.parts))
        part, text = run.parts[run.at], run.extent.text
        before, after = around(text, part)
        old = text[part.start : part.end]
        running = self._running = self._texts.begin(lambda: run.task.make(old, before, after))
        running.grown.connect(lambda _more: self.bar.show_words(running.text))
        running.ended.connect(lambda why: self._take(running, why))
        running.failed.connect(self._fail)

    def _take(self, running: WholeText, why: str) -> None:
        run = self._run
        if run is None or running is not self._running:
            return
        self._running = None
        part = run.parts[run.at]
        old = run.extent.text[part.start : part.end]
        new = cleaned(old, running.text)
        if why == "length" or not new:
            run.unfinished += 1  # half a passage would look like a long deletion
        else:
            self._written[run.at] = new
        run.at += 1
        self._next()

    def _fail(self, error: PenwrightError) -> None:
        run = self._run
        if run is None:
            return
        self._running = None
        run.error = error
        self._compare()

    def _compare(self, looks: int = _LOOKS) -> None:
        """Find out what was changed, on another thread, and for the text as the writer has it now."""
        run = self._run
        if run is None:
            return
        self.bar.show_comparing()
        extent, written, parts = run.extent, dict(self._written), run.parts
        now, revision = self._area.text(), self._area.revision

        def compare() -> tuple[tuple[Change, ...], int]:
            new = put_together(extent.text, extent.start, extent.end, parts, written)
            if run.found is None:
                run.found = _looked(run.task, extent.text, "\n\n".join(written.values()))
            return changes_now(extent.text, extent.start, extent.end, new, now)

        def done(outcome: tuple[tuple[Change, ...], int]) -> None:
            if self._run is not run:
                return
            if self._area.revision != revision and looks:
                self._compare(looks - 1)
            elif self._area.revision != revision:
                self._end((), self.tr("Your text changed too often to show the changes in it."))
            else:
                self._end(*outcome)

        BackgroundWork(self._texts, compare).success(done).start()

    def _end(self, found: tuple[Change, ...], dropped: int | str = 0) -> None:
        run, self._run = self._run, None
        self.bar.hide()
        assert run is not None
        said = [dropped] if isinstance(dropped, str) else []
        if run.error is not None:
            said.append(self._catalogue.sentence(run.error))
        if run.unfinished:
            words = self.tr("{0} of {1} passages came back unfinished and stay as they were.")
            said.append(words.format(run.unfinished, len(run.parts)))
        if isinstance(dropped, int) and dropped:
            words = self.tr("{0} changes were left out because you have edited their words meanwhile.")
            said.append(words.format(dropped))
        if run.error is None and not found and not said:
            stopped = run.at < len(run.parts) or not run.parts
            said.append(
                self.tr("Stopped. Your text is as it was.")
                if stopped
                else self.tr("There is nothing to change: the text came back as it was.")
            )
        if found:
            self._expect(run.found or ())
            said += list(
                dict.fromkeys(self._catalogue.say(each.key, **each.values) for _words, each in self._reviewed)
            )[:_MOST_TOLD]
        if said:
            self._notices.say(" ".join(said))
        if found:
            self._review.begin(found)
        self.finished.emit()

    def _expect(self, found: tuple[tuple[str, Finding], ...]) -> None:
        self._reviewed = found

    def forget(self) -> None:
        """Another text lies on the sheet, or none: what was rewritten belongs to the one before."""
        self._run = None
        running, self._running = self._running, None
        if running is not None:
            running.blockSignals(True)
            running.stop()
        self.bar.hide()


def _looked(task: Task, old: str, new: str) -> tuple[tuple[str, Finding], ...]:
    """Return what has to be checked in a new text, each with the words that it is about."""
    return tuple((new[each.start : each.end], each) for each in task.look(old, new))
