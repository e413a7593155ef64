"""Which encoding a text that isn't Unicode may be in.

charset-normalizer says which candidates give a text without a mess; it tells Korean from Japanese or Chinese
badly where a text is short. How common the letters are settles that.
"""

from __future__ import annotations

# By Python's names, and as people know them. Of equally good guesses the first is taken: the widest of
# each family, and the commoner family.
LEGACY = {
    "gb18030": "GB18030",
    "cp932": "Shift-JIS",
    "cp949": "Korean (CP949)",
    "big5": "Big5",
    "big5hkscs": "Big5-HKSCS",
    "euc_jp": "EUC-JP",
    "euc_jis_2004": "EUC-JIS-2004",
    "shift_jis": "Shift-JIS",
    "shift_jis_2004": "Shift-JIS-2004",
    "euc_kr": "EUC-KR",
    "cp1252": "Windows-1252",
    "latin_1": "Latin-1",
    "cp1250": "Windows-1250",
    "iso8859_2": "Latin-2",
    "cp1251": "Windows-1251",
    "koi8_r": "KOI8-R",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
}
_ORDER = tuple(LEGACY)

# The everyday letters of a language stand together in its national standard: that standard, and the first
# bytes of their rows. GB 2312 level 1; JIS X 0208 kana and level 1; KS X 1001 hangul; Big5 level 1.
_EVERYDAY = {
    "gb": ("gb2312", frozenset(range(0xB0, 0xD8))),
    "jp": ("euc_jp", frozenset({0xA4, 0xA5, *range(0xB0, 0xD0)})),
    "kr": ("euc_kr", frozenset(range(0xB0, 0xC9))),
    "big5": ("big5", frozenset(range(0xA4, 0xC7))),
}
_LANGUAGE = {
    "gb18030": "gb",
    "cp932": "jp",
    "shift_jis": "jp",
    "shift_jis_2004": "jp",
    "euc_jp": "jp",
    "euc_jis_2004": "jp",
    "cp949": "kr",
    "euc_kr": "kr",
    "big5": "big5",
    "big5hkscs": "big5",
}
# In texts of these, nearly every letter is outside of ASCII; in those of the other single-byte ones, few are.
_OWN_ALPHABET = frozenset({"cp1251", "koi8_r", "cp1253"})
_SINGLE_BYTE_FITS, _SINGLE_BYTE_MISFITS = 0.6, 0.2

_SAMPLE = 1 << 18  # bytes that the library looks at
_LETTERS = 2_000  # letters whose commonness is looked at


def guess(data: bytes) -> tuple[str, str] | None:
    """Return the text in `data` and Python's name of an encoding that gives the same bytes back, or None."""
    sample = _sample(data)
    ranked: list[tuple[float, int]] = []
    from charset_normalizer import from_bytes  # noqa: PLC0415 - nearly every text is UTF-8

    for match in from_bytes(sample, cp_isolation=list(_ORDER)):
        for encoding in match.could_be_from_charset:
            if encoding in LEGACY:
                likely = everyday_share(sample.decode(encoding, "replace"), encoding)
                ranked.append((round(match.chaos - match.coherence - likely, 3), _ORDER.index(encoding)))
    for _rank, place in sorted(ranked):
        encoding = _ORDER[place]
        try:
            text = data.decode(encoding)
            if text.encode(encoding) == data:
                return text, encoding
        except UnicodeError:
            continue
    return None


def everyday_share(text: str, encoding: str) -> float:
    """Return from 0 to 1 how everyday the letters of `text` are, if it was written in `encoding`."""
    foreign = [letter for letter in text if not letter.isascii() and letter.isalpha()][:_LETTERS]
    language = _LANGUAGE.get(encoding)
    if language is None:
        latin = sum(letter.isascii() and letter.isalpha() for letter in text[: _LETTERS * 4])
        fits = (len(foreign) > latin) == (encoding in _OWN_ALPHABET)
        return _SINGLE_BYTE_FITS if fits else _SINGLE_BYTE_MISFITS
    if not foreign:
        return 0.0
    standard, rows = _EVERYDAY[language]
    everyday = 0
    for letter in foreign:
        coded = letter.encode(standard, "ignore")
        everyday += len(coded) == 2 and coded[0] in rows
    return everyday / len(foreign)


def _sample(data: bytes) -> bytes:
    """Return whole lines of `data` from the first that isn't ASCII on.

    A line feed's byte is never part of a longer character in the encodings of LEGACY, so that none is cut.
    """
    if len(data) <= _SAMPLE:
        return data
    first = next(at for at in range(0, len(data), 4096) if not data[at : at + 4096].isascii())
    start = data.rfind(b"\n", 0, first) + 1
    end = data.rfind(b"\n", start, start + _SAMPLE)
    return data[start:end] if end > start else data[start:]
