"""The one text catalogue: every sentence of the parts without Qt, by key and language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from penwright.base.errors import PenwrightError, Value


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, entry in table.items():
        if isinstance(entry, Mapping):
            flat.update(_flatten(entry, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = str(entry)
    return flat


class Catalogue:
    """Sentences by key. A key is `table.name` in one of the files resources/i18n/<language>/*.toml.

    A sentence that a language lacks comes in English; a key that English lacks raises KeyError, because
    it is a mistake of ours, and a test looks for it. The files are read with the first sentence: mostly there
    is nothing to say.
    """

    def __init__(self, folder: Path, language: str = "en") -> None:
        self._folder, self._language = folder, language

    @cached_property
    def _sentences(self) -> dict[str, str]:
        import tomllib  # noqa: PLC0415 - the window opens without a word of these

        sentences: dict[str, str] = {}
        for each in dict.fromkeys(("en", self._language)):
            for path in sorted((self._folder / each).glob("*.toml")):
                sentences.update(_flatten(tomllib.loads(path.read_text("utf-8"))))
        return sentences

    def keys(self) -> frozenset[str]:
        """Return every key that has a sentence."""
        return frozenset(self._sentences)

    def say(self, key: str, /, **values: Value) -> str:
        """Return the sentence for `key` with its {fields} filled from `values`."""
        return self._sentences[key].format(**values)

    def sentence(self, error: PenwrightError) -> str:
        """Return what a person is told of `error`."""
        return self.say(error.key, **error.values)
