"""How the sheet is set and how quiet the window is: focus, typewriter, size, measure, font, full screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCursor, QEnterEvent, QFontDatabase
from PySide6.QtWidgets import QMainWindow, QWidget

from penwright.storage.settings import Settings
from penwright.ui.commands import Commands, Place
from penwright.ui.editor.area import WritingArea
from penwright.ui.focus import OFF, PARAGRAPH, SENTENCE, Focus
from penwright.ui.halves import Halves
from penwright.ui.palette import Entry, Palette
from penwright.ui.typewriter import Typewriter

MEASURES = (56, 64, 70, 78, 90)  # characters in a line
_LOOK_MS = 300  # between two looks whether the pointer has left them
_QWIDGETSIZE_MAX = 16777215
_EDGE = 3  # pixels at the top of a full screen, where the pointer calls the menus


class Calm(QObject):
    """Adds the commands of the sheet's look, and does as the settings say.

    wish: keeps changed settings, by name, and has every window follow them.
    """

    def __init__(
        self,
        window: QMainWindow,
        halves: Halves,
        commands: Commands,
        palette: Palette,
        wish: Callable[..., None],
    ) -> None:
        super().__init__(window)
        self._halves, self._palette, self._wish = halves, palette, wish
        self._calmed: dict[WritingArea, tuple[Focus, Typewriter]] = {}
        self._settings = Settings()
        self._last_focus = SENTENCE
        self._following = False
        halves.each(self._join)
        halves.going.connect(self._part)
        self._add(commands)
        self._quiet = QuietScreen(window, self)

    @property
    def focus(self) -> Focus:
        """The focus of the half in hand."""
        return self._calmed[self._halves.in_hand][0]

    @property
    def typewriter(self) -> Typewriter:
        """The typewriter scrolling of the half in hand."""
        return self._calmed[self._halves.in_hand][1]

    def follow(self, settings: Settings) -> None:
        """Do as the settings say from now on."""
        self._settings = settings
        for area in self._halves:
            self._set(area)
        self._focuses[settings.focus].setChecked(True)
        self._typewriting.setChecked(settings.typewriter)
        nearest = min(MEASURES, key=lambda each: abs(each - settings.measure))
        self._measures[str(nearest)].setChecked(True)
        if settings.focus != OFF:
            self._last_focus = settings.focus

    def _join(self, area: WritingArea) -> None:
        self._calmed[area] = (Focus(area, area), Typewriter(area, area))
        self._set(area)
        area.zoomed.connect(self._keep_zoom)

    def _part(self, area: WritingArea) -> None:
        del self._calmed[area]

    def _set(self, area: WritingArea) -> None:
        """Have a sheet look as the settings say."""
        settings, (focus, typewriter) = self._settings, self._calmed[area]
        self._following = True
        area.set_family(settings.font or "")
        area.set_measure(settings.measure)
        area.set_zoom(settings.zoom)
        self._following = False
        focus.set_kind(settings.focus)
        typewriter.set_on(settings.typewriter)

    def _keep_zoom(self, percent: int) -> None:
        if not self._following:
            self._wish(zoom=percent)

    def _turn_focus(self) -> None:
        self._wish(focus=self._last_focus if self._settings.focus == OFF else OFF)

    def _choose_font(self) -> None:
        """Have one of the installed families chosen, by some letters of its name."""
        families = [one for one in QFontDatabase.families() if QFontDatabase.isSmoothlyScalable(one)]
        usual = Entry(self.tr("The typeface's usual font"), "", partial(self._wish, font=None))
        chosen = self.tr("in use")
        self._palette.ask(
            self.tr("Which font?"),
            [
                usual,
                *(
                    Entry(one, chosen if one == self._settings.font else "", partial(self._wish, font=one))
                    for one in families
                    if not one.startswith(".")
                ),
            ],
        )

    def _add(self, commands: Commands) -> None:
        place = Place.VIEW
        commands.add(place, "font", self.tr("F&ont…"), self._choose_font, before="zoom_in")
        commands.separate(place)
        measures = {str(each): self.tr("{0} characters").format(each) for each in MEASURES}
        self._measures = commands.choices(
            place, "measure", self.tr("&Line Length"), measures, lambda kind: self._wish(measure=int(kind))
        )
        kinds = {
            OFF: self.tr("&Off"),
            SENTENCE: self.tr("&Sentence"),
            PARAGRAPH: self.tr("&Paragraph"),
        }
        commands.add(place, "turn_focus", self.tr("Focus On or O&ff"), self._turn_focus, "Ctrl+Shift+F")
        self._focuses = commands.choices(
            place, "focus", self.tr("Fo&cus"), kinds, lambda kind: self._wish(focus=kind)
        )
        self._typewriting = commands.toggle(
            place,
            "typewriter",
            self.tr("Type&writer Scrolling"),
            lambda wanted: self._wish(typewriter=wanted),
            "Ctrl+Shift+T",
        )


class QuietScreen(QObject):
    """Takes the menu bar away in full screen; the pointer at the upper edge calls it back.

    It is only made flat: a hidden menu bar's keys would do nothing.
    """

    def __init__(self, window: QMainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._edge = _Edge(window, self._call)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._bar = window.menuBar()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's state and size."""
        kind = event.type()
        if kind == QEvent.Type.WindowStateChange and watched is self._window:
            self._flatten(self._window.isFullScreen())
        elif kind == QEvent.Type.Resize and watched is self._window:
            self._edge.setGeometry(0, 0, self._window.width(), _EDGE)
            self._edge.raise_()
        return super().eventFilter(watched, event)

    def _call(self) -> None:
        self._flatten(False)
        self._timer.start()

    def _look(self) -> None:
        here = self._bar.rect().contains(self._bar.mapFromGlobal(QCursor.pos()))
        if not here and self._bar.activeAction() is None:
            self._timer.stop()
            self._flatten(self._window.isFullScreen())

    def _flatten(self, wanted: bool) -> None:
        self._bar.setMaximumHeight(0 if wanted else _QWIDGETSIZE_MAX)
        # Only then: where the pointer is there already, the edge tells of it at once.
        self._edge.setVisible(wanted)


class _Edge(QWidget):
    """A stripe at the screen's upper edge that nobody sees; it tells when the pointer comes."""

    def __init__(self, window: QWidget, call: Callable[[], None]) -> None:
        super().__init__(window)
        self._call = call
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Call what is to come."""
        super().enterEvent(event)
        self._call()
