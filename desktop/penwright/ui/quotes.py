"""Which language's quotes and dashes straight ones become; the writer switches it on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from penwright.storage.settings import Settings
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.halves import Halves

OFF = "off"


class Quotes(QObject):
    """Adds the choice of a language, and has the keys of each half follow it.

    wish: keeps changed settings, by name, and has every window follow them.
    """

    def __init__(
        self, halves: Halves, commands: Commands, wish: Callable[..., None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._halves = halves
        self._language = ""
        self._kinds = commands.choices(
            Place.WRITE,
            "quotes",
            self.tr("&Quotes and Dashes"),
            {OFF: self.tr("&As Typed"), **self._languages()},
            lambda kind: wish(quotes=kind),
        )
        halves.each(self._set)

    def follow(self, settings: Settings) -> None:
        """Do as the settings say from now on."""
        self._kinds[settings.quotes].setChecked(True)
        self._language = "" if settings.quotes == OFF else settings.quotes
        for area in self._halves:
            self._set(area)

    def _set(self, area: WritingArea) -> None:
        area.markdown_keys.language = self._language

    def _languages(self) -> dict[str, str]:
        return {
            "en": self.tr("English: “ ” ‘ ’"),
            "en-gb": self.tr("British English: ‘ ’ “ ”"),
            "de": self.tr("German: „ “ ‚ ‘"),
            "de-ch": self.tr("Swiss German: « » ‹ ›"),
            "fr": self.tr("French: « » “ ”"),
            "es": self.tr("Spanish: « » “ ”"),
            "it": self.tr("Italian: « » “ ”"),
            "pt": self.tr("Portuguese: “ ” ‘ ’"),
            "nl": self.tr("Dutch: “ ” ‘ ’"),
            "pl": self.tr("Polish: „ ” ‚ ’"),
            "cs": self.tr("Czech: „ “ ‚ ‘"),
            "sv": self.tr("Swedish: ” ” ’ ’"),
            "da": self.tr("Danish: » « › ‹"),
            "ru": self.tr("Russian: « » „ “"),
            "zh": self.tr("Chinese: “ ” ‘ ’"),
            "ja": self.tr("Japanese: 「 」『 』"),
        }
