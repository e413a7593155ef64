"""Text that already follows the caret: a suggestion must not say it again, nor run into it.

A model that is given the text before the caret alone, as a plain continuation, often writes its way to
what already stands behind it. Then the middle is what the writer wants. All that is looked at is the next
line after the caret that has letters.
"""

from __future__ import annotations

from penwright.core import segment

REACH = 300  # code points of the following line that are looked at
_SEAM_WORDS = 2  # an overlap that the answer goes on from must be as long as this to be none by chance
_OPENERS = "([{\"'“‘«„"


def fit_between(text: str, before: str, after: str) -> tuple[str, str]:
    """Return what of `text` may stand between `before` and `after`, and why nothing may.

    The reason is "" where something remains, "copies" where `text` only says what follows already, and
    "inside" where the caret is within a word. A space is added where it would touch the next word.
    """
    rest = after.split("\n", 1)[0]
    if not rest.strip():
        return _before_next_line(text, after)
    seam = _seam(text, rest[:REACH].strip())
    kept = text if seam is None else text[:seam]
    if not kept.strip():
        return "", "copies"
    if segment.in_word(rest[0]):
        if before and segment.in_word(before[-1]):
            return "", "inside"
        if segment.in_word(kept[-1]):
            kept += " "
    elif rest[0] not in _OPENERS:
        kept = kept.rstrip()
    return kept, ""


def _before_next_line(text: str, after: str) -> tuple[str, str]:
    """Return what of `text` does not copy the next paragraph: a whole phrase of it, for it is not near."""
    line = after.strip()[:REACH].split("\n", 1)[0].strip()
    if len(segment.piece_ends(line)) < _SEAM_WORDS:
        return text, ""
    seam = _seam(text, line)
    if seam is None or len(segment.piece_ends(text[seam:])) < _SEAM_WORDS:
        return text, ""
    kept = text[:seam].rstrip()
    return kept, "" if kept else "copies"


def _seam(text: str, following: str) -> int | None:
    """Return where `text` begins to say what `following` begins with, or None.

    Either `text` ends with it, or it says so much of it that this is no chance and goes on otherwise.
    """
    said, comes = text.casefold(), following.casefold()
    if len(said) != len(text):  # a letter that becomes two by that, such as "ß"
        said, comes = text, following
    ends = segment.piece_ends(comes)
    enough = comes[: ends[min(_SEAM_WORDS, len(ends)) - 1]] if segment.has_word(comes) else comes
    for start in _word_starts(said):
        tail = said[start:].rstrip()
        runs_out = comes.startswith(tail) and _whole(comes, len(tail))
        runs_on = tail.startswith(enough) and _whole(tail, len(enough))
        if runs_out or runs_on:
            return start
    return None


def _word_starts(text: str) -> list[int]:
    """Return where words and runs of marks begin, white space before them left out."""
    starts: list[int] = []
    at = 0
    while at < len(text):
        end = at + segment.word_end(text[at:])
        begin = end - len(text[at:end].lstrip())
        if begin < end:
            starts.append(begin)
        at = end
    return starts


def _whole(text: str, end: int) -> bool:
    """Whether no word of `text` is cut in two at `end`."""
    return end >= len(text) or not (segment.in_word(text[end]) and segment.in_word(text[end - 1]))
