"""Several ways to rewrite one passage, side by side: one of them goes on to the review."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.composition import Job
from penwright.core.rewriting import Passage, around, changes_now, cleaned, passages
from penwright.ui.editor.area import WritingArea
from penwright.ui.flowing_row import FlowingRow
from penwright.ui.halves import Halves
from penwright.ui.labels import plain_label
from penwright.ui.notice import NoticeBar
from penwright.ui.review import Review
from penwright.ui.rewriting import Extent, Rewriting, Task
from penwright.ui.whole_texts import WholeText, WholeTexts

COUNT = 3
_HEAT = 0.9  # the least temperature, so that variants differ


class Variants(QObject):
    """One window's variants. There is at most one set of them at a time."""

    def __init__(
        self,
        halves: Halves,
        texts: WholeTexts,
        rewriting: Rewriting,
        review: Review,
        notices: NoticeBar,
        *,
        catalogue: Catalogue,
    ) -> None:
        super().__init__(halves)
        self._halves, self._texts, self._rewriting = halves, texts, rewriting
        self._area = halves.first  # which the page lies over
        self._review, self._notices, self._catalogue = review, notices, catalogue
        self._extent: Extent | None = None
        self._task: Task | None = None
        self._part = Passage(0, 0)
        self._running: list[WholeText] = []
        self.page = _Page(halves.first, self.choose, self.leave)
        halves.first.loaded.connect(self.leave)
        halves.each(lambda area: area.installEventFilter(self))
        halves.going.connect(self._move)

    @property
    def active(self) -> bool:
        """Whether there are any to choose from."""
        return self._extent is not None

    def begin(self, task: Task) -> bool:
        """Have the selection, or the paragraph at the caret, rewritten in several ways."""
        if self.active or not self._rewriting.may_begin(partial(self.begin, task)):
            return False
        extent = self._rewriting.extent()
        if extent is None:
            return False
        parts = passages(extent.text, extent.start, extent.end)
        if len(parts) != 1:
            self._notices.say(self.tr("Variants are for a page at the most. Select a shorter passage."))
            return False
        self._extent, self._part, self._task = extent, parts[0], task
        old = extent.text[self._part.start : self._part.end]
        before, after = around(extent.text, self._part)
        self._area = self._halves.in_hand
        self.page.begin(task.title, self._area)
        for number in range(COUNT):
            running = self._texts.begin(_varied(task, old, before, after, number))
            self._running.append(running)
            running.grown.connect(lambda _more, number=number, running=running: self._show(number, running))
            running.ended.connect(lambda _why, number=number, running=running: self._show(number, running))
            running.failed.connect(self._fail)
        return True

    def choose(self, number: int) -> None:
        """Take this one into the review; the others go."""
        extent, new = self._extent, self.page.text(number)
        if extent is None or not new:
            return
        part = self._part
        old = extent.text[part.start : part.end]
        found, dropped = changes_now(
            extent.text, part.start, part.end, cleaned(old, new), self._halves.first.text()
        )  # a page at the most: that takes some milliseconds
        self.leave()
        if dropped:
            words = self.tr("{0} changes were left out because you have edited their words meanwhile.")
            self._notices.say(words.format(dropped))
        if found:
            self._review.begin(found)
            if self._task is not None:
                self._rewriting.look_through(self._task, old, new)
        elif not dropped:
            self._notices.say(self.tr("There is nothing to change: the text came back as it was."))

    def leave(self) -> None:
        """Stop what is still coming, and take the variants away; the text stays as it is."""
        running, self._running = self._running, []
        for each in running:
            if not each.over:  # those that are have gone
                each.blockSignals(True)
                each.stop()
        if self._extent is not None:
            self._extent = None
            self.page.hide()
            self._halves.take_keys()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the page over the writing area."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.active:
            self.page.setGeometry(self._area.geometry())
        return super().eventFilter(watched, event)

    def _move(self, area: WritingArea) -> None:
        """Lie over the half that stays, also while there are none: else the page would go as well."""
        if area is self._area:
            self._area = self._halves.first
            self.page.lay_over(self._area, shown=self.active)

    def _show(self, number: int, running: WholeText) -> None:
        self.page.show_text(number, running.text.strip(), over=running.over)

    def _fail(self, error: PenwrightError) -> None:
        self.leave()
        self._notices.say(self._catalogue.sentence(error))


class _Page(QFrame):
    """The variants beside each other, each with its button; 1 to 3 choose, Esc leaves."""

    def __init__(self, area: WritingArea, choose: Callable[[int], None], leave: Callable[[], None]) -> None:
        super().__init__(area.parentWidget())
        self.setObjectName("variants")
        self.setAutoFillBackground(True)
        self._choose, self._leave = choose, leave
        self.words = plain_label()
        self._views: list[QPlainTextEdit] = []
        self._buttons: list[QPushButton] = []
        columns = QHBoxLayout()
        for number in range(COUNT):
            view = QPlainTextEdit()
            view.setReadOnly(True)
            view.setTabChangesFocus(True)
            view.setAccessibleName(self.tr("Variant {0}").format(number + 1))
            view.installEventFilter(self)
            button = QPushButton(self.tr("Take &{0}").format(number + 1))
            button.clicked.connect(lambda _checked, number=number: choose(number))
            column = QVBoxLayout()
            column.addWidget(view, 1)
            column.addWidget(button)
            columns.addLayout(column, 1)
            self._views.append(view)
            self._buttons.append(button)
        back = QPushButton(self.tr("Leave It as It Was"))
        back.clicked.connect(lambda _checked: leave())
        row = FlowingRow()
        row.addWidget(back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.addWidget(self.words)
        whole.addLayout(columns, 1)
        whole.addLayout(row)
        self.setFocusProxy(self._views[0])
        self.hide()

    def begin(self, title: str, area: WritingArea) -> None:
        """Show empty columns over a sheet."""
        self.words.setText(
            self.tr("{0}: three ways. 1, 2 or 3 takes one, Esc leaves your text.").format(title)
        )
        for view, button in zip(self._views, self._buttons, strict=True):
            view.setFont(area.font())
            view.setPlainText("…")
            button.setEnabled(False)
        self.lay_over(area, shown=True)
        self._views[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def lay_over(self, area: WritingArea, *, shown: bool) -> None:
        """Lie over this sheet from now on."""
        self.setParent(area.parentWidget())
        if shown:
            self.setGeometry(area.geometry())
            self.show()
            self.raise_()

    def show_text(self, number: int, text: str, *, over: bool) -> None:
        """Show what there is of one of them."""
        self._views[number].setPlainText(text or (self.tr("(nothing)") if over else "…"))
        self._buttons[number].setEnabled(over and bool(text))

    def text(self, number: int) -> str:
        """Return one that is whole, or ""."""
        return self._views[number].toPlainText() if self._buttons[number].isEnabled() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the digits and Esc."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            number = event.key() - Qt.Key.Key_1
            if 0 <= number < COUNT:
                self._choose(number)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
        return super().eventFilter(watched, event)


def _varied(task: Task, text: str, before: str, after: str, number: int) -> Callable[[], Job]:
    """Return what makes the job of one variant: each draws with another seed."""

    def make() -> Job:
        made = task.make(text, before, after)
        heat = max(_HEAT, made.sampling.temperature)
        return replace(
            made, sampling=replace(made.sampling, temperature=heat, seed=made.sampling.seed + number + 1)
        )

    return make
