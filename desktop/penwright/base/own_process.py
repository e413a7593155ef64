"""How a process of the program's own is started: this program again, with a flag that `__main__` knows."""

from __future__ import annotations

import sys


def own_command(flag: str) -> list[str]:
    """Return the command that starts this program with `flag`, from a checkout or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, flag]
    # -P keeps the current folder off the module path: a writer's folder may hold a file numpy.py.
    return [sys.executable, "-P", "-m", "penwright", flag]
