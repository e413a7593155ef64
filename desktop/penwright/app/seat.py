"""One window with all that belongs to it: where a window's features are built and joined.

A feature is an object of its own in ui/, built once the page can be written in. It gets what it needs (the
area, the panels' sides, the commands, the notices) and adds its commands itself; neither the window nor the
desk knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from penwright.app.returning import Returning
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders
from penwright.core.gate import Eagerness
from penwright.engine.api import Engine, Event
from penwright.storage.settings import Settings
from penwright.ui.calm import Calm
from penwright.ui.dialogs.banned_phrases import BannedPhrases
from penwright.ui.editor.area import WritingArea
from penwright.ui.exchange import Exchange
from penwright.ui.find_bar import FindBar
from penwright.ui.furnishing import Steps
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
    returning: Returning
    preferences: Preferences
    spelling: SpellingRoom
    settings: Callable[[], Settings]
    wish: Callable[..., None]
    next_id: Callable[[], int]
    bring_in: Callable[[Path], None]


class Seat(QObject):
    """A window's suggestions and its other features; `furnish` builds them."""

    def __init__(self, window: DeskWindow, shared: Shared) -> None:
        super().__init__(window)
        self.window = window
        self._shared = shared
        self._second: Suggesting | None = None  # of the other half, while the window is split

    def furnish(self) -> Steps:
        """Build the features one after the other, and join them to the window."""
        self.suggesting = Suggesting(self.window.area, self._shared.engine, self._shared.next_id)
        self._follow_suggesting(self.suggesting, self._shared.settings())
        self._join()
        yield
        yield from self._furnish_writing()
        yield from self._furnish_page()
        yield from self._furnish_documents()
        self.follow(self._shared.settings())
        yield

    def _furnish_writing(self) -> Steps:
        """Build what an engine writes with."""
        shared, window = self._shared, self.window
        halves, commands, catalogue = window.halves, window.commands, shared.catalogue
        self.review = Review(halves, shared.themes, commands)
        yield
        self.to_check = ToCheck(halves, commands, window.notice, catalogue)
        yield
        self.provisional = Provisional(
            halves, shared.texts, commands, window.notice, catalogue, to_check=self.to_check
        )
        window.foot.addWidget(self.provisional.bar)
        window.closed.connect(self.provisional.forget)
        yield
        self.palette = Palette(window, commands, back_to=halves)
        yield
        self.rewriting = Rewriting(
            halves,
            shared.texts,
            self.review,
            window.notice,
            catalogue,
            to_check=self.to_check,
            show_models=self._show_models,
        )
        window.foot.addWidget(self.rewriting.bar)
        window.closed.connect(self.rewriting.forget)
        yield
        self.variants = Variants(
            halves, shared.texts, self.rewriting, self.review, window.notice, catalogue=catalogue
        )
        window.closed.connect(self.variants.leave)
        yield
        self.styles = Styles(
            Parts(
                window,
                halves,
                window.sides,
                commands,
                self.palette,
                window.notice,
                self.provisional,
                self.rewriting,
                self.variants,
            ),
            shared.styles,
            shared.texts,
            catalogue,
            themes=shared.themes,
            show_models=self._show_models,
        )
        yield

    def _furnish_page(self) -> Steps:
        """Build what finds one's way and marks the page."""
        shared, window = self._shared, self.window
        halves, commands, catalogue = window.halves, window.commands, shared.catalogue
        self.outline = Outline(halves, window.sides, commands, self.palette)
        yield
        self.find_bar = FindBar(halves, commands, catalogue)
        window.foot.addWidget(self.find_bar)
        yield
        self.calm = Calm(window, halves, commands, self.palette, shared.wish)
        yield
        self.spelling = Spelling(
            halves,
            shared.spelling,
            commands,
            wish=shared.wish,
            say=window.show_notice,
            path=lambda: window.filing.path,
        )
        window.filing.changed.connect(self.spelling.words.keep)
        yield
        self.goals = Goals(
            window=window,
            area=window.area,
            line=window.status_line,
            commands=commands,
            progress=shared.progress,
            themes=shared.themes,
            wish=shared.wish,
        )
        self.quotes = Quotes(halves, commands, shared.wish, self)
        yield

    def _furnish_documents(self) -> Steps:
        """Build what brings texts in, out and back."""
        shared, window = self._shared, self.window
        halves, commands, catalogue = window.halves, window.commands, shared.catalogue
        shared.returning.join(window, self.review)
        yield
        self.pasting = Pasting(
            halves=halves,
            commands=commands,
            catalogue=catalogue,
            path=lambda: window.filing.path,
            say=window.show_notice,
            parent=self,
        )
        window.closed.connect(self.pasting.wait)
        yield
        halves.came.connect(self._join_second)
        halves.going.connect(lambda _second: self._part_second())
        self.split = SplitView(halves=halves, sides=window.sides, commands=commands, parent=self)
        yield
        self.printing = Printing(window, catalogue, shared.themes)
        yield
        self.exchange = Exchange(window, catalogue, shared.themes, shared.bring_in)
        yield
        shared.preferences.add_commands(commands, window)
        yield

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
        window.banned_wanted.connect(self._show_banned)
        window.typeface_chosen.connect(lambda face: self._wish(typeface=face))
        window.models_wanted.connect(self._show_models)
        window.offer_line.wanted.connect(self._show_models)
        window.offer_line.refused.connect(shared.models.refuse)
        window.offer_line.offer(shared.models.offer)
        self.follow_writer()

    def _show_models(self) -> None:
        self._shared.models.show(self.window)

    def _show_banned(self) -> None:
        """Show the phrases that are never suggested, to be changed."""
        shared = self._shared
        dialog = BannedPhrases(shared.settings().banned_phrases, shared.themes, self.window)
        dialog.chosen.connect(lambda phrases: self._wish(banned_phrases=phrases))
        dialog.show()

    def _wish(self, **changes: Any) -> None:
        self._shared.wish(**changes)
