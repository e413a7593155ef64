"""A style from its file. Each fault is told with the file and the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from penwright.base.errors import StyleError
from penwright.core.composition import Sampling
from penwright.core.styles.style import FIELD_KINDS, KINDS, Field, FieldWords, Shape, Style, Wording
from penwright.core.styles.table import Table
from penwright.core.styles.toml_lines import lines_of
from penwright.core.styles.wording import wording

_LONGEST = 400_000  # characters of a file
_MOST_FIELDS = 24
_MOST_PARTS = 20  # of a key with dots
_USUAL = {"text": 300, "long": 20_000}  # characters of a field, where it does not say itself
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_FIELD_ID = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = ("text", "before", "after", "language")


def style_from(text: str, path: Path, *, own: bool = False, vetted: bool = False) -> Style:
    """Return the style that a file's text says. Raises StyleError.

    vetted: its templates and patterns are known to be good, as tests find of those that come with the
    program; they are read when they are used.
    """
    if len(text) > _LONGEST:
        raise StyleError("style.long_file", file=path.name, line=1, most=_LONGEST)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for at, words in enumerate(text.split("\n"), 1):
        if any(_long_key(part) for part in words.split("=")):
            raise StyleError("style.no_toml", file=path.name, line=at, why="a key of too many parts")
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        why = re.sub(r" \(at .*\)$", "", str(error))
        raise StyleError("style.no_toml", file=path.name, line=line, why=why) from error
    except RecursionError as error:
        raise StyleError("style.no_toml", file=path.name, line=1, why="nested too deeply") from error
    return _style(Table(path.name, lines_of(text), (), entries), path, own=own, vetted=vetted)


def _long_key(words: str) -> bool:
    """Whether this may be a key of so many parts that reading it would fill the memory."""
    parts = words.split(".")
    return len(parts) > _MOST_PARTS and all(part.strip() for part in parts)


def _style(top: Table, path: Path, *, own: bool, vetted: bool) -> Style:
    style_id = top.text("id")
    if not _ID.fullmatch(style_id) or len(style_id) > 60:
        raise top.wrong("style.wrong_id", "id", value=style_id[:60])
    kind = top.one_of("kind", KINDS)
    group = top.text("group")
    languages = tuple(top.table("name").names())
    if not languages:
        raise top.wrong("style.no_language", "name")
    tables = top.tables("fields")
    if len(tables) > _MOST_FIELDS:
        raise top.wrong("style.many_fields", "fields", most=_MOST_FIELDS)
    fields: list[Field] = []
    words: dict[str, dict[str, FieldWords]] = {language: {} for language in languages}
    for table in tables:
        fields.append(_field(table, [field.id for field in fields]))
        for language, said in _words(table, fields[-1], languages).items():
            words[language][fields[-1].id] = said
    length = top.table("length")
    style = Style(
        id=style_id,
        kind=kind,
        group=group,
        path=path,
        fields=tuple(fields),
        wordings={},
        sampling=_sampling(top.table("sampling")),
        tokens=int(length.number("tokens", 512, 1, 16_384)),
        stop=top.texts("stop"),
        shape=_shape(top.table("shape")),
        unsupported=_marks(top.table("marks")),
        own=own,
    )
    wordings: dict[str, Wording] = {
        language: wording(top, language, style, words[language], length, vetted=vetted)
        for language in languages
    }
    top.finish()
    return replace(style, wordings=wordings)


def _field(table: Table, known: list[str]) -> Field:
    name = table.text("id")
    if not _FIELD_ID.fullmatch(name) or name in (*_TAKEN, *known):
        raise table.wrong("style.wrong_field_id", "id", value=name[:60])
    kind = table.one_of("kind", FIELD_KINDS, "text")
    choices = tuple(entry.text("value") for entry in table.tables("choices"))
    if (kind == "choice") != bool(choices):
        raise table.wrong("style.choices", "kind")
    return Field(
        id=name,
        kind=kind,
        required=table.flag("required"),
        least=int(table.number("least", 0, 0, 1_000_000)),
        most=int(table.number("most", 1_000, 0, 1_000_000)),
        longest=int(table.number("max", _USUAL.get(kind, 0), 0, 1_000_000)),
        choices=choices,
    )


def _words(table: Table, field: Field, languages: tuple[str, ...]) -> Mapping[str, FieldWords]:
    """Return what each language says of a field."""
    label = table.by_language("label", languages)
    hint = table.by_language("hint", languages, required=False)
    default = table.by_language("default", languages, required=False)
    example = table.by_language("example", languages, required=False)
    entries = table.tables("choices")
    choices: dict[str, dict[str, str]] = {language: {} for language in languages}
    for entry in entries:
        value = entry.text("value")
        for language in languages:
            choices[language][value] = entry.text(language)
    for name, said in (("default", default), ("example", example)):
        for value in said.values():
            if field.choices and value and value not in field.choices:
                raise table.wrong(
                    "style.wants_one_of", name, value=value[:60], allowed=", ".join(field.choices)
                )
    return {
        language: FieldWords(
            label[language], hint[language], default[language], example[language], choices[language]
        )
        for language in languages
    }


def _sampling(table: Table) -> Sampling:
    usual = Sampling()
    return replace(
        usual,
        temperature=table.number("temperature", usual.temperature, 0, 2),
        top_k=int(table.number("top_k", usual.top_k, 0, 1000)),
        top_p=table.number("top_p", usual.top_p, 0, 1),
        min_p=table.number("min_p", usual.min_p, 0, 1),
        repeat_penalty=table.number("repeat_penalty", usual.repeat_penalty, 0.5, 2),
    )


def _shape(table: Table) -> Shape:
    return Shape(
        headline=table.flag("headline"),
        greeting=table.flag("greeting"),
        signature=table.flag("signature"),
        speech=table.flag("speech"),
        questions=table.flag("questions"),
        paragraphs=table.range("paragraphs"),
        items=table.range("items"),
        lines=table.range("lines"),
        sections=table.range("sections"),
    )


def _marks(table: Table) -> bool:
    return table.flag("unsupported")
