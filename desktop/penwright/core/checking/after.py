"""Everything that is looked at after a text was written in a style. Nothing is ever changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from time import monotonic

import regex

from penwright.core.checking.finding import Finding
from penwright.core.checking.form import form
from penwright.core.checking.unsupported import unsupported
from penwright.core.segment import is_ideographic, sentence_around
from penwright.core.styles.style import Style, Wording

_SECONDS = 1.0  # for all of a style's patterns; a stranger's may else try for ever
# Who says so: a claim in such a sentence has its source.
_SOURCED = re.compile(
    r"according to|source:|https?://|\[\d+\]|\[\^|\bsaid\b|\bsays\b|\bfound that\b"
    r"|据|根据|来源|数据显示|研究(?:表明|显示)|称，",
    re.IGNORECASE,
)
_CLAIM = "-claim"


def marks(style: Style, values: Mapping[str, str], text: str, language: str) -> list[Finding]:
    """Return what the writer still has to check, each with its place, in order.

    values: by field id, with text, before and after as they were given to `core.prompt.job()`.
    """
    words = style.words(language)
    found = [*_must_not(words, values, text), *_banned(words, text)]
    if style.unsupported:
        found += unsupported(text, _sources(style, words, values))
    return sorted(found, key=lambda each: (each.start, each.end))


def check(style: Style, values: Mapping[str, str], text: str, language: str) -> list[Finding]:
    """Return all that is not as the style wants it; none for a text that is as it should be."""
    words = style.words(language)
    return [
        *form(style, words, values, text, style.language(language)),
        *_fields(style, words, values, text),
        *marks(style, values, text, language),
    ]


def _sources(style: Style, words: Wording, values: Mapping[str, str]) -> list[str]:
    """Return all that was given, and what the style's own words for a choice are."""
    made = [value for value in values.values() if value]
    for field in style.fields:
        chosen = values.get(field.id, "")
        if chosen in words.fields[field.id].choices:
            made.append(words.fields[field.id].choices[chosen])
    return made


def _must_not(words: Wording, values: Mapping[str, str], text: str) -> Iterator[Finding]:
    """Give what the style must not say; what the writer gave is the writer's own."""
    given = "\n".join(values.values()).lower()
    until = monotonic() + _SECONDS
    for rule in words.must_not:
        for pattern in rule.patterns:
            try:
                for found in regex.finditer(
                    pattern, text, regex.IGNORECASE, timeout=max(0.001, until - monotonic())
                ):
                    said = found[0]
                    if not said or said.lower() in given:
                        continue
                    start, end = sentence_around(text, found.start())
                    if rule.id.endswith(_CLAIM) and _SOURCED.search(text[start:end]):
                        continue
                    yield Finding(
                        "must_not", *found.span(), "checking.must_not", {"what": said, "why": rule.why}
                    )
            except TimeoutError:
                return


def _banned(words: Wording, text: str) -> Iterator[Finding]:
    for phrase in words.banned:
        edge = "" if is_ideographic(phrase[0]) else r"\b"
        for found in re.finditer(
            rf"{edge}{re.escape(phrase).replace('’', chr(39))}", _plain(text), re.IGNORECASE
        ):
            yield Finding("banned", *found.span(), "checking.banned", {"what": phrase})


def _plain(text: str) -> str:
    """Return a text of the same length with straight apostrophes."""
    return text.replace("’", "'")


def _fields(style: Style, words: Wording, values: Mapping[str, str], text: str) -> Iterator[Finding]:
    """Give the required fields of which nothing is in the text."""
    if style.kind != "write":
        return
    known = text.lower()
    for field in style.fields:
        value = values.get(field.id, "")
        if not field.required or field.kind not in ("text", "long") or not value.strip():
            continue
        if not any(part in known for part in _parts(value)):
            yield Finding("fields", 0, 0, "checking.field", {"label": words.fields[field.id].label})


def _parts(value: str) -> set[str]:
    """Return what would show that a value was used: beginnings of its longer words, pairs of ideographs."""
    words = [word for word in re.findall(r"[^\W_]+", value) if not any(map(is_ideographic, word))]
    longer = [word for word in words if len(word) > 3 or not word[0].islower()] or words
    runs = re.findall(r"[\u3400-\u9fff]{2,}", value)
    return {word[:6].lower() for word in longer} | {
        run[at : at + 2] for run in runs for at in range(len(run) - 1)
    }
