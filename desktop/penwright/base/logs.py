"""The program's own log: what happened to the engine and to files, never what was written."""

from __future__ import annotations

import logging
from pathlib import Path

_BYTES = 256 * 1024  # of one file; one older one is kept
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def keep_log(folder: Path) -> Path | None:
    """Write the log, bounded, to penwright.log in `folder`; return its path, or None if that can't be."""
    from logging.handlers import RotatingFileHandler  # noqa: PLC0415 - it brings sockets and pickles along

    path = folder / "penwright.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return None  # a log is worth less than a window; `penwright doctor` tells of the folder
    path.chmod(0o600)
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger("penwright")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    return path
