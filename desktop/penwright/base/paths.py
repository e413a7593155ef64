"""The user's folders, and where the program's own resources lie."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folders:
    """The user's folders for Penwright. Nothing is made before it is needed.

    data: models, recovery, the user's own styles. config: settings. cache: what may be deleted at any
    time. log: bounded logs without the writer's text.
    """

    data: Path
    config: Path
    cache: Path
    log: Path

    @classmethod
    def of_user(cls) -> Folders:
        """Return this user's folders as the platform wants them (XDG, AppData, Library)."""
        from platformdirs import PlatformDirs  # noqa: PLC0415 - most of the program's processes have none

        dirs = PlatformDirs("penwright", appauthor=False)
        return cls(
            data=Path(dirs.user_data_dir),
            config=Path(dirs.user_config_dir),
            cache=Path(dirs.user_cache_dir),
            log=Path(dirs.user_log_dir),
        )

    @classmethod
    def under(cls, root: Path) -> Folders:
        """Return folders that all lie under `root`: for tests and for the demo."""
        return cls(data=root / "data", config=root / "config", cache=root / "cache", log=root / "log")


def resources() -> Path:
    """Return the folder of bundled resources: in a frozen program, in a wheel, or in a checkout."""
    frozen = getattr(sys, "_MEIPASS", None)  # PyInstaller's folder of unpacked data
    package = Path(frozen, "penwright") if frozen else Path(__file__).resolve().parents[1]
    installed = package / "resources"
    return installed if installed.is_dir() else package.parents[1] / "resources"


def bundled_model() -> Path:
    """Return the small starter model that comes with the program."""
    return resources() / "models" / "penwright-starter-en.gguf"
