"""The commands that every window has from the start; features add theirs to the same list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from penwright.ui.commands import Commands, Place
from penwright.ui.typeface import SANS, SERIF

if TYPE_CHECKING:
    from penwright.ui.window import DeskWindow

_Keys = QKeySequence.StandardKey
_REDO = ["Ctrl+Shift+Z", "Ctrl+Y"]  # what one learns elsewhere works on every platform


class Menus(QObject):
    """Adds the commands of `window` itself, and keeps what can't be done now grey."""

    def __init__(self, window: DeskWindow, commands: Commands) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
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

    def _file(self) -> None:
        window, add = self._window, self._commands.add
        add(Place.FILE, "new", self.tr("&New"), window.new, _Keys.New)
        add(Place.FILE, "open", self.tr("&Open…"), window.open, _Keys.Open)
        self._commands.separate(Place.FILE)
        add(Place.FILE, "save", self.tr("&Save"), window.filing.save, _Keys.Save)
        # Not every platform names a key for it.
        add(Place.FILE, "save_as", self.tr("Save &As…"), window.filing.save_as, "Ctrl+Shift+S")
        self._commands.separate(Place.FILE)
        add(Place.FILE, "close", self.tr("&Close"), window.close, "Ctrl+W")
        add(Place.FILE, "quit", self.tr("&Quit"), window.quit, "Ctrl+Q", role=QAction.MenuRole.QuitRole)

    def _edit(self) -> None:
        halves, add = self._window.halves, self._commands.add
        here = halves.here
        undo = add(Place.EDIT, "undo", self.tr("&Undo"), here(lambda area: area.undo()), _Keys.Undo)
        redo = add(Place.EDIT, "redo", self.tr("&Redo"), here(lambda area: area.redo()), _REDO)
        self._commands.separate(Place.EDIT)
        cut = add(Place.EDIT, "cut", self.tr("Cu&t"), here(lambda area: area.cut()), _Keys.Cut)
        copy = add(Place.EDIT, "copy", self.tr("&Copy"), here(lambda area: area.copy()), _Keys.Copy)
        add(Place.EDIT, "paste", self.tr("&Paste"), here(lambda area: area.paste()), _Keys.Paste)
        self._commands.separate(Place.EDIT)
        add(
            Place.EDIT,
            "select_all",
            self.tr("Select &All"),
            here(lambda area: area.selectAll()),
            _Keys.SelectAll,
        )
        for action in (undo, redo, cut, copy):
            action.setEnabled(False)
        halves.first.undoAvailable.connect(undo.setEnabled)
        halves.first.redoAvailable.connect(redo.setEnabled)

        def allow_copying() -> None:
            selected = halves.in_hand.textCursor().hasSelection()
            cut.setEnabled(selected)
            copy.setEnabled(selected)

        halves.each(lambda area: area.copyAvailable.connect(allow_copying))
        halves.turned.connect(allow_copying)

    def _view(self) -> None:
        window, add = self._window, self._commands.add
        here = window.halves.here
        faces = {SERIF: self.tr("&Serif"), SANS: self.tr("S&ans")}
        self._faces = self._commands.choices(
            Place.VIEW, "typeface", self.tr("&Typeface"), faces, window.choose_typeface
        )
        self.show_typeface(window.area.typeface)
        self._commands.separate(Place.VIEW)
        # "=" is where "+" lies on many keyboards, without Shift.
        add(
            Place.VIEW,
            "zoom_in",
            self.tr("Zoom &In"),
            here(lambda area: area.zoom_by(1)),
            ["Ctrl++", "Ctrl+="],
        )
        add(Place.VIEW, "zoom_out", self.tr("Zoom &Out"), here(lambda area: area.zoom_by(-1)), _Keys.ZoomOut)
        add(Place.VIEW, "full_size", self.tr("&Actual Size"), here(lambda area: area.set_zoom(100)), "Ctrl+0")
        self._commands.separate(Place.VIEW)
        add(Place.VIEW, "full_screen", self.tr("&Full Screen"), window.toggle_full_screen, "F11")

    def _suggestions(self) -> None:
        window, add = self._window, self._commands.add
        here, place = window.halves.here, Place.SUGGESTIONS
        add(
            place,
            "now",
            self.tr("Suggest &Now"),
            here(lambda area: area.suggestion_asked.emit()),
            "Ctrl+Space",
        )
        add(
            place,
            "continue",
            self.tr("&Continue the Text"),
            here(lambda area: area.continuation_asked.emit()),
            ["Ctrl+Return", "Ctrl+Enter"],
        )
        add(place, "next", self.tr("&Another"), here(lambda area: area.turn_asked.emit(1)), "Alt+]")
        add(
            place,
            "previous",
            self.tr("The One &Before"),
            here(lambda area: area.turn_asked.emit(-1)),
            "Alt+[",
        )
        add(place, "read_out", self.tr("&Read It Out"), here(lambda area: area.reading_asked.emit()), "Alt+/")
        self._commands.separate(place)
        self.suggest_while_typing = self._commands.toggle(
            place, "typing", self.tr("Suggest While &Typing"), window.suggestions_toggled.emit, on=True
        )
        self._eagerness = self._commands.choices(
            place,
            "eagerness",
            self.tr("&How Readily"),
            {
                "quiet": self.tr("&Quiet: Only When Very Sure"),
                "normal": self.tr("&Normal"),
                "eager": self.tr("&Eager: More, and More Often Wrong"),
            },
            window.eagerness_chosen.emit,
        )
        self.show_eagerness("normal")
        add(place, "banned", self.tr("&Phrases Never to Suggest…"), window.banned_wanted.emit)
        add(place, "log", self.tr("Suggestion &Log…"), window.log_wanted.emit)

    def _model(self) -> None:
        window, add, place = self._window, self._commands.add, Place.MODEL
        add(place, "models", self.tr("&Models…"), window.models_wanted.emit)
        add(place, "file", self.tr("Use a Model &File…"), window.choose_model)
        add(place, "starter", self.tr("Use the &Starter"), lambda: window.model_chosen.emit(None))
        self._commands.separate(place)
        add(place, "writing", self.tr("Writing Mo&del…"), window.choose_writing_model)
        add(
            place,
            "no_writing",
            self.tr("&No Writing Model"),
            lambda: window.writing_model_chosen.emit(None),
        )
        self._commands.separate(place)
        self.use_gpu = self._commands.toggle(
            place, "gpu", self.tr("Use &Graphics Cards"), window.gpu_toggled.emit, on=True
        )
        self.where_it_runs = add(place, "where", self.tr("&Where the Model Runs"), window.show_placement)

    def _help(self) -> None:
        words = self.tr("&About Penwright")
        self._commands.add(Place.HELP, "about", words, self._window.about, role=QAction.MenuRole.AboutRole)
