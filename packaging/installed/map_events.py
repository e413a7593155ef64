"""When a window opens on an X screen, told by the X server itself: for measuring a start."""

from __future__ import annotations

import ctypes
import ctypes.util
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager

from installed.proof import ProofError

_SUBSTRUCTURE_NOTIFY = 1 << 19
_MAP_NOTIFY = 19
_EVENT = 192  # bytes of an XEvent


class MapEvents:
    """The windows that open on a screen, as they do."""

    def __init__(self, library: ctypes.CDLL, display: int) -> None:
        self._x, self._display = library, display

    def wait(self, seconds: float) -> float:
        """Wait for the next window to open; return the time.monotonic() then. Raises ProofError."""
        end = time.monotonic() + seconds
        event = ctypes.create_string_buffer(_EVENT)
        connection = self._x.XConnectionNumber(self._display)
        while (left := end - time.monotonic()) > 0:
            while self._x.XPending(self._display):
                self._x.XNextEvent(self._display, event)
                if ctypes.c_int.from_buffer(event).value == _MAP_NOTIFY:
                    return time.monotonic()
            select.select([connection], [], [], left)
        raise ProofError(f"No window opened within {seconds:.0f} s.")

    def forget(self) -> None:
        """Drop what came until now."""
        self._x.XSync(self._display, 1)


@contextmanager
def map_events(screen: str) -> Iterator[MapEvents]:
    """Listen on a screen such as ":87". Raises ProofError where libX11 is missing or nothing answers."""
    name = ctypes.util.find_library("X11")
    if name is None:
        raise ProofError("libX11 is missing.")
    library = ctypes.CDLL(name)
    library.XOpenDisplay.restype = ctypes.c_void_p
    library.XDefaultRootWindow.restype = ctypes.c_ulong
    for each in ("XDefaultRootWindow", "XConnectionNumber", "XPending", "XCloseDisplay"):
        getattr(library, each).argtypes = [ctypes.c_void_p]
    library.XSelectInput.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_long]
    library.XNextEvent.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
    display = library.XOpenDisplay(screen.encode())
    if not display:
        raise ProofError(f"The screen {screen} does not answer.")
    try:
        library.XSelectInput(display, library.XDefaultRootWindow(display), _SUBSTRUCTURE_NOTIFY)
        library.XSync(display, 0)
        yield MapEvents(library, display)
    finally:
        library.XCloseDisplay(display)
