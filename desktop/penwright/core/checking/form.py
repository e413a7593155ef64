"""Whether a text has the form a style asks for, and the language and length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from penwright.core.checking.finding import Finding
from penwright.core.segment import count_words
from penwright.core.styles.style import TEXT, Range, Shape, Style, Wording

_ITEM = re.compile(r"[ \t]*(?:[-*•+][ \t]+|\d{1,3}[.)、．][ \t]*|[（(]\d{1,3}[)）])\S")
_HEADING = re.compile(r"#{1,6}\s+\S")
_PREFACE = re.compile(
    r"(?:sure|certainly|of course|okay|absolutely|here(?:'s|’s| is| are))\b[^\n]{0,80}[:!.]"
    r"|(?:好的|当然|没问题)[，。！,]|(?:以下|下面)是",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"“[^”]+”|\"[^\"]+\"|「[^」]+」|‘[^’]+’")
_HEADLINE_WORDS, _SIGNATURE, _GREETING = 24, 80, 60
_SCRIPTS = (
    ("kana", re.compile(r"[\u3040-\u30ff]")),
    ("hangul", re.compile(r"[\uac00-\ud7af]")),
    ("han", re.compile(r"[\u3400-\u9fff]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("arabic", re.compile(r"[\u0600-\u06ff]")),
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f]")),
)
_WRITTEN_IN = {
    "zh": "han", "chinese": "han", "traditional": "han", "ja": "kana", "japanese": "kana", "ko": "hangul",
    "korean": "hangul", "ru": "cyrillic", "russian": "cyrillic", "ar": "arabic", "arabic": "arabic",
}  # fmt: skip
INTO = "into"  # the field that names the language to translate into


def form(
    style: Style, words: Wording, values: Mapping[str, str], text: str, language: str
) -> Iterator[Finding]:
    """Give what is not as the style asks."""
    if preface := _PREFACE.match(text):
        yield Finding("preface", *preface.span(), "checking.preface")
    number = count_words(text)
    if words.length is not None and not words.length.holds(number):
        yield _amount("length", "checking.length", words.length, number)
    yield from _language(style, values, text, language)
    yield from _shape(style.shape, text)


def _amount(check: str, key: str, wanted: Range, number: int) -> Finding:
    return Finding(
        check,
        0,
        0,
        key,
        {"number": number, "least": int(wanted.least), "most": int(min(wanted.most, 1_000_000))},
    )


def _language(style: Style, values: Mapping[str, str], text: str, language: str) -> Iterator[Finding]:
    if style.field(INTO) is not None:
        wanted = _WRITTEN_IN.get(values.get(INTO, ""), "latin")
    elif style.kind == "write":
        wanted = _WRITTEN_IN.get(language, "latin")
    else:
        wanted = script_of(values.get(TEXT) or values.get("before", ""))
    is_in = script_of(text)
    if is_in and wanted and is_in != wanted:
        yield Finding("language", 0, 0, "checking.language")


def script_of(text: str) -> str:
    """Return which script most of a text is in; "" for none. An ideograph counts as much as three letters."""
    counts: dict[str, float] = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
    counts["latin"] /= 3
    if counts["kana"] > 0.1 * (counts["kana"] + counts["han"]):
        counts["kana"] += counts["han"]
        counts["han"] = 0
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def _shape(shape: Shape, text: str) -> Iterator[Finding]:
    lines = [line for line in text.split("\n") if line.strip()]
    first, last = (lines[0].strip(), lines[-1].strip()) if lines else ("", "")
    items = [line for line in lines if _ITEM.match(line)]
    if shape.headline and not _is_headline(first, len(lines)):
        yield Finding("headline", 0, len(first), "checking.headline")
    if shape.greeting and not (len(first) <= _GREETING and re.search(r"[,:，：!！]$", first)):
        yield Finding("greeting", 0, len(first), "checking.greeting")
    if shape.signature and (len(last) > _SIGNATURE or re.search(r"[.。!！?？]$", last)):
        yield Finding("signature", len(text) - len(last), len(text), "checking.signature")
    if shape.speech and not _SPOKEN.search(text):
        yield Finding("speech", 0, 0, "checking.speech")
    if shape.questions and not (items and all(re.search(r"[?？]", item) for item in items)):
        yield Finding("questions", 0, 0, "checking.questions")
    blocks = [block for block in re.split(r"\n[ \t]*\n", text.strip("\n")) if block.strip()]
    counted = (
        ("paragraphs", shape.paragraphs, len(blocks)),
        ("items", shape.items, len(items)),
        ("lines", shape.lines, len(lines)),
        ("sections", shape.sections, sum(1 for line in lines if _HEADING.match(line))),
    )
    for name, wanted, number in counted:
        if wanted is not None and not wanted.holds(number):
            yield _amount(name, f"checking.{name}", wanted, number)


def _is_headline(line: str, lines: int) -> bool:
    bare = line.lstrip("# ").strip("*")
    if lines < 2 or not bare or _ITEM.match(line):
        return False
    words = count_words(bare)
    ideographs = sum(1 for letter in bare if "\u4e00" <= letter <= "\u9fff")
    most = _HEADLINE_WORDS if ideographs < words / 2 else 2 * _HEADLINE_WORDS
    return words <= most and not re.search(r"[.。;；,，]$", bare)
