"""Whether there is a screen to open a window on, looked at before Qt is loaded.

Where it finds none on Linux or a BSD, Qt ends the whole process with SIGABRT ("This application failed
to start because no Qt platform plugin could be initialized"), so that nothing can be told afterwards.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from pathlib import Path

from penwright.base.errors import DisplayError

_TIMEOUT = 2.0  # seconds for one connection; a local one takes under a millisecond
_UNIXES = ("linux", "freebsd", "openbsd", "netbsd", "dragonfly")
_X_FOLDER = Path("/tmp/.X11-unix")  # noqa: S108 - where every X server puts its socket
# [protocol/][host]:display[.screen], as in X(7); the host of an IPv6 address has colons of its own.
_X_NAME = re.compile(r"(?:(?:unix|tcp|inet6?)/)?(?P<host>.*):(?P<number>\d{1,5})(?:\.\d+)?")


def check_display(environ: Mapping[str, str], platform: str, *, x_folder: Path = _X_FOLDER) -> None:
    """Raise DisplayError where Qt would find no screen; return None where it will, or where it needs none.

    environ: the environment of the process. platform: as in sys.platform; only Linux and the BSDs are
    looked at. x_folder: where X servers keep their sockets. It connects to the screen that the environment
    names, and hangs up at once; a screen that then refuses this user isn't noticed.
    """
    if not platform.startswith(_UNIXES):
        return
    wanted = [name.split(":")[0] for name in environ.get("QT_QPA_PLATFORM", "").split(";") if name]
    if any(name != "xcb" and not name.startswith("wayland") for name in wanted):
        return  # offscreen, minimal, eglfs, vnc ...: no display server
    tried: list[str] = []
    if not wanted or any(name.startswith("wayland") for name in wanted):
        name = _wayland_name(environ, asked_for=bool(wanted))
        if name is not None:
            if "WAYLAND_SOCKET" in environ or _wayland_answers(name, environ):
                return
            tried.append(name)
    if not wanted or "xcb" in wanted:
        name = environ.get("DISPLAY")
        if name:
            if _x_answers(name, x_folder, abstract=platform.startswith("linux")):
                return
            tried.append(name)
    if tried:
        raise DisplayError("display.unreachable", display=", ".join(tried))
    raise DisplayError("display.none")


def _wayland_name(environ: Mapping[str, str], *, asked_for: bool) -> str | None:
    # libwayland takes wayland-0 where nothing is named; Qt only asks it to in a session of that kind.
    if asked_for or environ.get("XDG_SESSION_TYPE") == "wayland" or "WAYLAND_SOCKET" in environ:
        return environ.get("WAYLAND_DISPLAY") or "wayland-0"
    return environ.get("WAYLAND_DISPLAY") or None


def _wayland_answers(name: str, environ: Mapping[str, str]) -> bool:
    if Path(name).is_absolute():
        return _unix_answers(name)
    folder = environ.get("XDG_RUNTIME_DIR")
    return bool(folder) and _unix_answers(str(Path(str(folder), name)))


def _x_answers(name: str, folder: Path, *, abstract: bool) -> bool:
    parts = _X_NAME.fullmatch(name)
    if parts is None:
        return False
    host, number = parts["host"], int(parts["number"])
    if host.startswith("/"):
        return _unix_answers(name) or _unix_answers(host)  # a socket by its path, as under XQuartz
    if host in {"", "unix"}:
        path = str(folder / f"X{number}")
        return (abstract and _unix_answers(f"\0{path}")) or _unix_answers(path)
    try:
        socket.create_connection((host.strip("[]"), 6000 + number), timeout=_TIMEOUT).close()
    except (OSError, OverflowError, UnicodeError):
        return False
    return True


def _unix_answers(address: str) -> bool:
    family = getattr(socket, "AF_UNIX", None)  # Python has none on Windows
    if family is None:
        return False
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(_TIMEOUT)
        try:
            connection.connect(address)
        except (OSError, ValueError):  # ValueError: a NUL inside, or half a character
            return False
    return True
