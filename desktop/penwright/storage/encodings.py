"""Bytes to text and back, so that what nobody edited comes back byte for byte."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from penwright.storage.guess import LEGACY, guess

# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    ("utf-8", codecs.BOM_UTF8),
    ("utf-32-le", codecs.BOM_UTF32_LE),
    ("utf-32-be", codecs.BOM_UTF32_BE),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
)

# Line breaks that Qt's documents split at, in the order in which a tie is settled.
NEWLINES = ("\n", "\r\n", "\r", "\u2029")
# Qt takes these two for the borders of a frame and splits there too; they stand for no letter.
FRAME_MARKS = ("\ufdd0", "\ufdd1")

# They turn the direction of all that follows, unseen, so that a text can look like another one.
TURNING_MARKS = ("\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068")

# Both, as bytes, with what each begins with.
_MARKS_IN_UTF8 = (
    (b"\xe2", re.compile(rb"\xe2(?:\x80[\xaa\xab\xad\xae]|\x81[\xa6-\xa8])")),
    (b"\xef", re.compile(rb"\xef\xb7[\x90\x91]")),
)


class DecodingError(ValueError):
    """The bytes are no text in any encoding that is known here."""


class DamagedTextError(DecodingError):
    """The bytes are text in a known encoding with broken places.

    encoding: Python's name of it. line: where the first broken place is, counted from 1.
    """

    def __init__(self, encoding: str, line: int) -> None:
        super().__init__(encoding, line)
        self.encoding = encoding
        self.line = line


@dataclass(frozen=True)
class Decoded:
    """Text with the encoding that gives its bytes back.

    encoding: Python's name. bom: whether a byte-order mark stood before it. guessed: nothing in the
    bytes says so, but it fits.
    """

    text: str
    encoding: str
    bom: bool = False
    guessed: bool = False


def may_hold_marks(data: bytes, encoding: str) -> bool:
    """Whether a text in `data` may hold FRAME_MARKS or TURNING_MARKS; in UTF-8 it does then.

    Found among the bytes this takes a tenth of the time, which matters in long texts.
    """
    if encoding != "utf-8":
        return True
    # A byte that is nowhere is known from a look thirty times as quick.
    return any(first in data and pattern.search(data) for first, pattern in _MARKS_IN_UTF8)


def encoding_name(encoding: str) -> str:
    """Return the encoding's name as people know it, such as "Shift-JIS" for cp932."""
    return LEGACY.get(encoding, encoding.upper().removesuffix("-LE").removesuffix("-BE"))


def decode(data: bytes) -> Decoded:
    """Return the text in `data`: by its mark, else UTF-8, else by a guess that gives the bytes back.

    Raises DecodingError for what is no text, and DamagedTextError for a broken one.
    """
    for encoding, mark in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], encoding)
    if b"\0" in data:
        raise DecodingError("NUL")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, error.start)
    guessed = guess(data)
    if guessed is None:
        raise DecodingError("no encoding fits")
    return Decoded(*guessed, guessed=True)


def encode(text: str, encoding: str, *, bom: bool) -> bytes:
    """Return the bytes of `text`, with a byte-order mark before them where `bom` is set.

    Raises UnicodeEncodeError for a character that the encoding can't hold.
    """
    mark = dict(_MARKS).get(encoding, b"") if bom else b""
    return mark + text.encode(encoding)


def _decode_marked(body: bytes, encoding: str) -> Decoded:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-32-le":  # or UTF-16, little-endian, that begins with a NUL: no text either
            raise DecodingError(encoding) from error
        line = body[: error.start].decode(encoding, "replace").count("\n") + 1
        raise DamagedTextError(encoding, line) from error
    if "\0" in text:
        raise DecodingError("NUL")
    return Decoded(text, encoding, bom=True)


def _refuse_damaged_utf8(data: bytes, first: int) -> None:
    """Raise DamagedTextError where nearly all of `data` is UTF-8.

    Any single-byte encoding would fit as well, and turn a whole Chinese or French text into gibberish for
    the sake of one bad byte. In texts of other encodings, good sequences are rarer than bad ones.
    """
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    if good >= 4 * bad:
        raise DamagedTextError("utf-8", data.count(b"\n", 0, first) + 1)


def unify_newlines(text: str) -> tuple[str, str, bool]:
    r"""Return `text` with "\n" for every line break, the most frequent of them, and whether kinds are mixed.

    With one kind only, replacing "\n" by it gives the same text back. Form feeds, U+0085 and U+2028 are
    letters here, as they are to Qt's documents.
    """
    if "\r" not in text and "\u2029" not in text:
        return text, "\n", False  # nearly always, and much quicker than counting in a long text
    pairs = text.count("\r\n")
    counts = {
        "\n": text.count("\n") - pairs,
        "\r\n": pairs,
        "\r": text.count("\r") - pairs,
        "\u2029": text.count("\u2029"),
    }
    most = max(NEWLINES, key=lambda newline: counts[newline])
    for newline in NEWLINES[1:]:
        text = text.replace(newline, "\n")
    return text, most, sum(map(bool, counts.values())) > 1
