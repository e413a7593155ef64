"""One running program: what a second start is given opens in the first; real processes, a real socket."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from penwright.app.instance import Instance, hand_over
from penwright.app.instance_name import first_lock, instance_name
from penwright.base.paths import Folders

Heard = list[tuple[Path, ...]]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Return a user's folders, which a child process takes for its own too."""
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    return Folders.of_user()


@pytest.fixture
def running(folders: Folders, qtbot: QtBot) -> Iterator[tuple[Instance, Heard]]:
    instance = Instance(folders)
    heard: Heard = []
    instance.asked.connect(lambda paths, _token: heard.append(paths))
    lock = first_lock(folders)
    assert lock.isLocked() and instance.listen()
    yield instance, heard
    instance.close()


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "penwright", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )


def test_a_second_start_hands_its_files_over_and_ends(
    running: tuple[Instance, Heard], qtbot: QtBot, tmp_path: Path
) -> None:
    names = ["a b.md", "文章.md"]
    for name in names:
        (tmp_path / name).write_text("text")
    with start(*(str(tmp_path / name) for name in names)) as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=60_000)
        out, err = second.communicate()
    assert (second.returncode, out, err) == (0, b"", b"")
    assert running[1] == [(tmp_path / "a b.md", tmp_path / "文章.md")]


def test_a_second_start_without_files_asks_the_first_to_show_itself(
    running: tuple[Instance, Heard], qtbot: QtBot
) -> None:
    with start() as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=60_000)
    assert running[1] == [()]


def test_where_nobody_listens_nothing_is_handed_over(folders: Folders, tmp_path: Path) -> None:
    assert not hand_over(folders, [tmp_path / "a.md"])


def test_a_socket_that_a_killed_program_left_is_in_nobodys_way(folders: Folders, qtbot: QtBot) -> None:
    script = (
        "import os,sys\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from penwright.app.instance import Instance\n"
        "from penwright.base.paths import Folders\n"
        "app = QCoreApplication([])\n"
        "instance = Instance(Folders.of_user())\n"
        "assert instance.listen()\n"
        "os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    assert not hand_over(folders, [])
    instance = Instance(folders)
    assert instance.listen()
    instance.close()


def test_other_folders_are_another_program(folders: Folders, tmp_path: Path) -> None:
    assert instance_name(folders) == instance_name(Folders.of_user())
    assert instance_name(folders) != instance_name(Folders.under(tmp_path / "other"))


@pytest.mark.parametrize(
    "line", [b"rubbish\n", b'{"open": [1]}\n', b'{"open": "x"}\n', b"[]\n", b"\n", b"x" * (1 << 21)]
)
def test_what_is_no_list_of_paths_is_hung_up_on(
    running: tuple[Instance, Heard], folders: Folders, qtbot: QtBot, line: bytes
) -> None:
    socket = QLocalSocket()
    socket.connectToServer(instance_name(folders))
    assert socket.waitForConnected(5000)
    socket.write(line)
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState, timeout=10_000)
    assert running[1] == []


def test_two_that_ask_at_once_are_both_heard(
    running: tuple[Instance, Heard], folders: Folders, qtbot: QtBot
) -> None:
    sockets = []
    for number in range(2):
        socket = QLocalSocket()
        socket.connectToServer(instance_name(folders))
        assert socket.waitForConnected(5000)
        socket.write(b'{"open": ["/%d.md' % number)
        sockets.append(socket)
    for socket in sockets:
        socket.write(b'"]}\n')
    qtbot.waitUntil(lambda: len(running[1]) == 2, timeout=10_000)
    assert sorted(running[1]) == [(Path("/0.md"),), (Path("/1.md"),)]


def test_of_two_that_start_at_once_one_opens_both(folders: Folders, qtbot: QtBot, tmp_path: Path) -> None:
    """Neither could be reached yet when the other began: a file opened twice by a hand that was not quiet."""
    starts = [start(str(tmp_path / name)) for name in ("a.md", "b.md")]
    try:
        qtbot.waitUntil(lambda: any(each.poll() is not None for each in starts), timeout=60_000)
        (ended,) = (each for each in starts if each.poll() is not None)
        assert (ended.returncode, *ended.communicate()) == (0, b"", b"")
        assert not first_lock(folders).isLocked()
    finally:
        for each in starts:
            each.kill()
            each.communicate()
    assert first_lock(folders).isLocked(), "what a killed program left is in nobody's way"


def test_the_launchers_token_is_handed_over(folders: Folders, qtbot: QtBot) -> None:
    instance = Instance(folders)
    tokens: list[str] = []
    instance.asked.connect(lambda _paths, token: tokens.append(token))
    assert instance.listen()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "DESKTOP_STARTUP_ID": "files-1_TIME77"}
    held = first_lock(folders)
    assert held.isLocked()
    with subprocess.Popen([sys.executable, "-m", "penwright"], env=environment) as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=60_000)
    instance.close()
    assert tokens == ["files-1_TIME77"]


def test_a_file_that_the_desktop_sends_is_asked_for(tmp_path: Path) -> None:
    """As macOS does; in a process of its own, since there is one application in each."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtGui import QFileOpenEvent\n"
        "from penwright.app.starting import make_application\n"
        "application = make_application()\n"
        "asked = []\n"
        "application.file_asked.connect(asked.append)\n"
        "application.sendEvent(application, QFileOpenEvent(sys.argv[1]))\n"
        "assert asked == [Path(sys.argv[1])], asked\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", script, str(tmp_path / "a 文.md")]
    subprocess.run(command, env=environment, check=True)
