"""How a process of the program's own is started: this program again, with a flag that `__main__` knows."""

from __future__ import annotations

import sys
from pathlib import Path


def own_command(flag: str) -> list[str]:
    """Return the command that starts this program with `flag`, from a checkout or frozen."""
    if getattr(sys, "frozen", False):
        # On Windows a program without a console has no reliable input and output: its twin has.
        twin = Path(sys.executable).with_name("penwright-cli.exe")
        return [str(twin) if twin.is_file() else sys.executable, flag]
    # -P keeps the current folder off the module path: a writer's folder may hold a file numpy.py.
    return [sys.executable, "-P", "-m", "penwright", flag]
