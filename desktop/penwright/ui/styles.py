"""Styles in one window: the panel, the menu of rewriting, the palette; from the form to the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.core.checking import Finding, marks
from penwright.core.composition import Job
from penwright.core.continuing import joined, language_of
from penwright.core.prompt import filled, job
from penwright.core.styles import Style
from penwright.ui.commands import Commands, Place
from penwright.ui.dialogs.style_editor import StyleEditor
from penwright.ui.halves import Halves
from penwright.ui.notice import NoticeBar
from penwright.ui.palette import Entry, Palette
from penwright.ui.provisional import Provisional
from penwright.ui.rewriting import Rewriting, Task
from penwright.ui.sides import Side, Sides
from penwright.ui.style_panel import StylePanel
from penwright.ui.style_room import StyleRoom
from penwright.ui.theme import Themes
from penwright.ui.variants import Variants
from penwright.ui.whole_texts import WholeTexts

_BEFORE, _AFTER = 3000, 600  # characters around the caret that a style for going on gets to see


class Parts(NamedTuple):
    """What the styles of a window need of it."""

    window: QWidget
    halves: Halves
    sides: Sides
    commands: Commands
    palette: Palette
    notices: NoticeBar
    provisional: Provisional
    rewriting: Rewriting
    variants: Variants


class Styles(QObject):
    """One window's styles."""

    def __init__(
        self,
        parts: Parts,
        room: StyleRoom,
        texts: WholeTexts,
        catalogue: Catalogue,
        *,
        themes: Themes,
        show_models: Callable[[], None],
    ) -> None:
        super().__init__(parts.window)
        self._parts = parts
        self.room = room
        self._texts = texts
        self._catalogue = catalogue
        self._themes = themes
        self._wanted = ""  # the style to open once styles have been read
        panel = self.panel = StylePanel(parts.sides)
        panel.hide()
        panel.chosen.connect(self.open)
        panel.dropped.connect(self.bring_in)
        panel.bringing_asked.connect(self._ask_for_file)
        panel.taking_asked.connect(self._ask_where_to)
        panel.removing_asked.connect(room.remove)
        panel.form.asked.connect(self.write)
        panel.form.models_asked.connect(show_models)
        panel.form.editing_asked.connect(self.edit)
        panel.form.favoured.connect(lambda each, on: room.mark(each, favourite=on))
        room.changed.connect(self._show)
        room.trouble.connect(parts.notices.say)
        parts.palette.add_source(self._entries)
        self._add_commands(parts.commands)

    def open_panel(self) -> None:
        """Show the panel, or take it away."""
        self.room.look()
        self._show()
        if self._parts.sides.shown(Side.RIGHT) is not self.panel:
            self.panel.show_list()
        self._parts.sides.toggle_panel(Side.RIGHT, self.panel)

    def open(self, identifier: str) -> None:
        """Show the form of a style."""
        style = self._found(identifier, "form")
        if style is None:
            return
        form = self.panel.form
        form.show_style(
            style,
            self._language(style),
            favourite=style.id in self.room.favourites,
            able=self._texts.follows_instructions or style.kind == "continue",
        )
        self.panel.show_form()
        self._parts.sides.show_panel(Side.RIGHT, self.panel)

    def run(self, identifier: str) -> None:
        """Rewrite what is selected in a style with its usual values; one that needs more shows its form."""
        style = self._found(identifier, "run")
        if style is not None:
            self.write(style, {}, self.room.language)

    def write(
        self, style: Style, values: dict[str, str], language: str, several: bool = False
    ) -> None:  # several comes from a signal
        """Have a text written, or what is selected rewritten."""
        try:
            filled(style, values | dict.fromkeys(style.given[:1], "-"), language)
        except PenwrightError as error:
            if self._parts.sides.shown(Side.RIGHT) is not self.panel or self.panel.currentIndex() == 0:
                self.open(style.id)
            self.panel.form.show_fault(self._catalogue.sentence(error))
            return
        self.room.use(style.id)
        if style.kind == "rewrite":
            begun = self._rewrite(style, values, several=several)
        else:
            begun = self._write(style, values, language)
        if begun:
            self._parts.sides.hide_panel(Side.RIGHT)
            variants = self._parts.variants
            if variants.active:
                variants.page.setFocus()
            else:
                self._parts.halves.take_keys()

    def bring_in(self, path: Path) -> None:
        """Bring a style's file in, and show its form; before one is replaced, that is asked."""

        def show(style: Style) -> None:
            self.open(style.id)

        def ask(sentence: str) -> None:
            self._parts.notices.say(
                sentence, [(self.tr("Re&place It"), lambda: self.room.bring_in(path, show))]
            )

        self.room.bring_in(path, show, ask)

    def edit(self, identifier: str) -> None:
        """Show a style's file beside the prompt that comes of it; what is kept is the user's own."""

        def show(text: str) -> None:
            editor = StyleEditor(identifier, text, self._themes, self._catalogue, self._parts.window)
            editor.kept.connect(
                lambda kept, changed: self.room.save(kept, changed, lambda style: self.open(style.id))
            )
            editor.show()

        self.room.text(identifier, show)

    def _rewrite(self, style: Style, values: dict[str, str], *, several: bool) -> bool:
        def make(text: str, before: str, after: str) -> Job:
            given = values | {"text": text, "before": before, "after": after}
            return job(style, given, language_of(text))

        def look(old: str, new: str) -> Sequence[Finding]:
            language = language_of(old)
            return marks(style, filled(style, values | {"text": old}, language), new, language)

        task = Task(self.room.name(style), make, look)
        return self._parts.variants.begin(task) if several else self._parts.rewriting.begin(task)

    def _write(self, style: Style, values: dict[str, str], language: str) -> bool:
        around = self._parts.halves.in_hand.snapshot()
        given = dict(values)
        if style.kind == "continue":
            if not around.before.strip():
                words = self.tr("Write a few words first: there is nothing yet to go on with.")
                self._parts.notices.say(words)
                return False
            given |= {"before": around.before[-_BEFORE:], "after": around.after[:_AFTER]}
            language = language_of(around.before)
        return self._parts.provisional.begin(
            lambda: job(style, given, language),
            lambda text: joined(around.before, text),
            lambda text: marks(style, filled(style, given, language), text, language),
        )

    def _found(self, identifier: str, then: str) -> Style | None:
        """Return the style; where styles have not been read yet, do that first, and come back."""
        style = self.room.style(identifier)
        if style is None and not self.room.read:
            self._wanted = f"{then} {identifier}"
            self.room.look()
        return style

    def _language(self, style: Style) -> str:
        """Return the language that a text of this style is likely wanted in: that of the text around."""
        before = self._parts.halves.in_hand.snapshot().before
        return style.language(language_of(before) if before.strip() else self.room.language)

    def _show(self) -> None:
        room = self.room
        self.panel.show_styles(room.styles, room.language, room.favourites, room.recent)
        if self._wanted and room.read:
            then, _, identifier = self._wanted.partition(" ")
            self._wanted = ""
            (self.run if then == "run" else self.open)(identifier)

    def _entries(self) -> Iterable[Entry]:
        if not self.room.read:
            self.room.look()  # for the next time
        for style in self.room.styles:
            words = self.tr("Style: {0}").format(self.room.name(style))
            yield Entry(words, "", partial(self.open, style.id))

    def _ask_for_file(self) -> None:
        kinds = self.tr("Styles (*.toml)")
        chosen, _kind = QFileDialog.getOpenFileName(self._parts.window, self.tr("Import a Style"), "", kinds)
        if chosen:
            self.bring_in(Path(chosen))

    def _ask_where_to(self, identifier: str) -> None:
        kinds = self.tr("Styles (*.toml)")
        chosen, _kind = QFileDialog.getSaveFileName(
            self._parts.window, self.tr("Export the Style"), f"{identifier}.toml", kinds
        )
        if chosen:
            said = self.tr("The style is in {0}.").format(Path(chosen).name)
            self.room.take_out(identifier, Path(chosen), lambda _none: self._parts.notices.say(said))

    def _add_commands(self, commands: Commands) -> None:
        commands.separate(Place.WRITE)
        commands.add(Place.WRITE, "styles", self.tr("St&yles…"), self.open_panel, "Ctrl+Shift+Y")
        below = commands.submenu(Place.WRITE, self.tr("&Rewrite"))
        titles = {
            "fix-spelling": self.tr("Fix &Spelling and Grammar Only"),
            "shorten": self.tr("Make It S&horter"),
            "expand": self.tr("E&xpand It"),
            "simplify": self.tr("Make It S&impler"),
            "more-formal": self.tr("Make It &More Formal"),
            "friendlier": self.tr("Make It &Friendlier"),
            "more-vivid": self.tr("Make It More &Vivid"),
            "active-voice": self.tr("Put It into the &Active Voice"),
        }
        for identifier, title in titles.items():
            action = commands.add(
                Place.WRITE, f"rewrite.{identifier}", title, partial(self.run, identifier), within=below
            )
            action.setToolTip(title)
        below.addSeparator()
        for identifier, title, keys in (
            ("translate", self.tr("&Translate…"), None),
            ("own-instruction", self.tr("Rewrite As I &Say…"), "Ctrl+Shift+R"),
        ):
            commands.add(
                Place.WRITE,
                f"rewrite.{identifier}",
                title,
                partial(self.open, identifier),
                keys,
                within=below,
            )
