"""Curly quotes, dashes and ellipses for straight ones, as each language sets them."""

from __future__ import annotations

from dataclasses import dataclass

_NARROW = "\u202f"  # a space as French has it, at which no line breaks
_OPENERS = "([{<–—-/\u201c\u2018\u201e\u201a«‹「『（《〈“‘【"


@dataclass(frozen=True)
class Marks:
    """How a language quotes: the outer pair, the inner pair.

    spaced: a narrow space inside, and before ; : ! ?. wide: no spaces between words, double dash and
    ellipsis.
    """

    outer: tuple[str, str]
    inner: tuple[str, str]
    spaced: bool = False
    wide: bool = False


MARKS: dict[str, Marks] = {
    "en": Marks(("“", "”"), ("‘", "’")),
    "en-gb": Marks(("‘", "’"), ("“", "”")),
    "de": Marks(("„", "“"), ("‚", "‘")),
    "de-ch": Marks(("«", "»"), ("‹", "›")),
    "fr": Marks(("«" + _NARROW, _NARROW + "»"), ("“", "”"), spaced=True),
    "es": Marks(("«", "»"), ("“", "”")),
    "it": Marks(("«", "»"), ("“", "”")),
    "pt": Marks(("“", "”"), ("‘", "’")),
    "nl": Marks(("“", "”"), ("‘", "’")),
    "pl": Marks(("„", "”"), ("‚", "’")),
    "cs": Marks(("„", "“"), ("‚", "‘")),
    "sv": Marks(("”", "”"), ("’", "’")),
    "da": Marks(("»", "«"), ("›", "‹")),
    "ru": Marks(("«", "»"), ("„", "“")),
    "zh": Marks(("“", "”"), ("‘", "’"), wide=True),
    "ja": Marks(("「", "」"), ("『", "』"), wide=True),
}


@dataclass(frozen=True)
class Typed:
    """What a typed letter becomes: `removed` characters before the caret go, `text` comes.

    plain: what stood there and was typed, for who wants that back.
    """

    removed: int
    text: str
    plain: str


def typed(before: str, letter: str, language: str) -> Typed | None:
    """Return what `letter`, just typed, becomes behind `before`; None where it stays as it is.

    before: the line up to the caret. language: a key of MARKS. Within code nothing changes.
    """
    marks = MARKS[language]
    if letter not in "\"'-.;:!?" or before.count("`") % 2:
        return None
    if letter == '"':
        return _quote(before, letter, marks)
    if letter == "'":
        if before and _is_word(before[-1]) and not marks.wide and not _awaits(before, _single(marks)):
            return Typed(0, "’", letter)
        return _quote(before, letter, marks)
    if letter == "-":
        return _dash(before, marks)
    if letter == ".":
        return Typed(2, "……" if marks.wide else "…", "...") if _has_two_dots(before) else None
    if marks.spaced and before[-1:] == " " and before[:-1].strip():
        return Typed(1, ("\u00a0" if letter == ":" else _NARROW) + letter, " " + letter)
    return None


def _single(marks: Marks) -> tuple[str, str]:
    """Return the pair that the apostrophe's key writes: in British English it is the outer one."""
    return marks.outer if marks.outer[1] == "’" else marks.inner


def _quote(before: str, letter: str, marks: Marks) -> Typed:
    double = marks.inner if marks.outer[1] == "’" else marks.outer
    pair = _single(marks) if letter == "'" else double
    if pair[0] == pair[1]:
        return Typed(0, pair[0], letter)
    opening = not _awaits(before, pair) if marks.wide else _opens_after(before)
    if not opening and marks.spaced and before[-1:] == " " and pair[1].startswith(_NARROW):
        return Typed(1, pair[1], " " + letter)
    return Typed(0, pair[0] if opening else pair[1], letter)


def _awaits(before: str, pair: tuple[str, str]) -> bool:
    """Whether the last of the pair's openers in `before` has not been closed."""
    opener, closer = (mark.strip(_NARROW) for mark in pair)
    return opener != closer and before.rfind(opener) > before.rfind(closer)


def _opens_after(before: str) -> bool:
    last = before.rstrip("*_~")[-1:]  # quotes stand on either side of emphasis
    return not last or last.isspace() or last in _OPENERS


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter in "*_"


def _dash(before: str, marks: Marks) -> Typed | None:
    start = before.lstrip(" >")
    if not start.strip("-–—") or start.startswith("|") or before.endswith(("<!-", "<!")):
        return None  # a rule, front matter, a list, a table, a comment
    if before.endswith("–") and not marks.wide:
        return Typed(1, "—", "–-")
    if before.endswith("-") and not before.endswith("--"):
        return Typed(1, "——" if marks.wide else "–", "--")
    return None


def _has_two_dots(before: str) -> bool:
    return before.endswith("..") and not before.endswith("...")
