"""`penwright [FILE ...]`: the window."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.display import check_display
from penwright.formats.kinds import IMPORTED, kind_of
from penwright.storage.documents import Documents, is_new_text


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the arguments."""
    parser.add_argument("files", nargs="*", metavar="FILE", help=catalogue.say("window.files"))
    parser.add_argument("--model", metavar="PATH", help=catalogue.say("complete.model"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Open a window for each file, or an empty one. What can't be opened is told before any window."""
    files = [Path(name) for name in options.files]
    for path in files:
        if not is_new_text(path):  # else nothing is wrong yet
            _try(path)
    check_display(os.environ, sys.platform)
    gc.disable()  # what is being loaded is no garbage; later the desk collects, in pauses of writing
    from penwright.app.starting import run_window  # noqa: PLC0415 - Qt is loaded for the window alone

    return run_window(files, options.model, catalogue)


def _try(path: Path) -> None:
    """Read a file once. Raises DocumentError for one that can't be opened."""
    if kind_of(path) not in IMPORTED:
        Documents().open(path)
        return
    from penwright.formats.importing import import_file  # noqa: PLC0415 - no text needs the libraries of formats

    import_file(path)
