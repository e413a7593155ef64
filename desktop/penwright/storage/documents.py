"""Opening and saving the writer's texts; nothing in a file changes that the writer didn't change."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from penwright.base.errors import DocumentError, Value
from penwright.base.file_faults import telling
from penwright.base.files import (
    Stamp,
    held_by_another,
    lock_note,
    read_bounded,
    readable_name,
    stamp,
    write_atomically,
)
from penwright.base.leftovers import clear_leftovers
from penwright.core.snapshot import utf16_units
from penwright.storage.encodings import (
    FRAME_MARKS,
    TURNING_MARKS,
    DamagedTextError,
    DecodingError,
    decode,
    encode,
    encoding_name,
    may_hold_marks,
    unify_newlines,
)

_SETTLING, _SETTLED_SECONDS = 20, 0.1  # times and seconds that a text is waited for that is being written
LIMIT_BYTES = 32_000_000  # 32 MB: a hundred novels; more makes the editor slow

Note = tuple[str, Mapping[str, Value]]

_NEWLINE_NAMES = {"\n": "LF", "\r\n": "CR LF", "\r": "CR", "\u2029": "U+2029"}


@dataclass(frozen=True)
class TextFile:
    r"""A text as it lies in a file, and what saving has to keep of that file.

    text: every line break in it is "\n". encoding: Python's name. bom: a byte-order mark stands first.
    newline: the line break in the file. stamp: what the file looked like, or None where there is no file
    (yet). notes: keys of the text catalogue with their values, for what a person should know before saving.
    """

    path: Path
    text: str
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "\n"
    stamp: Stamp | None = None
    notes: tuple[Note, ...] = ()

    @cached_property
    def units(self) -> int:
        """The length of the text in UTF-16 code units."""
        return utf16_units(self.text)

    def in_utf8(self) -> TextFile:
        """Return the same file to be saved as UTF-8 without a mark, when its encoding lacks a character."""
        return replace(self, encoding="utf-8", bom=False)


def is_new_text(path: Path) -> bool:
    """Whether `path` names a text that isn't there yet, in a folder that is."""
    return not path.exists() and path.parent.is_dir()


