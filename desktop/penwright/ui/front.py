"""A window comes to the front because another start of the program was asked to open something.

Desktops keep windows from pushing themselves in front of what the writer uses. The launcher gives each start
a token that says who asked and when; a start that hands its files over hands that over too.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_TIME = re.compile(r"_TIME(\d+)$")  # milliseconds of the X server's clock


def launch_token(environment: Mapping[str, str]) -> str:
    """Return what the launcher gave this start for the display it is on; "" for none, as from a terminal."""
    name = "XDG_ACTIVATION_TOKEN" if _on_wayland() else "DESKTOP_STARTUP_ID"
    return environment.get(name, "")


def yield_front(token: str) -> None:
    """Let the program that runs come to the front in place of this one, and end the launcher's waiting."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - there alone

        ctypes.windll.user32.AllowSetForegroundWindow(-1)  # any process; ours has no number for us here
    elif token and QGuiApplication.platformName() == "xcb":
        from penwright.ui.x11 import end_launch  # noqa: PLC0415 - as above

        end_launch(token)


def bring_to_front(window: QWidget, token: str | None = None) -> None:
    """Show a window before all others. token: of another start that asked; None: nobody but this program."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    if token and _on_wayland():
        os.putenv("XDG_ACTIVATION_TOKEN", token)  # where Qt looks for it, and takes it away
    window.activateWindow()
    if token is not None and QGuiApplication.platformName() == "xcb":
        from penwright.ui.x11 import ask_for_front  # noqa: PLC0415 - there alone

        # Qt asks with the time of the last key that it saw, which is older than the use of the other program.
        asked = _TIME.search(token)
        ask_for_front(window.winId(), int(asked[1]) if asked else 0)


def _on_wayland() -> bool:
    return QGuiApplication.platformName().startswith("wayland")
