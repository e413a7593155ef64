"""What the running program is reached by; apart from what reaches it, which takes longer to load."""

from __future__ import annotations

import os

from PySide6.QtCore import QCryptographicHash

from penwright.base.paths import Folders


def instance_name(folders: Folders) -> str:
    """Return the socket's name: another one for each user, and for each set of folders."""
    whose = f"{os.path.abspath(folders.data)}\0{os.path.abspath(folders.config)}"  # noqa: PTH100 - may not exist
    # Qt's own, since it is loaded anyway.
    digest = QCryptographicHash.hash(os.fsencode(whose), QCryptographicHash.Algorithm.Sha256).toHex()
    return f"penwright-{bytes(digest.data()).decode()[:24]}"
