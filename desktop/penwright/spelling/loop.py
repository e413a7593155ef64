"""The process that holds the dictionaries.

hunspell keeps Python's lock for a tenth of a second when it suggests, and a broken dictionary ends it, so
neither may happen where the writer types.

One JSON object a line each way. {"load": [code, folder]}, {"drop": code}, {"check": [words]} and
{"suggest": word} are answered in their order by {"loaded": true or false}, {"dropped": true},
{"wrong": [words]} and {"words": [words]}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from hunspell import Hunspell

from penwright.spelling.words import script_of

_MOST = 8  # suggestions
_LOOKED_AT = 4000  # words of a dictionary that tell which scripts it has


@dataclass(frozen=True)
class _Loaded:
    checker: Any  # hunspell.Hunspell, which has no types
    scripts: frozenset[str]

    def judges(self, word: str) -> bool:
        """Whether it could know the word: one in another script, or of other letters, is none of its own."""
        if script_of(word) not in self.scripts:
            return False
        try:
            word.encode(self.checker._dic_encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True


class Shelf:
    """The dictionaries in use. A word is right when one of those that could know it has it."""

    def __init__(self) -> None:
        self._loaded: dict[str, _Loaded] = {}

    def load(self, code: str, folder: str) -> bool:
        """Open a dictionary; return whether that was possible."""
        try:
            checker = Hunspell(code, hunspell_data_dir=folder)
            self._loaded[code] = _Loaded(
                checker, _scripts(Path(folder, f"{code}.dic"), checker._dic_encoding)
            )
        except Exception:  # whatever it is, the other dictionaries go on
            return False
        return True

    def drop(self, code: str) -> bool:
        """Use a dictionary no longer."""
        self._loaded.pop(code, None)
        return True

    def wrong(self, words: Iterable[str]) -> list[str]:
        """Return those of the words that no dictionary has which could."""
        return [word for word in words if not self._passes(word)]

    def suggest(self, word: str) -> list[str]:
        """Return what may have been meant, the likeliest first, of each language in turn."""
        found = [each.checker.suggest(word)[:_MOST] for each in self._loaded.values() if each.judges(word)]
        ranked = sorted(
            (rank, at, option) for at, options in enumerate(found) for rank, option in enumerate(options)
        )
        return list(dict.fromkeys(option for _rank, _at, option in ranked))[:_MOST]

    def _passes(self, word: str) -> bool:
        judges = [each.checker for each in self._loaded.values() if each.judges(word)]
        return not judges or any(checker.spell(word) for checker in judges)


def main() -> None:
    """Answer what standard input asks until it ends."""
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer each line of `asked` with one in `answered`."""
    shelf = Shelf()
    for line in asked:
        match json.loads(line):
            case {"load": [code, folder]}:
                answer: dict[str, object] = {"loaded": shelf.load(code, folder)}
            case {"drop": code}:
                answer = {"dropped": shelf.drop(code)}
            case {"check": words}:
                answer = {"wrong": shelf.wrong(words)}
            case {"suggest": word}:
                answer = {"words": shelf.suggest(word)}
            case other:
                raise ValueError(f"nothing that is known: {other}")
        answered.write(json.dumps(answer).encode() + b"\n")
        answered.flush()


def _scripts(path: Path, encoding: str) -> frozenset[str]:
    """Return the scripts of a dictionary's words."""
    found: set[str] = set()
    with path.open(encoding=encoding, errors="replace") as lines:
        for _count, line in zip(range(_LOOKED_AT), lines, strict=False):
            if line[:1].isalpha():
                found.add(script_of(line))
    return frozenset(found)
