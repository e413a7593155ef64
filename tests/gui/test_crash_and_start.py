"""The program itself, from its start to a kill, and started again: files, caret and text are there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Types and is killed; or, started again, tells what it has, takes it back, saves and quits.
PROGRAM = """
import json, os, signal, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from penwright.app import starting
from penwright.base.catalogue import Catalogue
from penwright.base.paths import Folders, resources
from penwright.ui.dialogs.recovery import RecoveryDialog
from penwright.ui.window import DeskWindow

def windows(kind):
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]

def wait(true):
    end = time.monotonic() + 40
    while not (found := true()):
        assert time.monotonic() < end
        QTest.qWait(20)
    return found

def write():
    (window,) = wait(lambda: [each for each in windows(DeskWindow) if not each.filing.busy])
    cursor = window.area.textCursor()
    cursor.setPosition(4)
    window.area.setTextCursor(cursor)
    QTest.keyClicks(window.area, "NEVER SAVED ")
    wait((Folders.of_user().data / "session.json").exists)
    QTest.qWait(1_000)
    os.kill(os.getpid(), signal.SIGKILL)

def come_back():
    window = wait(lambda: [w for w in windows(DeskWindow) if w.filing.path and not w.filing.busy])[0]
    told = {"opened": window.area.text(), "caret": window.area.textCursor().position()}
    dialog = wait(lambda: windows(RecoveryDialog))[0]
    told["offered"] = dialog.list.count()
    dialog.take.click()
    told["taken"] = window.area.text()
    window.filing.save()
    wait(lambda: not window.filing.busy)
    print(json.dumps(told), flush=True)
    window.quit()

def make_application(make=starting.make_application):
    application = make()
    QTimer.singleShot(100, {"write": write, "come_back": come_back}[sys.argv[1]])
    return application

starting.make_application = make_application
files = [Path(name) for name in sys.argv[2:]]
sys.exit(starting.run_window(files, None, Catalogue(resources() / "i18n")))
"""


def start(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        timeout=100,
        check=False,
        env=environment,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_killed_program_comes_back_with_its_texts(own_folders: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    path.write_text("One two three.\n", "utf-8")
    killed = start("write", str(path))
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert path.read_text("utf-8") == "One two three.\n"
    back = start("come_back")  # without a name: it was open
    assert back.returncode == 0, back.stderr.decode()
    told = json.loads(back.stdout)
    assert told == {
        "opened": "One two three.\n",
        "caret": 15,  # after what was typed, as far as the file goes
        "offered": 1,
        "taken": "One NEVER SAVED two three.\n",
    }
    assert path.read_text("utf-8") == "One NEVER SAVED two three.\n"
    recovery = own_folders / "data" / "penwright" / "recovery"
    assert [each.name for each in recovery.iterdir()] == ["lock"], "nothing is left to recover"
