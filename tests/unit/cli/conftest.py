"""The command line in a process of its own, and files that it can't use."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def penwright() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Return what runs the program with its real engine and returns what came of it."""

    def run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "penwright", *arguments],
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, **environment},
        )

    return run


@pytest.fixture
def unusable(tmp_path: Path, starter: Path) -> dict[str, Path]:
    """Return files that are no model, by what is wrong with them."""
    whole = starter.read_bytes()
    contents = {
        "empty": b"",
        "truncated": whole[: len(whole) // 2],
        "not GGUF": b"no model at all\n" * 64,
        "unknown architecture": whole.replace(b"llama", b"xxama"),
    }
    paths = {"missing": tmp_path / "missing.gguf", "folder": tmp_path}
    for name, data in contents.items():
        paths[name] = tmp_path / f"{name}.gguf"
        paths[name].write_bytes(data)
    return paths
