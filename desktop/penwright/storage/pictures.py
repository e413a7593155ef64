"""Pictures beside a text: under a name that nothing has yet, so that nothing is ever written over."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from penwright.base.errors import DocumentError
from penwright.base.files import explain, sync_folder, write_all

_MOST = 9999  # pictures of one text


def keep_beside(text: Path, data: bytes, suffix: str) -> Path:
    """Write a picture beside the text of this path as NAME-1, NAME-2, ... and return where it lies.

    suffix: such as ".png". Raises DocumentError; nothing is left behind then.
    """
    for number in range(1, _MOST + 1):
        path = text.with_name(f"{text.stem}-{number}{suffix}")
        try:
            descriptor = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
            )
        except FileExistsError:
            continue
        except OSError as error:
            raise _told(error, path) from error
        try:
            try:
                write_all(descriptor, data)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                path.unlink()
            raise _told(error, path) from error
        sync_folder(path.parent)
        return path
    raise DocumentError("document.too_many_pictures", name=text.name)


def _told(error: OSError, path: Path) -> DocumentError:
    key, values = explain(error, path, "files.writing")
    return DocumentError(key, **values)
