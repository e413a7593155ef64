"""From a style and what the writer gave to a job: which words a model is asked with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from penwright.base.errors import StyleError
from penwright.core.composition import Job, Message, Part
from penwright.core.sandbox import render
from penwright.core.segment import is_ideographic
from penwright.core.styles.style import AFTER, BEFORE, LANGUAGE, TEXT, Field, Style, Wording

_TRUE = frozenset({"yes", "true", "1", "on", "ja", "是"})
_FALSE = frozenset({"", "no", "false", "0", "off", "否"})
_DASHES = re.compile(r"^-{3,}[ \t]*$", re.MULTILINE)
# The sandbox drops the line's end after a block, as is right where that stands alone in its line.
_TRAILING_BLOCK = re.compile(r"^(?!\s*(?:\{%[^%\n]*%\}\s*)+$)(.*%\})$", re.MULTILINE)
_TAG = re.compile(r"</([^\s<>/]{1,40})>")
# Tokens of a letter, as far as they can be known before the model is: rather too many.
_TOKENS_LETTER, _TOKENS_IDEOGRAPH, _TOKENS_SPARE = 0.6, 2.0, 64
_LEAST_BEFORE = 400  # letters of what is gone on with that have to be left of it


def job(style: Style, given: Mapping[str, str], language: str = "en") -> Job:
    """Return the job of writing in this style. Raises StyleError for what was given, TemplateError else.

    given: values by field id, and text, before and after where the style takes them from the page; what is
    missing takes its default. language: of the prompt and the text.
    """
    language = style.language(language)
    words = style.words(language)
    values = filled(style, given, language)
    named = _named(style, values, language)
    framed = _Frame((words.system, words.user, words.base), values.values())
    messages = tuple(
        Message(role, render(framed.apart(template), named).strip())
        for role, template in (("system", words.system), ("user", words.user))
    )
    return Job(
        messages=messages,
        base=render(framed.apart(words.base), named) if words.base else "",
        sampling=style.sampling,
        max_tokens=_most_tokens(style, values),
        stop=tuple(framed.apart(stop) for stop in style.stop),
        parts=tuple(_parts(style, words, values)),
        whole=(values[TEXT].strip(),) if values.get(TEXT, "").strip() else (),
        draft=style.kind == "rewrite",
        language=language,
        style=style.id,
        banned=words.banned,
    )


class _Frame:
    """Keeps what a template puts around values apart from what stands in them.

    A template sets values between tags, such as <text>, and texts apart with lines of dashes. Where a value
    has the same in it, the template's own get another name, so that nothing given can end its own frame.
    """

    def __init__(self, templates: Iterable[str], values: Iterable[str]) -> None:
        given = "\n".join(values)
        self._names: dict[str, str] = {}
        for tag in {tag for template in templates for tag in _TAG.findall(template)}:
            name, number = tag, 1
            while f"<{name}>" in given or f"</{name}" in given:
                number += 1
                name = f"{tag}-{number}"
            self._names[tag] = name
        longest = max((len(found.strip()) for found in _DASHES.findall(given)), default=0)
        self._dashes = "-" * (longest + 1) if longest else ""

    def apart(self, template: str) -> str:
        """Return a template, or a mark that ends a text, with its own tags and dashes."""
        for tag, name in self._names.items():
            template = template.replace(f"<{tag}>", f"<{name}>").replace(f"</{tag}>", f"</{name}>")
        template = _TRAILING_BLOCK.sub(r"\1\n", template)
        return _DASHES.sub(self._dashes, template) if self._dashes else template


def filled(style: Style, given: Mapping[str, str], language: str) -> dict[str, str]:
    """Return every value as text, defaults put in. Raises StyleError."""
    words = style.words(language).fields
    for name in given:
        if style.field(name) is None and name not in style.given:
            known = ", ".join(field.id for field in style.fields) or "-"
            raise StyleError("style.no_such_field", style=style.id, field=name[:60], known=known)
    values = {name: given.get(name, "") for name in style.given}
    if style.given and not values[style.given[0]].strip():
        raise StyleError(f"style.no_{style.given[0]}")
    missing: list[str] = []
    for field in style.fields:
        said = words[field.id]
        value = given.get(field.id, "")
        if not value.strip():
            value = said.default
        if field.required and not value.strip():
            missing.append(f"{said.label} ({field.id})")
        values[field.id] = _checked(field, said.label, value)
    if missing:
        raise StyleError("style.missing_values", fields=", ".join(missing))
    return values


def _checked(field: Field, label: str, value: str) -> str:
    """Return a value as it is used. Raises StyleError when the field can't have it."""
    if field.kind == "flag":
        if value.strip().lower() not in _TRUE | _FALSE:
            raise StyleError("style.no_flag", label=label, value=value[:60])
        return "yes" if value.strip().lower() in _TRUE else ""
    if not value.strip():
        return ""
    if field.kind == "choice" and value not in field.choices:
        raise StyleError("style.no_choice", label=label, value=value[:60], choices=", ".join(field.choices))
    if field.kind == "number":
        if not re.fullmatch(r"\s*[0-9]{1,7}\s*", value):
            raise StyleError("style.no_number", label=label, value=value[:60])
        if not field.least <= int(value) <= field.most:
            raise StyleError("style.wrong_number", label=label, least=field.least, most=field.most)
        return str(int(value))
    value = " ".join(value.split()) if field.kind == "text" else value.strip("\n")
    if field.kind in ("text", "long") and len(value) > field.longest:
        raise StyleError("style.long_value", label=label, length=len(value), most=field.longest)
    return value


def _named(style: Style, values: Mapping[str, str], language: str) -> dict[str, object]:
    """Return the values as a template sees them: numbers as numbers, flags as such."""
    named: dict[str, object] = {LANGUAGE: language, **values}
    for field in style.fields:
        value = values[field.id]
        if field.kind == "flag":
            named[field.id] = bool(value)
        elif field.kind == "number":
            named[field.id] = int(value) if value else 0
    return named


def _parts(style: Style, words: Wording, values: Mapping[str, str]) -> list[Part]:
    """Return what may be shortened: what stands around, then the long fields, the longest first.

    What is rewritten is never shortened.
    """
    made: list[Part] = []
    if values.get(AFTER, "").strip():
        made.append(Part(AFTER, values[AFTER]))
    if values.get(BEFORE, "").strip():
        least = _LEAST_BEFORE if style.kind == "continue" else 0
        made.append(Part(BEFORE, values[BEFORE], keeps_end=True, least=least))
    long = [field for field in style.fields if field.kind == "long" and values[field.id].strip()]
    long.sort(key=lambda field: -len(values[field.id]))
    made.extend(Part(words.fields[field.id].label, values[field.id]) for field in long)
    return made


def _most_tokens(style: Style, values: Mapping[str, str]) -> int:
    """Return how long the new text may get: what the style says, or twice what is rewritten."""
    text = values.get(TEXT, "")
    ideographs = sum(1 for letter in text if is_ideographic(letter))
    usual = ideographs * _TOKENS_IDEOGRAPH + (len(text) - ideographs) * _TOKENS_LETTER
    return max(style.tokens, _TOKENS_SPARE + int(usual * 2))
