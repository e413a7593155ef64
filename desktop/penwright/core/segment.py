"""Words and sentences in running text, with and without spaces between words.

Offsets are counted in code points (Python's own). The lists of sentence ends follow Unicode's
Sentence_Terminal property for the scripts that Penwright's writers use.
"""

from __future__ import annotations

import re
import unicodedata

TERMINATORS = ".?!…。！？．｡۔؟।"
_CLOSERS = "\"'”’»)]}」』）】》〉*_"
# Marks of one letter's width or more that stand alone in Chinese and Japanese: no space follows them.
_WIDE_TERMINATORS = "。！？．｡"
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|e\.g|i\.e|cf|No|Vol|Fig|approx|Inc|Ltd|Co|(?:[A-Z]\.)*[A-Z])\.$"
)
_IDEOGRAPHIC = (
    (0x2E80, 0x2FDF),  # radicals
    (0x3040, 0x30FF),  # hiragana, katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),  # half-width katakana
    (0x20000, 0x3FFFF),
)
IDEOGRAPHS = "".join(f"{chr(low)}-{chr(high)}" for low, high in _IDEOGRAPHIC)
# An accent may be a mark of its own after its letter; \w leaves marks out.
_RUN = rf"[^\W_{IDEOGRAPHS}]+"
_COUNTED = re.compile(
    rf"[{IDEOGRAPHS}]|{_RUN}(?:(?:[\u0300-\u036f]*['’\-]|[\u0300-\u036f]+){_RUN})*[\u0300-\u036f]*"
)
_LONGEST_SENTENCE = 2000  # characters on either side that are looked at
_LINE_SPACE = " \t\u00a0\u2003\u3000"


def is_ideographic(letter: str) -> bool:
    """Whether `letter` belongs to a script that puts no spaces between words (Chinese, Japanese)."""
    if letter < "\u2e80":  # nearly every letter, asked about at each key
        return False
    point = ord(letter)
    return any(low <= point <= high for low, high in _IDEOGRAPHIC)


def in_word(letter: str) -> bool:
    """Whether a word with spaces around it goes on with `letter`: letters, digits, apostrophe, hyphen."""
    return not is_ideographic(letter) and (letter.isalnum() or letter in "'’-_" or _is_mark(letter))


def _is_mark(letter: str) -> bool:
    """Whether `letter` only changes the one before it: an accent, a vowel sign, a joiner."""
    return letter > "\u02ff" and (unicodedata.category(letter)[0] == "M" or letter in "\u200c\u200d")


def word_end(text: str) -> int:
    """Return where the first word of `text` ends, its leading spaces counted in.

    A run of letters is a word; one ideograph is a word; a run of anything else (punctuation) is one, so
    that what trails a word is taken by a key of its own.
    """
    at = 0
    while at < len(text) and text[at].isspace():
        at += 1
    if at == len(text):
        return at
    alone = is_ideographic(text[at])
    kind = in_word(text[at])
    at += 1
    while at < len(text) and not text[at].isspace():
        if not _is_mark(text[at]) and (alone or is_ideographic(text[at]) or in_word(text[at]) != kind):
            break
        at += 1
    return at


def has_word(text: str) -> bool:
    """Whether `text` holds a letter or a digit of any script."""
    return any(letter.isalnum() for letter in text)


def piece_ends(text: str) -> tuple[int, ...]:
    """Return where each piece of `text` ends: one word, with the spaces and marks that stand before it.

    Marks that no word follows are a last piece of their own. The pieces together are the whole text, but
    for white space at its end.
    """
    ends: list[int] = []
    start = at = 0
    while at < len(text.rstrip()):
        at += word_end(text[at:])
        if has_word(text[start:at]):
            ends.append(at)
            start = at
    if start < at:
        ends.append(at)
    return tuple(ends)


def sentence_end(text: str, preceding: str = "") -> int | None:
    """Return where the first sentence of `text` ends, closing quotes counted in, or None.

    A full stop after a digit and before one, after an abbreviation or after a single initial is no end.
    `preceding` is what stands before `text`: it may hold the abbreviation's first letters. An end is only
    known once something other than a closing mark follows, or the text is over.
    """
    for at, letter in enumerate(text):
        if letter not in TERMINATORS:
            continue
        stop = at + 1
        while stop < len(text) and (text[stop] in TERMINATORS or text[stop] in _CLOSERS):
            stop += 1
        if letter in _WIDE_TERMINATORS:
            return stop
        follows = text[stop : stop + 1]
        if follows and not follows.isspace() and not is_ideographic(follows):
            continue
        if letter == "." and _ABBREVIATION.search(preceding[-12:] + text[: at + 1]):
            continue
        return stop
    return None


def ends_sentence(before: str) -> bool:
    """Whether the last sentence of `before` is complete, white space after it left out."""
    rest = before[-300:].rstrip()
    while (end := sentence_end(rest)) is not None:
        rest = rest[end:]
        if not rest:
            return True
    return False


def sentence_around(text: str, at: int) -> tuple[int, int]:
    """Return where the sentence that `at` stands in, or just behind, begins and ends.

    Spaces between two sentences belong to the second: who has typed one begins a sentence. Of very long
    ones only the part around `at` is given.
    """
    end = min(len(text), at + _LONGEST_SENTENCE)
    start = stop = max(0, at - _LONGEST_SENTENCE)
    while True:
        found = sentence_end(text[stop:end], text[max(0, stop - 12) : stop])
        stop = end if found is None else stop + found
        goes_on = text[stop : stop + 2].lstrip()[:1].islower()  # as in: “Go!” she said.
        if stop >= end or (at <= stop and not goes_on):
            break
        if not goes_on:
            start = stop
    while start < at and text[start].isspace():
        start += 1
    return start, stop


def stem_start(before: str, longest: int) -> int:
    """Return where the stem begins: the letters before the caret that a model must write again.

    The tokens of a half word are not the tokens of the whole one, so the prompt ends at a word's boundary
    and the letters already typed are required of the answer. The space before a word belongs to the
    stem, since most vocabularies glue it to the word's first token. After Chinese or Japanese the stem is
    the last letter. It is never longer than `longest` code points (a vocabulary's longest token: more
    than that can't have been one token); 0 or less gives no stem.
    """
    end = len(before)
    if not end or longest <= 0 or before[-1] == "\n":
        return end
    floor = max(0, end - longest)
    if is_ideographic(before[-1]):
        return end - 1 if longest >= 1 else end
    at = end
    while at > floor and not before[at - 1].isspace() and not is_ideographic(before[at - 1]):
        at -= 1
    if at > floor and before[at - 1] in _LINE_SPACE:
        at -= 1
    return at


def trailing_word(before: str) -> str:
    """Return the letters of the word that the caret stands in or just after; "" after a space."""
    at = len(before)
    while at and in_word(before[at - 1]):
        at -= 1
    return before[at:]


def count_words(text: str) -> int:
    """Count words: runs of letters and digits (with what joins them), and each ideograph or kana as one."""
    return len(_COUNTED.findall(text))
