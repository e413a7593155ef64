"""Which words of a line are looked up, and how they are written for a dictionary.

Offsets are code points. Words of scripts without spaces between them (Chinese, Japanese, Thai) have no place
in a dictionary of words and are left out, as are addresses, names of files, and words with digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import regex

from penwright.core.markdown.spans import CODE, QUIET, Span
from penwright.core.segment import IDEOGRAPHS

# What is written without a space: an address or a path is one of these, and so are words and their marks.
_TOKEN = re.compile(r"\S+")
_ADDRESS = regex.compile(r"://|^(?i:www)\.|@|^[~/\\]|\\|\w/\w+/|\w\.\p{Ll}{2,4}(?:$|[/?#:,;)])")
_WORD = regex.compile(
    rf"[\p{{L}}\p{{M}}--[{IDEOGRAPHS}]]+(?:['’][\p{{L}}\p{{M}}--[{IDEOGRAPHS}]]+)*", regex.V1
)
_NO_SPACES = frozenset({"THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "HANGUL"})
_LONGEST = 80  # letters; a longer run is no word, and a dictionary would take long over it
_JOINERS = {0x2019: "'", 0x00AD: None, 0x200B: None, 0x200D: None}  # soft hyphens and joiners are not spelt


def words_of(line: str, spans: Iterable[Span] = ()) -> list[tuple[int, int, str]]:
    """Return the start, the end and the spelling of each word of `line` that is worth a look.

    spans: of the line's Markdown; code and marks, and so the targets of links, are left out.
    """
    for start, end, bit in spans:
        if bit in (CODE, QUIET):
            line = line[:start] + " " * (end - start) + line[end:]
    return [
        (token.start() + start, token.start() + end, word)
        for token in _TOKEN.finditer(line)
        for start, end, word in words_of_token(token[0])
    ]


def words_of_token(token: str) -> list[tuple[int, int, str]]:
    """Return the same of what stands between two spaces."""
    if _ADDRESS.search(token):
        return []
    return [
        (word.start(), word.end(), spelt(word[0]))
        for word in _WORD.finditer(token)
        if is_plain(word[0]) and not _has_neighbour(token, word.start(), word.end())
    ]


def spelt(word: str) -> str:
    """Return a word as dictionaries have it: composed, with the straight apostrophe."""
    return word if word.isascii() else unicodedata.normalize("NFC", word.translate(_JOINERS))


def is_plain(word: str) -> bool:
    """Whether a word is spelt at all: no initial, no abbreviation in capitals, no name like GitHub."""
    if not 1 < len(word) <= _LONGEST or (word.isupper() and len(word) < 6):
        return False
    if any(low.islower() and high.isupper() for low, high in pairwise(word)):
        return False
    return script_of(word) not in _NO_SPACES


def script_of(word: str) -> str:
    """Return the script of a word's first letter as Unicode's names have it, such as LATIN or CYRILLIC."""
    return unicodedata.name(word[0], "").partition(" ")[0]


def _has_neighbour(line: str, start: int, end: int) -> bool:
    """Whether a digit or an underscore makes it part of a name or a number."""
    around = line[max(0, start - 1) : start] + line[end : end + 1]
    return any(letter.isdigit() or letter == "_" for letter in around)
