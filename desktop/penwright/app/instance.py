"""One running program for each user: what is opened from elsewhere opens in it.

The two talk over a local socket that only its owner may connect to, never over the network. One line of
JSON goes each way: {"open": [paths], "token": what lets a window come to the front} and {"opened": true}.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from penwright.app.instance_name import instance_name
from penwright.base.paths import Folders

_CONNECT_MS = 300  # a program that runs accepts at once
_ANSWER_MS = 3000  # it may be busy opening something large; then a second one is started
_LONGEST = 1 << 20  # bytes of a line; more is no list of paths


def hand_over(folders: Folders, paths: Sequence[Path], token: str = "") -> bool:
    """Have the program that runs open `paths`, or show itself for none; False when none took them.

    token: what this start's launcher gave it (ui.front).
    """
    socket = QLocalSocket()
    socket.connectToServer(instance_name(folders))
    if not socket.waitForConnected(_CONNECT_MS):
        return False
    asked = {"open": [os.path.abspath(path) for path in paths], "token": token}  # noqa: PTH100 - "..", no links
    line = json.dumps(asked).encode() + b"\n"
    socket.write(line)
    answer = b""
    while not answer.endswith(b"\n"):
        if not socket.waitForReadyRead(_ANSWER_MS):
            return False
        answer += socket.readAll().data()
    socket.disconnectFromServer()
    try:
        return bool(json.loads(answer) == {"opened": True})
    except ValueError:
        return False


class Instance(QObject):
    """The program that runs, as others reach it.

    asked(tuple, token): paths that another start wants opened; none: the program is to show itself.
    """

    asked = Signal(object, str)

    def __init__(self, folders: Folders, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._meet)
        self._name = instance_name(folders)

    def listen(self) -> bool:
        """Be reachable from now on; False where that can't be, and the program runs for itself."""
        if self._server.listen(self._name):
            return True
        # A socket that a killed program left: whoever listens holds the lock (instance_name.first_lock).
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def close(self) -> None:
        """Be reachable no longer."""
        self._server.close()

    def _meet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST:
                socket.abort()
            return
        asked = _read_line(bytes(socket.readLine(_LONGEST).data()))
        if asked is None:
            socket.abort()
            return
        socket.write(b'{"opened": true}\n')
        socket.flush()
        self.asked.emit(*asked)


def _read_line(line: bytes) -> tuple[tuple[Path, ...], str] | None:
    """Return the paths and the token; a version that knows of no token sends none."""
    try:
        match json.loads(line):
            case {"open": list(names), **rest} if all(isinstance(name, str) for name in names):
                token = rest.get("token")
                return tuple(Path(name) for name in names), token if isinstance(token, str) else ""
    except ValueError:
        pass
    return None
