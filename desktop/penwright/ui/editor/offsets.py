"""Between Qt's UTF-16 code units and Python's characters, and between a QTextDocument and plain text."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor, QTextDocument

from penwright.core.snapshot import AFTER_LIMIT, BEFORE_LIMIT, Snapshot

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
    return document.toRawText().replace(PARAGRAPH, "\n")


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


def _is_low_half(document: QTextDocument, position: int) -> bool:
    return "\udc00" <= document.characterAt(position) <= "\udfff"


def _between(document: QTextDocument, start: int, end: int) -> str:
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().replace(PARAGRAPH, "\n")
