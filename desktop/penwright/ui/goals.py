"""Counts in the status line, and goals: for this sitting, for the day."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from penwright.core.tally import Tally
from penwright.storage.settings import Settings
from penwright.ui.commands import Commands, Place
from penwright.ui.dialogs.progress import ProgressDialog
from penwright.ui.editor.area import WritingArea
from penwright.ui.progress import Progress
from penwright.ui.status_line import StatusLine
from penwright.ui.theme import Themes

KINDS = ("words", "characters", "minutes")


class Goals(QObject):
    """Tells `progress` what is written in one window, and shows how the goals stand.

    What a text had when it was opened is nobody's progress; what a new one gets is.
    wish: keeps changed settings, by name, and has every window follow them.
    """

    def __init__(
        self,
        *,
        window: QWidget,
        area: WritingArea,
        line: StatusLine,
        commands: Commands,
        progress: Progress,
        themes: Themes,
        wish: Callable[..., None],
    ) -> None:
        super().__init__(window)
        self._window, self._line, self._progress = window, line, progress
        self._themes, self._wish = themes, wish
        self._settings = Settings()
        # Words at the last count; None before the first of a loaded text. The text may be there already.
        self._counted = area.words_at_first
        area.loaded.connect(self._begin)
        area.words_counted.connect(self._count)
        progress.changed.connect(self._show)
        line.kind_turned.connect(self._turn)
        words = {
            "words": self.tr("&Words"),
            "characters": self.tr("&Characters"),
            "minutes": self.tr("&Reading Time"),
        }
        commands.separate(Place.VIEW)
        self._kinds = commands.choices(
            Place.VIEW, "count", self.tr("Cou&nt"), words, lambda kind: wish(count=kind)
        )
        commands.add(Place.WRITE, "goals", self.tr("&Goals and Progress…"), self.show_dialog)

    def follow(self, settings: Settings) -> None:
        """Do as the settings say from now on."""
        self._settings = settings
        self._kinds[settings.count].setChecked(True)
        self._line.set_kind(settings.count)
        self._show()

    def show_dialog(self) -> ProgressDialog:
        """Show the days, and the goals to be changed."""
        settings = self._settings
        dialog = ProgressDialog(
            self._progress, self._themes, settings.session_goal, settings.daily_goal, self._window
        )
        dialog.session_chosen.connect(lambda words: self._wish(session_goal=words))
        dialog.daily_chosen.connect(lambda words: self._wish(daily_goal=words))
        dialog.show()
        return dialog

    def _begin(self) -> None:
        self._counted = None

    def _count(self, tally: Tally) -> None:
        before, self._counted = self._counted, tally.words
        if before is not None:
            self._progress.add(tally.words - before)

    def _turn(self) -> None:
        at = KINDS.index(self._settings.count)
        self._wish(count=KINDS[(at + 1) % len(KINDS)])

    def _show(self) -> None:
        number = self._line.locale().toString
        parts = []
        for words, goal, text in (
            (self._progress.session, self._settings.session_goal, self.tr("{0} of {1} now")),
            (self._progress.today, self._settings.daily_goal, self.tr("{0} of {1} today")),
        ):
            if goal:
                parts.append(text.format(number(max(0, words)), number(goal)))
        self._line.set_goal("  ·  ".join(parts))
