"""What a window can be told to do: one list, from which its menus and its palette are made."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

Keys = QKeySequence.StandardKey | str | list[str] | None


class Place(Enum):
    """The menus, from left to right."""

    FILE = "file"
    EDIT = "edit"
    VIEW = "view"
    GO = "go"
    WRITE = "write"
    SUGGESTIONS = "suggestions"
    MODEL = "model"
    HELP = "help"


class Commands(QObject):
    """A window's commands. A command is a QAction whose objectName is its id, such as "file.save".

    Any feature may add its own; a menu without commands is not seen. Ids are unique, and stay as they are:
    changed keys and recent commands are kept by them.
    """

    def __init__(self, bar: QMenuBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._menus: dict[Place, QMenu] = {}
        self._actions: dict[str, QAction] = {}
        self._titles: dict[str, str] = {}
        for place, title in self._places().items():
            menu = bar.addMenu(title)
            assert menu is not None
            menu.menuAction().setVisible(False)
            self._menus[place] = menu

    def add(
        self,
        place: Place,
        name: str,
        words: str,
        act: Callable[[], object],
        keys: Keys = None,
        *,
        before: str = "",
        within: QMenu | None = None,
        role: QAction.MenuRole = QAction.MenuRole.NoRole,
    ) -> QAction:
        """Add a command at a menu's end, before another one of that menu, or in a menu within it.

        name: its id within the menu. words: with "&" before the letter that chooses it. keys: a standard
        key, or one or several sequences.
        """
        action = self._make(place, f"{place.value}.{name}", words, act, keys)
        action.setMenuRole(role)
        menu = self._menus[place]
        if within is not None:
            within.addAction(action)
        elif before:
            menu.insertAction(self[f"{place.value}.{before}"], action)
        else:
            menu.addAction(action)
        return action

    def toggle(
        self,
        place: Place,
        name: str,
        words: str,
        follow: Callable[[bool], object],
        keys: Keys = None,
        *,
        on: bool = False,
        within: QMenu | None = None,
    ) -> QAction:
        """Add a command that is on or off; `follow` hears which when it is chosen, not when it is set."""
        action = self.add(place, name, words, lambda: follow(action.isChecked()), keys, within=within)
        action.setCheckable(True)
        action.setChecked(on)
        return action

    def choices(
        self, place: Place, name: str, title: str, kinds: dict[str, str], choose: Callable[[str], object]
    ) -> dict[str, QAction]:
        """Add a menu within a menu, of which one entry is marked; return its commands by kind."""
        below = self.submenu(place, title)
        group = QActionGroup(self)
        entries = {}
        for kind, words in kinds.items():
            entry = self._make(place, f"{place.value}.{name}.{kind}", words, partial(choose, kind), None)
            self._titles[entry.objectName()] = f"{_plain(title)}: {_plain(words)}"
            entry.setCheckable(True)
            group.addAction(entry)
            below.addAction(entry)
            entries[kind] = entry
        return entries

    def submenu(self, place: Place, title: str) -> QMenu:
        """Add an empty menu within a menu, for what is no command, such as recent texts."""
        below = self._menus[place].addMenu(title)
        assert below is not None
        self._menus[place].menuAction().setVisible(True)
        return below

    def separate(self, place: Place, before: str = "") -> None:
        """Draw a line at a menu's end, or before one of its commands."""
        menu = self._menus[place]
        if before:
            menu.insertSeparator(self[f"{place.value}.{before}"])
        else:
            menu.addSeparator()

    def all(self) -> tuple[QAction, ...]:
        """Return every command, in the order in which they were added."""
        return tuple(self._actions.values())

    def title(self, action: QAction) -> str:
        """Return what a command is called outside its menu: plain words, without "&" and "…"."""
        return self._titles.get(action.objectName()) or _plain(action.text())

    def __getitem__(self, identifier: str) -> QAction:
        return self._actions[identifier]

    def _make(
        self, place: Place, identifier: str, words: str, act: Callable[[], object], keys: Keys
    ) -> QAction:
        if identifier in self._actions:
            raise ValueError(f"two commands are called {identifier}")
        action = QAction(words, self)
        action.setObjectName(identifier)
        if isinstance(keys, QKeySequence.StandardKey):
            action.setShortcuts(keys)
        elif isinstance(keys, list):
            action.setShortcuts([QKeySequence(one) for one in keys])
        elif keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: act())
        self._actions[identifier] = action
        self._menus[place].menuAction().setVisible(True)
        return action

    def _places(self) -> dict[Place, str]:
        return {
            Place.FILE: self.tr("&File"),
            Place.EDIT: self.tr("&Edit"),
            Place.VIEW: self.tr("&View"),
            Place.GO: self.tr("&Go"),
            Place.WRITE: self.tr("&Write"),
            Place.SUGGESTIONS: self.tr("&Suggestions"),
            Place.MODEL: self.tr("&Model"),
            Place.HELP: self.tr("&Help"),
        }


def _plain(words: str) -> str:
    return words.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")
