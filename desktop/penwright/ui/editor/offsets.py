"""Between Qt's UTF-16 code units and Python's characters, and between a QTextDocument and plain text."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor, QTextDocument

from penwright.core.snapshot import AFTER_LIMIT, BEFORE_LIMIT, Snapshot, utf16_units

PARAGRAPH = "\u2029"  # how a QTextDocument holds the end of a paragraph


def unit_offsets(text: str) -> list[int] | None:
    """Return where each character of `text` begins, in code units, and its length as the last entry.

    None when nothing lies beyond the basic plane, so that both counts agree; that is nearly always.
    """
    if text.isascii() or max(text) <= "\uffff":
        return None
    offsets = [0]
    for letter in text:
        offsets.append(offsets[-1] + (2 if letter > "\uffff" else 1))
    return offsets


def for_qt(text: str) -> str:
    """Return what to give to Qt so that `text` arrives.

    WORKAROUND: PySide takes U+FEFF at the start of a string for a byte-order mark, and drops it.
    """
    return "\ufeff" + text if text.startswith("\ufeff") else text


def whole_text(document: QTextDocument) -> str:
    r"""Return the exact text of `document`, paragraphs ending with "\n".

    toPlainText() would turn no-break spaces into spaces and U+2028 into "\n".
    """
    text = document.toRawText().replace(PARAGRAPH, "\n")
    length = document.characterCount() - 1  # Qt counts the end of the last paragraph
    return text if _has_units(text, length) else _unit_by_unit(document, 0, length)


def text_between(document: QTextDocument, start: int, end: int) -> str:
    """Return the exact text between two positions in code units."""
    if start == end:
        return ""
    text = _between(document, start, end)
    return text if _has_units(text, end - start) else _unit_by_unit(document, start, end)


def _has_units(text: str, units: int) -> bool:
    """Whether the text has so many code units; of a long one in the basic plane this is known at once."""
    return len(text) == units or utf16_units(text) == units


def snapshot_at(cursor: QTextCursor, document_id: str, revision: int) -> Snapshot:
    """Return the bounded text around `cursor`; it takes the same time in a document of any size.

    The edges never fall between the two halves of a surrogate pair.
    """
    position = cursor.position()
    document = cursor.document()
    start = max(0, position - BEFORE_LIMIT)
    if start and _is_low_half(document, start):
        start += 1
    last = document.characterCount() - 1  # what Qt counts at the end is the last paragraph's end
    end = min(last, position + AFTER_LIMIT)
    if end < last and _is_low_half(document, end):
        end -= 1
    return Snapshot(
        document=document_id,
        revision=revision,
        before=_between(document, start, position),
        after=_between(document, position, end),
        origin=start,
    )


def _unit_by_unit(document: QTextDocument, start: int, end: int) -> str:
    # WORKAROUND: PySide drops the half of a surrogate pair that stands alone, except here.
    units = "".join(document.characterAt(at) for at in range(start, end))
    whole = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return whole.replace(PARAGRAPH, "\n")


def _is_low_half(document: QTextDocument, position: int) -> bool:
    return "\udc00" <= document.characterAt(position) <= "\udfff"


def _between(document: QTextDocument, start: int, end: int) -> str:
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().replace(PARAGRAPH, "\n")
