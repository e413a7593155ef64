"""What the running program is reached by; apart from what reaches it, which takes longer to load."""

from __future__ import annotations

import os

from PySide6.QtCore import QCryptographicHash, QDir, QLockFile

from penwright.base.paths import Folders


def instance_name(folders: Folders) -> str:
    """Return the socket's name: another one for each user, and for each set of folders."""
    whose = f"{os.path.abspath(folders.data)}\0{os.path.abspath(folders.config)}"  # noqa: PTH100 - may not exist
    # Qt's own, since it is loaded anyway.
    digest = QCryptographicHash.hash(os.fsencode(whose), QCryptographicHash.Algorithm.Sha256).toHex()
    return f"penwright-{bytes(digest.data()).decode()[:24]}"


def first_lock(folders: Folders) -> QLockFile:
    """Return the lock of the one program that others reach; held now, unless another program has it.

    It is there from the first moment, before the program can be reached: so two starts at once know of each
    other. The system tells of a program that ended, so what a killed one left is in nobody's way.
    """
    lock = QLockFile(QDir(QDir.tempPath()).filePath(f"{instance_name(folders)}.lock"))
    lock.setStaleLockTime(0)  # held for as long as the program runs
    lock.tryLock(0)
    return lock
