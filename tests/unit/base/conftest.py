"""A process of its own for what a test of files needs somebody else to do."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from penwright.base import files

SOURCE = Path(files.__file__).parents[2]


@pytest.fixture
def run() -> Callable[..., subprocess.Popen[str]]:
    """Return what starts a Python script with the package in sight, its input and output in pipes."""

    def start(script: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    return start
