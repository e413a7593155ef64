"""The desktop entry and the window agree, asked of a real window on a real X server by a real launcher."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import penwright

APPLICATION = "org.penwright.Penwright"
ENTRY = Path(penwright.__file__).resolve().parents[2] / "packaging/linux/desktop" / f"{APPLICATION}.desktop"
TOOLS = ("Xvfb", "xprop", "xwininfo", "gio")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or any(shutil.which(tool) is None for tool in TOOLS),
    reason=f"needs {', '.join(TOOLS)}",
)
Environment = dict[str, str]


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Environment]:
    """Return the environment of a user with an empty X display and the program's entry in their menu."""
    ours, theirs = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=(theirs,),
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    with os.fdopen(ours) as told:
        number = told.readline().strip()
    data = tmp_path / "data"
    (data / "applications").mkdir(parents=True)
    shutil.copy(ENTRY, data / "applications")
    command = tmp_path / "bin" / "penwright"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m penwright "$@"\n')
    command.chmod(0o755)
    yield {
        **os.environ,
        **{f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "CACHE", "STATE", "DATA")},
        "HOME": str(tmp_path),
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "DISPLAY": f":{number}",
        "QT_QPA_PLATFORM": "xcb",
    }
    server.terminate()
    server.wait()


def windows(environment: Environment) -> dict[str, str]:
    """Return the program's windows: the title's beginning, and the X server's number."""
    tree = subprocess.run(
        ["xwininfo", "-root", "-tree"],
        env={**environment, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.strip().partition(' "') for line in tree.stdout.splitlines())
    return {
        title.partition(" – Penwright")[0]: number for number, _, title in rows if " – Penwright" in title
    }


def until(true: Callable[[], bool]) -> None:
    last = time.monotonic() + 60
    while not true():
        assert time.monotonic() < last
        time.sleep(0.1)


def test_a_launcher_opens_files_in_the_program_that_runs_and_knows_its_windows(
    desktop: Environment, tmp_path: Path
) -> None:
    names = ["a b.md", "写作 😀.markdown", "plain.txt"]
    for name in names:
        (tmp_path / name).write_text("text")
    entry = str(tmp_path / "data" / "applications" / ENTRY.name)
    with subprocess.Popen(["penwright", names[0]], cwd=tmp_path, env=desktop) as program:
        try:
            until(lambda: set(windows(desktop)) == {names[0]})
            # All three at once, the first by another path than that by which it was opened.
            paths = [str(tmp_path / name) for name in names]
            subprocess.run(["gio", "launch", entry, *paths], env=desktop, check=True)
            until(lambda: set(windows(desktop)) == set(names))
            told = subprocess.run(
                ["xprop", "-id", windows(desktop)[names[0]]],
                env=desktop,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.splitlines()
            assert program.poll() is None
        finally:
            program.terminate()
    (wanted,) = (line for line in ENTRY.read_text().splitlines() if line.startswith("StartupWMClass="))
    (kind,) = (line for line in told if line.startswith("WM_CLASS"))
    assert kind.endswith(f', "{wanted.partition("=")[2]}"')
    assert f'_KDE_NET_WM_DESKTOP_FILE(UTF8_STRING) = "{APPLICATION}"' in told
