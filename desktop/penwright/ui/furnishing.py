"""What a window gets once it can be written in: small steps, done between the events that come."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from importlib import import_module

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenuBar
from shiboken6 import isValid

from penwright.ui.status_line import StatusLine
from penwright.ui.window import DeskWindow

Steps = Iterator[None]
"""A piece of work that yields wherever a key may come between."""

_AFTER_MS = 8  # after the first paint, so that it is seen first
_LATEST_MS = 1_000  # then it begins though nothing was painted: a window may be minimised
_HELD = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_BARE = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)
_AT_ONCE = (QEvent.Type.ContextMenu, QEvent.Type.DragEnter, QEvent.Type.Drop, QEvent.Type.Close)


class Furnishing(QObject):
    """Does steps one after the other, between events, once a page was painted.

    A key on the page never waits for more than one step. What may want something that is not there yet (a
    shortcut, a menu, a drop, a close) has all the rest done at once, before anybody sees the event: so it is
    never lost. Only the few objects of a window that get such events are watched: to hear of all of the
    application's, PySide would have to know every class of Qt's, which takes longer than the window.

    working: a step is being done now.
    """

    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Steps] = deque()
        self.working = False
        self._page: QObject | None = None  # whose first paint is waited for
        self._watched: list[QObject] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._do_one)
        self._begin = QTimer(self, singleShot=True)
        self._begin.timeout.connect(self._turn.start)

    def add(self, steps: Steps, window: DeskWindow) -> None:
        """Have these done after all others, once the page of `window` was painted."""
        self._waiting.append(steps)
        self._page = window.area.viewport()
        for each in (self._page, window.area, window.menuBar(), window.status_line, window):
            each.installEventFilter(self)
            self._watched.append(each)
        self._turn.stop()
        self._begin.start(_LATEST_MS)

    def finish(self) -> None:
        """Do all that is left now."""
        while self._waiting and not self.working:
            self._do_one()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin after the first paint; be done before an event that may want what is not there yet."""
        kind = event.type()
        if kind == QEvent.Type.Paint:
            if watched is self._page:
                self._page = None
                self._begin.start(_AFTER_MS)
        elif (
            kind in _AT_ONCE
            or (kind == QEvent.Type.MouseButtonPress and isinstance(watched, QMenuBar | StatusLine))
            or (isinstance(event, QKeyEvent) and is_command(event))
        ):
            self.finish()
        return False

    def _do_one(self) -> None:
        """Go on to where the present piece of work yields, or to its end."""
        if self.working:  # an event came while a step was done
            return
        self.working = True
        try:
            next(self._waiting[0])
        except StopIteration:
            self._waiting.popleft()
        except BaseException:
            self._waiting.popleft()  # what is broken must not be gone on with
            raise
        finally:
            self.working = False
            if not self._waiting:
                self._rest()

    def _rest(self) -> None:
        self._turn.stop()
        self._begin.stop()
        self._page = None
        for each in self._watched:
            if isValid(each):
                each.removeEventFilter(self)
        self._watched.clear()
        self.finished.emit()


def bring_in(modules: Iterable[str]) -> Steps:
    """Load modules, one a step; those that are there cost none."""
    for name in modules:
        if name not in sys.modules:
            import_module(name)
            yield


def is_command(event: QKeyEvent) -> bool:
    """Return whether a key may be a command's, and is not just written."""
    if event.type() != QEvent.Type.ShortcutOverride or event.key() in _BARE:
        return False
    return bool(event.modifiers() & _HELD) or Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
