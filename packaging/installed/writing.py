"""What a writer does at an installed window: types, takes a suggestion, saves, quits."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from installed.clean_root import CleanRoot
from installed.proof import START, ProofError, expect
from installed.screen import Screen, wait_for

_WAITS = (2.0, 2.0, 5.0, 15.0)  # seconds for a suggestion; a busy machine takes its time


def write(
    root: CleanRoot,
    screen: Screen,
    user: str,
    file: str,
    *,
    command: str = "penwright",
    picture: Path | None = None,
    **variables: str,
) -> str:
    """Open `file` (a path inside), type into it, take a suggestion, save, quit; return what was suggested.

    picture: where a picture of the window with the suggestion goes. Raises ProofError.
    """
    program = root.start(user, command, file, DISPLAY=screen.name, **variables)
    try:
        window = screen.window(Path(file).name)
        suggested = take_suggestion(root, screen, file, picture)
        quit_with(screen, window, program)
    finally:
        if program.poll() is None:
            program.kill()
    return suggested


def take_suggestion(root: CleanRoot, screen: Screen, file: str, picture: Path | None = None) -> str:
    """Type, and press Tab once there is a suggestion; the proof is what the saved file then holds."""
    for wait in _WAITS:
        typed = _text(root, file).count(START) + 1
        screen.type(START)
        time.sleep(wait)
        if wait != _WAITS[0]:
            screen.press("ctrl+space")  # it may not be sure enough to show by itself: ask
            time.sleep(wait)
        if picture is not None:
            screen.picture(picture)
        screen.press("Tab", "ctrl+s")
        wait_for(lambda: _text(root, file).count(START) >= typed, 60, f"{file} was not saved.")  # noqa: B023
        suggested = _text(root, file).rpartition(START)[2].rstrip("\n")
        if suggested.strip():
            return suggested
        screen.press("Return", "Return")  # Tab wrote itself, where nothing was suggested: once more, below
    raise ProofError(
        f"No suggestion was there to be taken in {len(_WAITS)} tries; {file} holds what was typed."
    )


def quit_with(screen: Screen, window: str, program: subprocess.Popen[bytes]) -> None:
    """Press Ctrl+Q and wait until the program has ended well, its worker too."""
    screen.focus(window)
    screen.press("ctrl+q")
    wait_for(lambda: program.poll() is not None, 30, "The program did not end after Ctrl+Q.")
    expect(program.returncode == 0, f"The program ended with {program.returncode}.")


def _text(root: CleanRoot, file: str) -> str:
    path = root.folder / file.lstrip("/")
    return path.read_text(encoding="utf-8") if path.is_file() else ""
