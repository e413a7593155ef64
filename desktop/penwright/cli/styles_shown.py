"""Styles, their prompts and what was found in a text, as lines for a terminal."""

from __future__ import annotations

import locale
from collections.abc import Sequence
from typing import TextIO

from penwright.base.catalogue import Catalogue
from penwright.base.errors import UsageError
from penwright.core.checking import Finding
from penwright.core.styles import Style


def language_of(style: Style, given: str | None) -> str:
    """Return the language that was asked for, else the system's if the style has it. Raises UsageError."""
    if given is None:
        return style.language((locale.getlocale()[0] or "en").partition("_")[0])
    if given not in style.wordings:
        raise UsageError(
            "styles.no_language", id=style.id, language=given[:20], known=", ".join(style.wordings)
        )
    return given


def facts(style: Style, language: str) -> dict[str, object]:
    """Return a style as one row."""
    words = style.words(language)
    return {
        "id": style.id,
        "group": style.group,
        "kind": style.kind,
        "own": style.own,
        "languages": ",".join(style.wordings),
        "name": words.name,
        "description": words.description,
    }


def shown(style: Style, language: str, catalogue: Catalogue) -> str:
    """Return a style with its fields, for a person."""
    words = style.words(language)
    say = catalogue.say
    lines = [f"{words.name} ({style.id}, {style.kind}, {style.group})", words.description, ""]
    for field in style.fields:
        said = words.fields[field.id]
        notes = [say(f"styles.kind_{field.kind}")]
        if field.required:
            notes.append(say("styles.required"))
        if field.choices:
            notes.append(", ".join(f"{value} ({said.choices[value]})" for value in field.choices))
        if field.kind == "number":
            notes.append(f"{field.least}-{field.most}")
        if said.default:
            notes.append(say("styles.default", value=said.default))
        lines.append(f"  --field {field.id}=...  {said.label}: {'; '.join(notes)}")
        if said.hint:
            lines.append(f"      {said.hint}")
        if said.example:
            lines.append(f"      {say('styles.example', value=' / '.join(said.example.splitlines()))}")
    for name in style.given:
        lines.append(f"  --field {name}=...  {say(f'styles.given_{name}')}")
    if words.length is not None:
        lines += ["", say("styles.length", least=int(words.length.least), most=int(words.length.most))]
    if words.must_not:
        rules = "\n".join(f"  {rule.id}: {rule.why}" for rule in words.must_not)
        lines += ["", say("styles.must_not"), rules]
    return "\n".join(lines)


def told_findings(found: Sequence[Finding], text: str, catalogue: Catalogue, to: TextIO) -> None:
    """Say what was found, each with its line and column in the text."""
    for each in found:
        sentence = catalogue.say(each.key, **each.values)
        if each.end > each.start:
            line = text.count("\n", 0, each.start) + 1
            column = each.start - (text.rfind("\n", 0, each.start) + 1) + 1
            sentence = f"{line}:{column}: {sentence}"
        print(sentence, file=to)
