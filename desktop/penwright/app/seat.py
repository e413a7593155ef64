"""One window with all that belongs to it: where a window's features are built and joined.

A feature is an object of its own in ui/. It gets what it needs (the area, the panels' sides, the commands,
the notices) and adds its commands itself; neither the window nor the desk knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from penwright.app.keeping import Keeping
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.core.gate import Eagerness
from penwright.engine.api import Engine, Event
from penwright.storage.settings import Settings
from penwright.ui.calm import Calm
from penwright.ui.editor.area import WritingArea
from penwright.ui.exchange import Exchange
from penwright.ui.find_bar import FindBar
from penwright.ui.goals import Goals
from penwright.ui.model_room import ModelRoom
from penwright.ui.outline_panel import Outline
from penwright.ui.pages.printing import Printing
from penwright.ui.palette import Palette
from penwright.ui.pasting import Pasting
from penwright.ui.preferences import Preferences
from penwright.ui.progress import Progress
from penwright.ui.provisional import Provisional
from penwright.ui.quotes import Quotes
from penwright.ui.review import Review
from penwright.ui.rewriting import Rewriting
from penwright.ui.spelling import Spelling
from penwright.ui.spelling_room import SpellingRoom
from penwright.ui.split_view import SplitView
from penwright.ui.style_room import StyleRoom
from penwright.ui.styles import Parts, Styles
from penwright.ui.suggesting import Suggesting
from penwright.ui.suggestion_journal import Journal
from penwright.ui.theme import Themes
from penwright.ui.to_check import ToCheck
from penwright.ui.variants import Variants
from penwright.ui.whole_texts import WholeTexts
from penwright.ui.window import DeskWindow
from penwright.ui.writing_seat import WritingSeat


@dataclass(frozen=True)
class Shared:
    """What all windows of the program have in common.

    settings: the present ones. wish: keeps changed settings, by name, and has every window follow them.
    next_id: a number for a request that no other has. bring_in: imports a document in a window of its own.
    """

    folders: Folders
    catalogue: Catalogue
    themes: Themes
    engine: Engine
    writer: WritingSeat
    texts: WholeTexts
    styles: StyleRoom
    models: ModelRoom
    journal: Journal
    progress: Progress
    keeping: Keeping
    preferences: Preferences
    spelling: SpellingRoom
    settings: Callable[[], Settings]
    wish: Callable[..., None]
    next_id: Callable[[], int]
    bring_in: Callable[[Path], None]


class Seat(QObject):
    """A window, its suggestions, and its other features."""

    def __init__(self, shared: Shared) -> None:
        settings = shared.settings()
        documents = shared.keeping.documents
        self.window = DeskWindow(documents, shared.catalogue, shared.themes, typeface=settings.typeface)
        super().__init__(self.window)
        self._shared = shared
        self._second: Suggesting | None = None  # of the other half, while the window is split
        self.suggesting = Suggesting(self.window.area, shared.engine, shared.next_id)
        self.review = Review(self.window.halves, shared.themes, self.window.commands)
        self.to_check = ToCheck(
            self.window.halves, self.window.commands, self.window.notice, shared.catalogue
        )
        self.provisional = Provisional(
            self.window.halves,
            shared.texts,
            self.window.commands,
            self.window.notice,
            shared.catalogue,
            to_check=self.to_check,
        )
        self.window.foot.addWidget(self.provisional.bar)
        self.palette = Palette(self.window, self.window.commands, back_to=self.window.halves)
        self.rewriting = Rewriting(
            self.window.halves,
            shared.texts,
            self.review,
            self.window.notice,
            shared.catalogue,
            to_check=self.to_check,
            show_models=lambda: shared.models.show(self.window),
        )
        self.window.foot.addWidget(self.rewriting.bar)
        self.window.closed.connect(self.provisional.forget)
        self.window.closed.connect(self.rewriting.forget)
        self.variants = Variants(
            self.window.halves,
            shared.texts,
            self.rewriting,
            self.review,
            self.window.notice,
            catalogue=shared.catalogue,
        )
        self.window.closed.connect(self.variants.leave)
        self.styles = Styles(
            Parts(
                self.window,
                self.window.halves,
                self.window.sides,
                self.window.commands,
                self.palette,
                self.window.notice,
                self.provisional,
                self.rewriting,
                self.variants,
            ),
            shared.styles,
            shared.texts,
            shared.catalogue,
            themes=shared.themes,
            show_models=lambda: shared.models.show(self.window),
        )
        self.outline = Outline(self.window.halves, self.window.sides, self.window.commands, self.palette)
        self.find_bar = FindBar(self.window.halves, self.window.commands, shared.catalogue)
        self.window.foot.addWidget(self.find_bar)
        self.calm = Calm(self.window, self.window.halves, self.window.commands, self.palette, shared.wish)
        self.spelling = Spelling(
            self.window.halves,
            shared.spelling,
            self.window.commands,
            wish=shared.wish,
            say=self.window.show_notice,
            path=lambda: self.window.filing.path,
        )
        self.window.filing.changed.connect(self.spelling.words.keep)
        self.goals = Goals(
            window=self.window,
            area=self.window.area,
            line=self.window.status_line,
            commands=self.window.commands,
            progress=shared.progress,
            themes=shared.themes,
            wish=shared.wish,
        )
        self.quotes = Quotes(self.window.halves, self.window.commands, shared.wish, self)
        shared.keeping.join(self.window, self.review)
        self.pasting = Pasting(
            halves=self.window.halves,
            commands=self.window.commands,
            catalogue=shared.catalogue,
            path=lambda: self.window.filing.path,
            say=self.window.show_notice,
            parent=self,
        )
        self.window.closed.connect(self.pasting.wait)
        self.window.halves.came.connect(self._join_second)
        self.window.halves.going.connect(lambda _second: self._part_second())
        self.split = SplitView(
            halves=self.window.halves,
            sides=self.window.sides,
            commands=self.window.commands,
            parent=self,
        )
        self.printing = Printing(self.window, shared.catalogue, shared.themes)
        self.exchange = Exchange(self.window, shared.catalogue, shared.themes, shared.bring_in)
        shared.preferences.add_commands(self.window.commands, self.window)
        self._join()
        self.follow(settings)

    def receive(self, event: Event) -> None:
        """Take an event of an engine."""
        self.suggesting.receive(event)
        if self._second is not None:
            self._second.receive(event)

    def follow(self, settings: Settings) -> None:
        """Do as the settings say from now on."""
        window, suggesting = self.window, self.suggesting
        window.set_typeface(settings.typeface)
        self.calm.follow(settings)
        self.goals.follow(settings)
        self.quotes.follow(settings)
        for each in (suggesting, self._second):
            if each is not None:
                self._follow_suggesting(each, settings)
        window.set_suggestions(settings.suggestions)
        window.set_eagerness(settings.eagerness)
        window.set_banned(settings.banned_phrases)
        window.set_gpu(settings.gpu == "auto")
        self.spelling.follow(settings.spelling)

    def _follow_suggesting(self, suggesting: Suggesting, settings: Settings) -> None:
        suggesting.set_enabled(settings.suggestions)
        suggesting.set_eagerness(Eagerness[settings.eagerness.upper()])
        suggesting.set_banned(settings.banned_phrases)

    def _join_second(self, second: WritingArea) -> None:
        """Have suggestions in the second half of a split window too."""
        shared = self._shared
        suggesting = Suggesting(second, shared.engine, shared.next_id)
        self._follow_suggesting(suggesting, shared.settings())
        suggesting.flow.on_battery = self.suggesting.flow.on_battery
        suggesting.chosen.connect(self.window.status_line.set_choice)
        suggesting.told.connect(shared.journal.note)
        self._second = suggesting
        self.follow_writer()

    def _part_second(self) -> None:
        second, self._second = self._second, None
        if second is not None:
            second.set_enabled(False)  # what it has asked for is wanted no more

    def follow_writer(self) -> None:
        """Have the writing model asked for sentences, if there is one."""
        writer = self._shared.writer
        for each in (self.suggesting, self._second):
            if each is not None:
                each.set_writer(writer.engine if writer.taken else None)

    def _join(self) -> None:
        window, suggesting, shared = self.window, self.suggesting, self._shared
        shared.writer.happened.connect(self.receive)
        suggesting.chosen.connect(window.status_line.set_choice)
        suggesting.told.connect(shared.journal.note)
        window.log_wanted.connect(lambda: shared.journal.show(window))
        window.suggestions_toggled.connect(lambda wanted: self._wish(suggestions=wanted))
        window.eagerness_chosen.connect(lambda kind: self._wish(eagerness=kind))
        window.banned_chosen.connect(lambda phrases: self._wish(banned_phrases=phrases))
        window.typeface_chosen.connect(lambda face: self._wish(typeface=face))
        window.models_wanted.connect(lambda: shared.models.show(window))
        window.offer_line.wanted.connect(lambda: shared.models.show(window))
        window.offer_line.refused.connect(shared.models.refuse)
        window.offer_line.offer(shared.models.offer)
        self.follow_writer()

    def _wish(self, **changes: Any) -> None:
        self._shared.wish(**changes)
