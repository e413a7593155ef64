"""A missing screen is told, with real sockets, before Qt would end the process."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from penwright.base.display import check_display
from penwright.base.errors import DisplayError


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own folder: a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pw") as name:
        yield Path(name)


@pytest.fixture
def listen() -> Iterator[object]:
    with ExitStack() as stack:

        def at(address: str) -> None:
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()

        yield at


def key_of(environ: dict[str, str], folder: Path, platform: str = "linux") -> str | None:
    try:
        check_display(environ, platform, x_folder=folder)
    except DisplayError as error:
        return error.key
    return None


def test_no_screen_named(folder):
    assert key_of({}, folder) == "display.none"
    assert key_of({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, folder) == "display.none"
    assert key_of({}, folder, "freebsd13") == "display.none"
    assert key_of({"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"}, folder) == "display.none"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_are_not_looked_at(platform, folder):
    assert key_of({}, folder, platform) is None


@pytest.mark.parametrize("value", ["offscreen", "minimal", "vnc:size=800x600", "xcb;offscreen", "eglfs"])
def test_a_platform_without_display_server(value, folder):
    assert key_of({"QT_QPA_PLATFORM": value}, folder) is None


@pytest.mark.parametrize("name", [":7", ":7.0", "unix:7", "unix/:7"])
def test_x_by_its_socket(name, folder, listen):
    assert key_of({"DISPLAY": name}, folder) == "display.unreachable"
    listen(str(folder / "X7"))
    assert key_of({"DISPLAY": name}, folder) is None
    assert key_of({"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}, folder) is None
    assert key_of({"DISPLAY": name, "QT_QPA_PLATFORM": "wayland"}, folder) == "display.unreachable"


def test_x_by_an_abstract_socket_on_linux_alone(folder, listen):
    listen(f"\0{folder}/X8")
    assert key_of({"DISPLAY": ":8"}, folder) is None
    assert key_of({"DISPLAY": ":8"}, folder, "openbsd7") == "display.unreachable"


def test_a_dead_socket_file(folder):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "X9"))
    assert key_of({"DISPLAY": ":9"}, folder) == "display.unreachable"


def test_x_over_tcp(folder):
    with socket.socket() as server:
        for number in range(40, 60):
            try:
                server.bind(("127.0.0.1", 6000 + number))
                break
            except OSError:
                continue
        server.listen()
        assert key_of({"DISPLAY": f"127.0.0.1:{number}.0"}, folder) is None
    assert key_of({"DISPLAY": f"127.0.0.1:{number}.0"}, folder) == "display.unreachable"
    assert key_of({"DISPLAY": "127.0.0.1:99999"}, folder) == "display.unreachable"


@pytest.mark.parametrize("name", ["nonsense", ":", ":x", ":0\0", "\ud800:1", ":" + "9" * 50])
def test_a_name_that_is_none(name, folder):
    assert key_of({"DISPLAY": name}, folder) == "display.unreachable"


def test_wayland(folder, listen):
    here = {"XDG_RUNTIME_DIR": str(folder)}
    assert key_of({"WAYLAND_DISPLAY": "wayland-3"}, folder) == "display.unreachable"
    assert key_of({"WAYLAND_DISPLAY": "wayland-3", **here}, folder) == "display.unreachable"
    listen(str(folder / "wayland-3"))
    assert key_of({"WAYLAND_DISPLAY": "wayland-3", **here}, folder) is None
    assert key_of({"WAYLAND_DISPLAY": str(folder / "wayland-3")}, folder) is None
    assert key_of({"QT_QPA_PLATFORM": "wayland", **here}, folder) == "display.unreachable"
    listen(str(folder / "wayland-0"))
    assert key_of({"QT_QPA_PLATFORM": "wayland-egl", **here}, folder) is None
    assert key_of({"XDG_SESSION_TYPE": "wayland", **here}, folder) is None


def test_either_screen_is_enough_and_both_are_named(folder, listen):
    both = {"WAYLAND_DISPLAY": "wayland-5", "DISPLAY": ":6", "XDG_RUNTIME_DIR": str(folder)}
    with pytest.raises(DisplayError) as caught:
        check_display(both, "linux", x_folder=folder)
    assert caught.value.values["display"] == "wayland-5, :6"
    listen(str(folder / "X6"))
    assert key_of(both, folder) is None
