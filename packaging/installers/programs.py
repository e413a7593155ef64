"""Programs that an installer's maker runs; tests pass in others."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence

Run = Callable[[Sequence[str]], int]


def run(command: Sequence[str]) -> int:
    """Run a program to its end, what it says shown; return its exit code."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
