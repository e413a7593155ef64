"""What a style's file says in one language: prompts, banned phrases, must-nots, the self-test."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import regex

from penwright.core.sandbox import TemplateError, names
from penwright.core.styles.style import LANGUAGE, FieldWords, MustNot, SelfTest, Style, Wording
from penwright.core.styles.table import Table

_SHAPES = (
    "headline", "greeting", "signature", "speech", "questions", "paragraphs", "items", "lines", "sections"
)  # fmt: skip
# The library writes counted repeats out when it compiles: three of 5,000 inside each other fill the memory.
_PATTERN, _REPEATS = 400, 20_000
_COUNTED = re.compile(r"\{\s*(\d{1,9})\s*(?:,\s*(\d{0,9}))?")
CHECKS = ("length", "language", "preface", "banned", "must_not", "unsupported", "fields", *_SHAPES)


def wording(
    top: Table,
    language: str,
    style: Style,
    words: Mapping[str, FieldWords],
    length: Table,
    *,
    vetted: bool = False,
) -> Wording:
    """Return a style's words in one language. Raises StyleError.

    vetted: templates and patterns are taken as they are; to parse them takes longer than all the rest.
    """
    known = None if vetted else {LANGUAGE, *style.given, *(field.id for field in style.fields)}
    prompt = top.table("prompt")
    chat, base = prompt.table("chat").table(language), prompt.table("base").table(language)
    return Wording(
        name=top.table("name").text(language),
        description=top.table("description").text(language),
        system=_template(chat, "system", known),
        user=_template(chat, "user", known),
        base=_template(base, "text", known) if base.has("text") else "",
        fields=words,
        banned=top.table("banned").texts(language),
        must_not=tuple(_must_not(table, language, vetted=vetted) for table in top.tables("must_not")),
        length=length.range(language),
        self_test=_self_test(top.table("self_test").table(language), style, words),
    )


def _template(table: Table, name: str, known: set[str] | None) -> str:
    """Return a template. Raises StyleError where it can't be filled, or asks for what there is not.

    known: what there is, or None where that was looked at before.
    """
    text = table.text(name)
    if known is None:
        return text
    try:
        wanted = names(text)
    except TemplateError as error:
        kind = error.key.removeprefix("sandbox.")
        if kind not in ("syntax", "refused"):
            raise table.wrong("style.template_too_much", name, below=error.line) from error
        said = str(error.values.get("why", error.values.get("what", "")))
        raise table.wrong(f"style.template_{kind}", name, below=error.line, said=said) from error
    for each, line in wanted.items():
        if each not in known:
            shown = ", ".join(sorted(known))
            raise table.wrong("style.unknown_name", name, below=line, value=each[:60], known=shown)
    return text


def _must_not(table: Table, language: str, *, vetted: bool) -> MustNot:
    made = MustNot(
        table.text("id"),
        table.table("patterns").texts(language),
        table.table("words").text(language),
    )
    for pattern in () if vetted else made.patterns:
        if len(pattern) > _PATTERN or _repeats(pattern) > _REPEATS:
            raise table.wrong("style.long_pattern", "patterns", most=_PATTERN)
        try:
            regex.compile(pattern)
        except (regex.error, RecursionError) as error:
            raise table.wrong("style.wrong_pattern", "patterns", why=str(error)) from error
    return made


def _repeats(pattern: str) -> int:
    """Return how many times over a pattern's counted repeats could be written out, one inside the other."""
    counts = [max(int(each or 0) for each in found) for found in _COUNTED.findall(pattern)]
    return math.prod(max(1, count) for count in counts)


def _self_test(table: Table, style: Style, words: Mapping[str, FieldWords]) -> SelfTest | None:
    """Return the self-test; what it gives no value for takes the field's example."""
    if not table.names():
        return None
    values = {name: said.example for name, said in words.items() if said.example}
    given = table.table("values")
    for name in given.names():
        if name not in (*words, *style.given):
            raise given.wrong("style.unknown", name, known=", ".join((*words, *style.given)))
        values[name] = given.plain(name)
    return SelfTest(
        values,
        table.text("good").strip("\n"),
        table.text("bad").strip("\n"),
        table.one_of("caught_by", CHECKS),
    )
