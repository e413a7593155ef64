"""The training's own environment: PyTorch and the few packages beside it, in `.venv-starter`.

Only Python's standard library is needed here. Where the interpreter has all of it, it is used as it is.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from devtools.checkout import Checkout, quiet_environment, venv_python

# Which build of it is right (processor, CUDA, ROCm) pip's own settings decide, so no hash is asked for.
TORCH = "torch==2.13.0"
NEEDED = ("torch", "sentencepiece", "gguf", "numpy", "tqdm", "matplotlib")
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def missing(names: Sequence[str] = NEEDED) -> list[str]:
    """Return the packages that this interpreter does not have."""
    return [name for name in names if importlib.util.find_spec(name) is None]


def ensure(script: Path, arguments: Sequence[str]) -> None:
    """Return where everything is here; else start the script anew in `.venv-starter`, made if need be.

    Raises OSError or subprocess.CalledProcessError where that environment can't be made.
    """
    if not missing():
        return
    checkout = Checkout(Checkout.here().root, ".venv-starter")
    if Path(sys.prefix) == checkout.venv:
        install(checkout.python)
        return
    if not checkout.python.exists():
        print(f"The training's environment is made in {checkout.environment}.", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(checkout.venv)], check=True)
        install(checkout.python)
    command = [str(venv_python(checkout.venv)), str(script), *arguments]
    if os.name == "posix":
        os.execv(command[0], command)
    raise SystemExit(subprocess.run(command, check=False).returncode)  # Windows has no way to become another


def install(python: Path) -> None:
    """Put PyTorch and the locked packages into an environment. Raises subprocess.CalledProcessError."""
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    for what in ([TORCH], ["--require-hashes", "--only-binary", ":all:", "-r", str(_REQUIREMENTS)]):
        subprocess.run([*pip, *what], check=True, env=quiet_environment())
