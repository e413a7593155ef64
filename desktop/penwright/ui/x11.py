"""Two messages to an X11 desktop that Qt has no words for: a window for the front, and the end of a launch.

They go over Qt's own connection, through the libX11 that Qt has loaded. Where there is none they are not
sent, and the window is only marked as wanting attention.
"""

from __future__ import annotations

import ctypes
from typing import Any

from PySide6.QtGui import QGuiApplication

_CLIENT_MESSAGE = 33
_FROM_APPLICATION, _FROM_USER = 1, 2
_SUBSTRUCTURE = (1 << 20) | (1 << 19)  # redirect and notify: what window managers listen for
_PROPERTY_CHANGE = 1 << 22
_PIECE = 20  # bytes of text in one message


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("sent", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("room", ctypes.c_long * 24),  # an XEvent is larger than this kind of it
    )


class _Display:
    """Qt's connection to the X server, and the root window. Raises OSError without libX11."""

    def __init__(self) -> None:
        application: Any = QGuiApplication.instance()
        self._library = ctypes.CDLL("libX11.so.6")
        self._library.XInternAtom.restype = ctypes.c_ulong
        self._library.XDefaultRootWindow.restype = ctypes.c_ulong
        self._library.XCreateSimpleWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(application.nativeInterface().display())
        self._root = ctypes.c_ulong(self._library.XDefaultRootWindow(self._display))

    def send(self, message: str, window: int, data: ctypes.Array[Any], width: int, mask: int) -> None:
        """Send one message about a window to the root. width: bits of each of the data's parts."""
        atom = self._library.XInternAtom(self._display, message.encode(), 0)
        event = _ClientMessage(_CLIENT_MESSAGE, 0, 1, self._display, window, atom, width)
        ctypes.memmove(event.data, data, ctypes.sizeof(data))
        self._library.XSendEvent(self._display, self._root, 0, ctypes.c_long(mask), ctypes.byref(event))
        self._library.XFlush(self._display)

    def unseen_window(self) -> int:
        """Return a window that is never shown: it stands for who sends."""
        zero = ctypes.c_uint(1)
        return int(
            self._library.XCreateSimpleWindow(
                self._display, self._root, -9, -9, zero, zero, 0, ctypes.c_ulong(0), ctypes.c_ulong(0)
            )
        )


def ask_for_front(window: int, time: int) -> None:
    """Ask the window manager for the front. time: of the launch, by the server's clock; 0: a terminal's."""
    source = _FROM_APPLICATION if time else _FROM_USER
    try:
        _Display().send(
            "_NET_ACTIVE_WINDOW", window, (ctypes.c_long * 5)(source, time, 0, 0, 0), 32, _SUBSTRUCTURE
        )
    except OSError:
        return


def end_launch(token: str) -> None:
    """Tell the desktop that this launch is done, or its pointer would look busy until it loses patience."""
    quoted = token.replace("\\", "\\\\").replace('"', '\\"')
    text = f'remove: ID="{quoted}"'.encode() + b"\0"
    try:
        display = _Display()
    except OSError:
        return
    window = display.unseen_window()
    for at in range(0, len(text), _PIECE):
        piece = ctypes.create_string_buffer(text[at : at + _PIECE], _PIECE)
        name = "_NET_STARTUP_INFO" if at else "_NET_STARTUP_INFO_BEGIN"
        display.send(name, window, piece, 8, _PROPERTY_CHANGE)
