"""The menu bar of a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from penwright.ui.typeface import SANS, SERIF

if TYPE_CHECKING:
    from penwright.ui.window import DeskWindow

_Keys = QKeySequence.StandardKey


class Menus(QObject):
    """Makes the menus of `window`, and keeps what can't be done now grey."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._bar = window.menuBar()
        self._file()
        self._edit()
        self._view()
        self._suggestions()
        self._model()
        self._help()

    def show_typeface(self, kind: str) -> None:
        """Mark the typeface in use."""
        self._faces[kind].setChecked(True)

    def show_suggestions(self, wanted: bool) -> None:
        """Mark whether suggestions come while typing."""
        self.suggest_while_typing.setChecked(wanted)

    def show_eagerness(self, kind: str) -> None:
        """Mark how readily suggestions come."""
        self._eagerness[kind].setChecked(True)

    def show_gpu(self, wanted: bool) -> None:
        """Mark whether graphics cards are used."""
        self.use_gpu.setChecked(wanted)

    def _menu(self, title: str) -> QMenu:
        menu = self._bar.addMenu(title)
        assert menu is not None
        return menu

    def _add(
        self,
        menu: QMenu,
        words: str,
        act: Callable[[], object],
        keys: _Keys | str | list[str] | None = None,
        role: QAction.MenuRole = QAction.MenuRole.NoRole,
    ) -> QAction:
        action = QAction(words, self)
        action.setMenuRole(role)
        if isinstance(keys, _Keys):
            action.setShortcuts(keys)
        elif isinstance(keys, list):
            action.setShortcuts([QKeySequence(one) for one in keys])
        elif keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: act())
        menu.addAction(action)
        return action

    def _choices(
        self, menu: QMenu, title: str, kinds: dict[str, str], choose: Callable[[str], object]
    ) -> dict[str, QAction]:
        """Add a menu of which one entry is marked; return its entries by kind."""
        below = menu.addMenu(title)
        assert below is not None
        group = QActionGroup(self)
        entries = {}
        for kind, words in kinds.items():
            entries[kind] = entry = self._add(below, words, partial(choose, kind))
            entry.setCheckable(True)
            group.addAction(entry)
        return entries

    def _file(self) -> None:
        window, menu = self._window, self._menu(self.tr("&File"))
        self._add(menu, self.tr("&New"), window.new, _Keys.New)
        self._add(menu, self.tr("&Open…"), window.open, _Keys.Open)
        menu.addSeparator()
        self._add(menu, self.tr("&Save"), window.filing.save, _Keys.Save)
        # Not every platform names a key for it.
        self._add(menu, self.tr("Save &As…"), window.filing.save_as, "Ctrl+Shift+S")
        menu.addSeparator()
        self._add(menu, self.tr("&Close"), window.close, "Ctrl+W")
        self._add(menu, self.tr("&Quit"), window.quit, "Ctrl+Q", QAction.MenuRole.QuitRole)

    def _edit(self) -> None:
        area, menu = self._window.area, self._menu(self.tr("&Edit"))
        undo = self._add(menu, self.tr("&Undo"), area.undo, _Keys.Undo)
        redo = self._add(menu, self.tr("&Redo"), area.redo, _Keys.Redo)
        menu.addSeparator()
        cut = self._add(menu, self.tr("Cu&t"), area.cut, _Keys.Cut)
        copy = self._add(menu, self.tr("&Copy"), area.copy, _Keys.Copy)
        self._add(menu, self.tr("&Paste"), area.paste, _Keys.Paste)
        menu.addSeparator()
        self._add(menu, self.tr("Select &All"), area.selectAll, _Keys.SelectAll)
        for action, available in (
            (undo, area.undoAvailable),
            (redo, area.redoAvailable),
            (cut, area.copyAvailable),
            (copy, area.copyAvailable),
        ):
            action.setEnabled(False)
            available.connect(action.setEnabled)

    def _view(self) -> None:
        window, menu = self._window, self._menu(self.tr("&View"))
        faces = {SERIF: self.tr("&Serif"), SANS: self.tr("S&ans")}
        self._faces = self._choices(menu, self.tr("&Typeface"), faces, window.choose_typeface)
        self.show_typeface(window.area.typeface)
        menu.addSeparator()
        # "=" is where "+" lies on many keyboards, without Shift.
        self._add(menu, self.tr("Zoom &In"), lambda: window.area.zoom_by(1), ["Ctrl++", "Ctrl+="])
        self._add(menu, self.tr("Zoom &Out"), lambda: window.area.zoom_by(-1), _Keys.ZoomOut)
        self._add(menu, self.tr("&Actual Size"), lambda: window.area.set_zoom(100), "Ctrl+0")
        menu.addSeparator()
        self._add(menu, self.tr("&Full Screen"), window.toggle_full_screen, "F11")

    def _suggestions(self) -> None:
        window, menu = self._window, self._menu(self.tr("&Suggestions"))
        area = window.area
        self._add(menu, self.tr("Suggest &Now"), area.suggestion_asked.emit, "Ctrl+Space")
        self._add(
            menu, self.tr("&Continue the Text"), area.continuation_asked.emit, ["Ctrl+Return", "Ctrl+Enter"]
        )
        self._add(menu, self.tr("&Another"), lambda: area.turn_asked.emit(1), "Alt+]")
        self._add(menu, self.tr("The One &Before"), lambda: area.turn_asked.emit(-1), "Alt+[")
        self._add(menu, self.tr("&Read It Out"), area.reading_asked.emit, "Alt+/")
        menu.addSeparator()
        self.suggest_while_typing = self._add(
            menu,
            self.tr("Suggest While &Typing"),
            lambda: window.suggestions_toggled.emit(self.suggest_while_typing.isChecked()),
        )
        self.suggest_while_typing.setCheckable(True)
        self.suggest_while_typing.setChecked(True)
        self._eagerness = self._choices(
            menu,
            self.tr("&How Readily"),
            {
                "quiet": self.tr("&Quiet: Only When Very Sure"),
                "normal": self.tr("&Normal"),
                "eager": self.tr("&Eager: More, and More Often Wrong"),
            },
            window.eagerness_chosen.emit,
        )
        self.show_eagerness("normal")
        self._add(menu, self.tr("&Phrases Never to Suggest…"), window.choose_banned)
        self._add(menu, self.tr("Suggestion &Log…"), window.log_wanted.emit)

    def _model(self) -> None:
        window, menu = self._window, self._menu(self.tr("&Model"))
        self._add(menu, self.tr("&Models…"), window.models_wanted.emit)
        self._add(menu, self.tr("Use a Model &File…"), window.choose_model)
        self._add(menu, self.tr("Use the &Starter"), lambda: window.model_chosen.emit(None))
        menu.addSeparator()
        self._add(menu, self.tr("Writing Mo&del…"), window.choose_writing_model)
        self._add(menu, self.tr("&No Writing Model"), lambda: window.writing_model_chosen.emit(None))
        menu.addSeparator()
        self.use_gpu = self._add(
            menu,
            self.tr("Use &Graphics Cards"),
            lambda: window.gpu_toggled.emit(self.use_gpu.isChecked()),
        )
        self.use_gpu.setCheckable(True)
        self.use_gpu.setChecked(True)
        self.where_it_runs = self._add(menu, self.tr("&Where the Model Runs"), window.show_placement)

    def _help(self) -> None:
        menu = self._menu(self.tr("&Help"))
        self._add(menu, self.tr("&About Penwright"), self._window.about, None, QAction.MenuRole.AboutRole)
