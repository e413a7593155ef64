"""What a window gets once it can be written in: small steps, done between the events that come."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from importlib import import_module

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from penwright.ui.editor.area import WritingArea

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
    never lost.
    working: a step is being done now.
    """

    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Steps] = deque()
        self.working = False
        self._page: WritingArea | None = None  # whose first paint is waited for
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._do_one)
        self._begin = QTimer(self, singleShot=True)
        self._begin.timeout.connect(self._turn.start)

    def add(self, steps: Steps, page: WritingArea) -> None:
        """Have these done after all others, once `page` was painted."""
        if not self._waiting:
            application = QCoreApplication.instance()
            assert application is not None
            application.installEventFilter(self)
        self._waiting.append(steps)
        self._page = page
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
            if self._page is not None and watched is self._page.viewport():
                self._page = None
                self._begin.start(_AFTER_MS)
        elif kind in _AT_ONCE or (
            is_command(event) if isinstance(event, QKeyEvent) else _is_beside(watched, kind)
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
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
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


def _is_beside(watched: QObject, kind: QEvent.Type) -> bool:
    """Return whether something other than the page was clicked."""
    if kind != QEvent.Type.MouseButtonPress or not isinstance(watched, QWidget):
        return False
    return not isinstance(watched.parent(), WritingArea)
