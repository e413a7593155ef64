"""Make the lock files anew from pyproject.toml, with uv in an environment that is thrown away after."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment, venv_python
from devtools.console import Console, StepError

_HEADER = "# Made by `python3 packaging/dev.py lock`; not edited by hand.\n"
_OPTIONS = (
    *("--universal", "--generate-hashes", "--python-version", "3.11", "--no-header", "--no-config"),
    *("--no-emit-index-url", "--no-emit-find-links", "--quiet"),
)
# Each file: what it is made from. The later ones agree with run.txt.
_LOCKS = {
    "run": ("pyproject.toml", "--group", "build"),
    "test": (
        *("pyproject.toml", "--group", "build", "--group", "test", "--group", "check"),
        *("--constraints", "packaging/locks/run.txt"),
    ),
    "bundle": (
        *("pyproject.toml", "--group", "build", "--group", "bundle"),
        *("--constraints", "packaging/locks/run.txt"),
    ),
    "engine-build": ("packaging/locks/engine-build.in", "--constraints", "packaging/locks/run.txt"),
}
# The starter model's training stands apart: the product and its tests never install it.
_TRAINING = "packaging/starter_model/requirements"


def relock(checkout: Checkout, passed: Sequence[str], console: Console) -> int:
    """Make every lock file; arguments such as --upgrade go on to uv."""
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / "uv"
        uv_python = str(venv_python(tools))
        with console.step("uv installed for this once"):
            _run([str(getattr(sys, "_base_executable", sys.executable)), "-m", "venv", str(tools)], checkout)
            _run([uv_python, "-m", "pip", "install", "--quiet", "uv>=0.9,<1"], checkout)
        made = {f"packaging/locks/{name}.txt": sources for name, sources in _LOCKS.items()}
        made[f"{_TRAINING}.txt"] = (f"{_TRAINING}.in",)
        for target, sources in made.items():
            with console.step(f"Made {target}"):
                _run(
                    [uv_python, "-m", "uv", "pip", "compile", *sources, *_OPTIONS, "-o", target, *passed],
                    checkout,
                )
                path = checkout.root / target
                path.write_text(_HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")
    return 0


def _run(command: list[str], checkout: Checkout) -> None:
    environment = quiet_environment(os.environ)
    done = subprocess.run(command, cwd=checkout.root, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise StepError("The lock files could not be made; what failed stands above.")
