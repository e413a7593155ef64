"""Where things lie in a checkout, and where what outlives it is kept."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checkout:
    """The folders and files of one checkout. environment: the folder of its virtual environment."""

    root: Path
    environment: str = ".venv"

    @classmethod
    def here(cls) -> "Checkout":
        """Return the checkout this file belongs to."""
        return cls(Path(__file__).resolve().parents[2])

    @property
    def venv(self) -> Path:
        """The checkout's own virtual environment."""
        return self.root / self.environment

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return venv_python(self.venv)

    @property
    def stamp(self) -> Path:
        """What the virtual environment was made from; missing while it is being made."""
        return self.venv / "penwright-stamp.json"

    @property
    def locks(self) -> Path:
        """The folder of lock files."""
        return self.root / "packaging" / "locks"

    @property
    def pyproject(self) -> Path:
        """The project file."""
        return self.root / "pyproject.toml"

    def lock(self, name: str) -> Path:
        """Return the path of one lock file."""
        return self.locks / f"{name}.txt"


def venv_python(folder: Path) -> Path:
    """Return the interpreter inside a virtual environment."""
    if sys.platform == "win32":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


def build_cache(environ: Mapping[str, str], system: str | None = None, home: Path | None = None) -> Path:
    """Return the per-user folder that built engines are kept in."""
    chosen = environ.get("PENWRIGHT_BUILD_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    system = platform.system() if system is None else system
    home = Path.home() if home is None else home
    if system == "Windows":
        base = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return base / "penwright" / "Cache" / "llama-cpp"
    if system == "Darwin":
        return home / "Library" / "Caches" / "penwright" / "llama-cpp"
    base = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "penwright" / "llama-cpp"


def quiet_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for pip: it asks nothing, and no other Python's settings leak in."""
    environment = dict(os.environ if environ is None else environ)
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"):
        environment.pop(name, None)
    environment["PIP_NO_INPUT"] = "1"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["PIP_ROOT_USER_ACTION"] = "ignore"
    environment["PYTHONNOUSERSITE"] = "1"
    return environment
