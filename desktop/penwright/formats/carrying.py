"""Pictures that go with a Markdown text: what it holds is put beside it, what is elsewhere is still found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from penwright.base.errors import DocumentError
from penwright.base.files import explain, readable_name, write_atomically
from penwright.formats.losses import Losses
from penwright.formats.model import Document, Inline, Inlines, Picture, Text, change_document, change_inside
from penwright.formats.pictures import LIMIT_BYTES, data_of, recognised

_KEPT = "/~:()',;!$&*+=@"  # letters that need no escape in an address within Markdown


def carry_pictures(
    document: Document, folder: Path, target: Path, losses: Losses
) -> tuple[Document, Mapping[Path, bytes]]:
    """Return the document as it is written at `target`, and the files that have to lie beside it.

    folder: where the pictures' names started from until now. Pictures that the document itself holds go into
    a folder named after `target`.
    """
    beside: dict[Path, bytes] = {}
    room = target.with_name(f"{target.stem}-pictures")

    def change(piece: Inline) -> Inlines:
        if not isinstance(piece, Picture):
            return (piece,)
        if piece.target[:5].lower() != "data:":
            return (replace(piece, target=_from_there(piece.target, folder, target.parent)),)
        data = data_of(piece.target)
        found = recognised(data) if data is not None and len(data) <= LIMIT_BYTES else None
        if found is None:
            losses.add("picture_missing")
            return (Text(piece.words),) if piece.words else ()
        beside[room / found.name] = found.data
        return (replace(piece, target=quote(f"{room.name}/{found.name}", safe=_KEPT)),)

    return change_document(document, lambda inside: change_inside(inside, change)), beside


def _from_there(name: str, folder: Path, there: Path) -> str:
    """Return a picture's name as it is written in a text in another folder; addresses stay."""
    try:
        parts = urlsplit(name)
    except ValueError:
        return name
    if parts.scheme or parts.netloc or name.startswith(("/", "\\", "#")) or not name:
        return name
    here, there = Path(os.path.realpath(folder)), Path(os.path.realpath(there))
    if here == there:
        return name
    try:
        moved = os.path.relpath(here / unquote(name), there)
    except ValueError:  # another drive of Windows
        return (here / unquote(name)).as_uri()
    return quote(moved.replace("\\", "/"), safe=_KEPT) if " " in moved else moved.replace("\\", "/")


def write_pictures(beside: Mapping[Path, bytes]) -> None:
    """Write pictures that lie beside a text, each wholly or not at all. Raises DocumentError.

    They are named by what they hold, so one that is there already is the same.
    """
    for path, content in beside.items():
        try:
            path.parent.mkdir(exist_ok=True)
        except FileExistsError as error:
            raise DocumentError("formats.pictures_exist", name=readable_name(path.parent)) from error
        except OSError as error:
            raise _explained(error, path.parent) from error
        if not path.exists():
            write_file(path, content)


def write_file(path: Path, data: bytes) -> None:
    """Write a file wholly or not at all, over what is there. Raises DocumentError."""
    try:
        write_atomically(path, data)
    except OSError as error:
        raise _explained(error, path) from error


def _explained(error: OSError, path: Path) -> DocumentError:
    key, values = explain(error, path, "files.writing")
    return DocumentError(key, **values)
