"""What is in a text but in nothing that was given: figures, names, quotations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from penwright.core.checking.figures import figures_in, values_in
from penwright.core.checking.finding import Finding
from penwright.core.checking.names import names_in, words_of

_QUOTED = re.compile(r"“([^”\n]*)”|「([^」\n]*)」|『([^』\n]*)』|\"([^\"\n]*)\"")
_LEAST_WORDS, _LEAST_IDEOGRAPHS = 3, 5  # shorter ones are terms, not what somebody said


def unsupported(text: str, sources: Sequence[str]) -> list[Finding]:
    """Return the figures, names and quotations of a text that are in none of the sources, in order."""
    given = "\n".join(sources)
    found = [*_figures(text, given), *_quotations(text, given)]
    taken = [(each.start, each.end) for each in found if each.key == "checking.quotation"]
    found += [
        each
        for each in _names(text, given)
        if not any(start <= each.start and each.end <= end for start, end in taken)
    ]
    return sorted(found, key=lambda each: (each.start, each.end))


def _figures(text: str, given: str) -> Iterator[Finding]:
    known = values_in(given)
    for start, end, values in figures_in(text):
        if not values & known:
            yield Finding("unsupported", start, end, "checking.figure", {"what": text[start:end]})


def _names(text: str, given: str) -> Iterator[Finding]:
    known = set(words_of(given)) | {part for word in words_of(given) for part in word.split("-")}
    seen: set[tuple[int, int]] = set()
    fine: dict[str, bool] = {}
    for start, end in names_in(text):
        name = text[start:end]
        if name not in fine:
            if any("\u4e00" <= letter <= "\u9fff" for letter in name):
                fine[name] = name in given or _tail(name) in given
            else:
                fine[name] = all(_known(word, known) for word in words_of(name))
        if not fine[name] and (start, end) not in seen:
            seen.add((start, end))
            yield Finding("unsupported", start, end, "checking.name", {"what": name})


def _known(word: str, known: set[str]) -> bool:
    """Whether a word was given, perhaps in the plural or with another joint."""
    forms = {word, word.rstrip("s"), f"{word}s", word.replace("’", "'"), word.replace("'", "’")}
    return bool(forms & known) or all(part in known for part in word.split("-"))


def _tail(name: str) -> str:
    """Return a Chinese name without the letters before it that may be other words."""
    return name[1:] if len(name) > 3 else name


def _quotations(text: str, given: str) -> Iterator[Finding]:
    known = _bare(given)
    for found in _QUOTED.finditer(text):
        said = next(group for group in found.groups() if group is not None)
        ideographs = sum(1 for letter in said if "\u4e00" <= letter <= "\u9fff")
        if ideographs < _LEAST_IDEOGRAPHS and len(said.split()) < _LEAST_WORDS:
            continue
        if _bare(said) not in known:
            yield Finding("unsupported", *found.span(), "checking.quotation", {"what": said[:80]})


def _bare(text: str) -> str:
    """Return letters and digits alone, so that marks and spaces make no difference."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum())