@dataclass(frozen=True)
class Documents:
    """Opens and saves texts.

    limit: the longest file that is opened, in bytes. keep_earlier: called with a path before a save replaces
    what is there, so that it can be kept; it may raise OSError.
    """

    limit: int = LIMIT_BYTES
    keep_earlier: Callable[[Path], None] = lambda _path: None

    def open(self, path: Path) -> TextFile:
        """Return the text at `path`.

        Raises DocumentError where it is missing, no regular file, not permitted, over the limit or no text.
        A pipe or device is refused without waiting for it.
        """
        with telling(DocumentError, path, "files.reading"):
            data, seen = read_bounded(path, self.limit)
        return self._text_file(path, data, max(seen.size, len(data)), seen)

    def read(self, stream: BinaryIO, name: str) -> TextFile:
        """Return the text in an open stream, such as standard input, to its end; it may wait.

        name: what a sentence calls it. The result has no stamp. Raises DocumentError like `open`.
        """
        with telling(DocumentError, Path(name), "files.reading"):
            data = stream.read(self.limit + 1)
        return self._text_file(Path(name), data, len(data), None)

    def save(
        self, path: Path, text: str, like: TextFile | None, *, overwrite_changed: bool = False
    ) -> TextFile:
        r"""Write `text` to `path`, wholly or not at all, and return it as it lies there now.

        like: what was opened or last saved; its encoding, mark and line break are kept. None means UTF-8,
        no mark and "\n", on Windows too, and that the caller has asked about replacing an existing file.
        overwrite_changed: write even if another program changed the file since `like`.
        Line breaks of any kind in `text` become the file's own. Raises DocumentError; the file is
        unchanged then.
        """
        kind = like or TextFile(path, "")
        text = unify_newlines(text)[0]
        data = _encoded(path, text, kind)
        with telling(DocumentError, path, "document.saving"):
            now = stamp(path)
            if like is not None and not overwrite_changed and _changed(path, now, like):
                raise DocumentError("document.changed_on_disk", name=readable_name(path))
            _require_free(path)
            unkept = self._keep_earlier(path)
            written = write_atomically(path, data)
        clear_leftovers(Path(os.path.realpath(path)).parent)
        notes = unkept
        if len(data) > self.limit:
            notes = (*notes, ("document.too_large_to_reopen", _sizes(path, len(data), self.limit)))
        return replace(kind, path=path, text=text, stamp=written, notes=notes)

    def make_folder(self, path: Path) -> None:
        """Make the folder of the text at `path`, and those above it. Raises DocumentError."""
        with telling(DocumentError, path, "document.saving"):
            path.parent.mkdir(parents=True, exist_ok=True)

    def open_settled(self, path: Path) -> TextFile:
        """Open a text that another program may be writing now: wait a little until it has done so."""
        for _ in range(_SETTLING):
            found = self.open(path)
            time.sleep(_SETTLED_SECONDS)
            if stamp(path) == found.stamp:
                break
        return found

    def changed(self, file: TextFile) -> TextFile | None:
        """Return what lies there now where another program changed it since `file`, or None.

        One that was only touched counts as unchanged, and so does one that has gone. Raises DocumentError
        where it can't be read any more.
        """
        with telling(DocumentError, file.path, "files.reading"):
            if stamp(file.path) in (None, file.stamp):
                return None
        now = self.open_settled(file.path)
        same = (now.text, now.encoding, now.bom, now.newline) == (
            file.text,
            file.encoding,
            file.bom,
            file.newline,
        )
        return None if same else now

    def bytes_of(self, file: TextFile, text: str) -> bytes:
        """Return `text` as it would lie in `file`. Raises DocumentError where its encoding can't hold it."""
        return _encoded(file.path, unify_newlines(text)[0], file)

    def decode(self, path: Path, data: bytes) -> TextFile:
        """Return the text in bytes that once lay at `path`. Raises DocumentError like `open`."""
        return self._text_file(path, data, len(data), None)

    def _keep_earlier(self, path: Path) -> tuple[Note, ...]:
        try:
            self.keep_earlier(path)
        except OSError as error:
            # A text that can't be saved for want of a copy of the old one would be the greater loss.
            return (("document.no_earlier_version", {"reason": error.strerror or str(error)}),)
        return ()

    def _text_file(self, path: Path, data: bytes, size: int, seen: Stamp | None) -> TextFile:
        name = readable_name(path)
        if len(data) > self.limit:
            raise DocumentError("document.too_large", **_sizes(path, size, self.limit))
        try:
            decoded = decode(data)
        except DamagedTextError as error:
            raise DocumentError(
                "document.damaged", name=name, encoding=encoding_name(error.encoding), line=error.line
            ) from error
        except DecodingError as error:
            raise DocumentError("document.not_text", name=name) from error
        marked = may_hold_marks(data, decoded.encoding)
        if marked and any(mark in decoded.text for mark in FRAME_MARKS):
            # The editor would turn them into line breaks, and saving would keep those.
            raise DocumentError("document.not_text", name=name)
        text, newline, mixed = unify_newlines(decoded.text)
        notes: list[Note] = []
        if decoded.guessed:
            notes.append(("document.guessed_encoding", {"encoding": encoding_name(decoded.encoding)}))
        if mixed:
            notes.append(("document.mixed_newlines", {"newline": _NEWLINE_NAMES[newline]}))
        places = (text.find(mark) for mark in TURNING_MARKS if marked)
        turning = min((at for at in places if at >= 0), default=None)
        if turning is not None:
            notes.append(("document.turning_marks", {"line": text.count("\n", 0, turning) + 1}))
        return TextFile(path, text, decoded.encoding, decoded.bom, newline, seen, tuple(notes))


def _sizes(path: Path, size: int, limit: int) -> dict[str, Value]:
    # Rounded up to a tenth, so that a file just over the limit doesn't seem to be just at it.
    return {
        "name": readable_name(path),
        "size": f"{math.ceil(size / 100_000) / 10:.1f}",
        "limit": f"{limit / 1_000_000:g}",
    }


def _encoded(path: Path, text: str, kind: TextFile) -> bytes:
    try:
        return encode(text.replace("\n", kind.newline), kind.encoding, bom=kind.bom)
    except UnicodeEncodeError as error:
        letter = error.object[error.start]
        line = unify_newlines(error.object[: error.start])[0].count("\n") + 1
        name = readable_name(path)
        if "\ud800" <= letter <= "\udfff":
            # Half of a pair, as an interrupted paste or key can leave it: no encoding holds it.
            code = f"U+{ord(letter):04X}"
            raise DocumentError("document.half_character", name=name, character=code, line=line) from error
        shown = letter if letter.isprintable() else f"U+{ord(letter):04X}"
        raise DocumentError(
            "document.cannot_encode",
            name=name,
            encoding=encoding_name(kind.encoding),
            character=shown,
            line=line,
        ) from error


def _changed(path: Path, now: Stamp | None, like: TextFile) -> bool:
    if os.path.realpath(path) != os.path.realpath(like.path):
        return False  # saved under another name, which the caller has asked about
    # A file that has gone can be written again: nothing of anybody's is lost by it.
    return now is not None and now != like.stamp


def _require_free(path: Path) -> None:
    note = lock_note(path)
    if note is not None:
        raise DocumentError("document.locked_by_note", name=readable_name(path), note=readable_name(note))
    if held_by_another(path):
        raise DocumentError("document.locked", name=readable_name(path))
