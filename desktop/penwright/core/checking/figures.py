"""Numbers in a text, in digits and in words, English and Chinese, with their values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

Place = tuple[int, int, frozenset[Decimal]]

_DIGITS = re.compile(r"\d+(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_LIST_MARK = re.compile(r"^[ \t>]*(\d{1,3})[.)、．]", re.MULTILINE)
_TIMES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "k": 1000, "m": 10**6, "bn": 10**9,
    "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
_TIMES_AFTER = re.compile(r"\s?(hundred|thousand|million|billion|bn|[km](?![\w])|万亿|[百千万亿])")
_TEENS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_ONES = {word: number for number, word in enumerate(_TEENS.split())}
_TENS = {
    word: number * 10
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_WORD = "|".join(sorted([*_ONES, *_TENS, "hundred", "thousand", "million", "billion"], key=len, reverse=True))
_IN_WORDS = re.compile(rf"\b(?:{_WORD})(?:[-\s]+(?:and\s+)?(?:{_WORD}))*\b", re.IGNORECASE)
_HAN_DIGITS = {letter: number for number, letter in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_TIMES = {"十": 10, "百": 100, "千": 1000}
# Counted things: a numeral before any of them is meant as a number, not as a part of an idiom.
_MEASURES = (
    "个名人位家条年月日元块倍岁层次天号楼户栋台辆件份张页字句段期届级里米斤吨克公厘毫亩度分点小周星季代项种类"
    "只头匹棵株朵颗粒把本册套场起笔架艘间所座支枝根滴杯瓶碗盘箱袋包"
)
_IN_HAN = re.compile(
    r"百分之([零〇一二两三四五六七八九十百]+)"
    rf"|(?!十分(?!钟))([零〇一二两三四五六七八九十百千万亿]+)(?=[{_MEASURES}])"
)


def figures_in(text: str) -> Iterator[Place]:
    """Give each number: where it stands, and the values it may be meant to have.

    The marks of lists are left out, and so is one, which is said without counting.
    """
    lowered = text.lower() if len(text.lower()) == len(text) else text
    marks = {found.end(1) for found in _LIST_MARK.finditer(text)}
    for found in _DIGITS.finditer(text):
        if found.end() in marks:
            continue
        value = _decimal(found[0])
        times = _TIMES_AFTER.match(lowered, found.end())
        values = {value, value * _TIMES[times[1]]} if times else {value}
        yield found.start(), times.end() if times else found.end(), frozenset(values)
    for found in _IN_WORDS.finditer(text):
        whole = _from_words(found[0].lower())
        if whole > 1:
            yield found.start(), found.end(), frozenset({Decimal(whole)})
    for found in _IN_HAN.finditer(text):
        numeral = found[1] or found[2]
        whole = _from_han(numeral)
        if whole > 1 and not set(numeral) <= set("百千万亿"):
            yield found.start(), found.end(), frozenset({Decimal(whole)})


def values_in(text: str) -> frozenset[Decimal]:
    """Return all values that numbers in a text may have, those of list marks and single words too."""
    values = {Decimal(1)}
    for _, _, each in figures_in(text):
        values |= each
    values |= {_decimal(found) for found in _DIGITS.findall(text)}
    values |= {Decimal(_from_han(run)) for run in re.findall(r"[零〇一二两三四五六七八九十百千万亿]+", text)}
    return frozenset(values)


def _decimal(digits: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", digits).replace(",", "")
    try:
        return Decimal(plain).normalize()
    except InvalidOperation:
        return Decimal(-1)


def _from_words(words: str) -> int:
    total = group = 0
    for word in re.findall(_WORD, words):
        if word in _ONES or word in _TENS:
            group += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            group = max(1, group) * 100
        else:
            total += max(1, group) * _TIMES[word]
            group = 0
    return total + group


def _from_han(numeral: str) -> int:
    if not set(numeral) & {"十", "百", "千", "万", "亿"}:
        return int("".join(str(_HAN_DIGITS[letter]) for letter in numeral))
    total = section = digit = 0
    for letter in numeral:
        if letter in _HAN_DIGITS:
            digit = _HAN_DIGITS[letter]
        elif letter in _HAN_TIMES:
            section += max(1, digit) * _HAN_TIMES[letter]
            digit = 0
        else:
            total = (total + max(1, section + digit)) * (10**4 if letter == "万" else 10**8)
            section = digit = 0
    return total + section + digit
