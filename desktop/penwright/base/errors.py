"""One tree of errors; each carries a key of the text catalogue and the values its sentence needs.

    PenwrightError
    ├── UsageError       the command line was given something it can't use
    ├── DisplayError     there is no screen to open a window on
    ├── DocumentError    a text can't be opened or saved
    ├── SearchError      a pattern is wrong, or would take too long
    ├── SpellingError    a dictionary or a list of words can't be read or kept
    ├── StyleError       a style's file is wrong, or what was given for its fields
    ├── SettingsError    the settings can't be read or kept
    ├── ModelError       a model file is missing, broken or of an unknown kind
    ├── HubError         the network is off, or the hub of models can't be reached or refuses
    ├── DownloadError    a model can't be fetched, kept or checked
    └── EngineError      the engine process can't be started, or ended

An error never holds the sentence itself: it may be raised in the worker process and be read in the
window in another language. `Catalogue.sentence()` (penwright.base.catalogue) turns it into words.
"""

from __future__ import annotations

from collections.abc import Mapping

Value = str | int | float


class PenwrightError(Exception):
    """Something a person should be told: what is wrong, what is safe, what to do.

    `key` names a sentence in resources/i18n/<language>.toml; `values` fills its fields.
    """

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(key, values)
        self.key = key
        self.values: Mapping[str, Value] = values

    def __str__(self) -> str:
        """Return the key and its values, for logs and tracebacks; people are shown the sentence."""
        fields = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.key}({fields})"


class UsageError(PenwrightError):
    """The command line was given something it can't use."""


class DisplayError(PenwrightError):
    """There is no screen to open a window on."""


class DocumentError(PenwrightError):
    """A text can't be opened or saved."""


class SearchError(PenwrightError):
    """A pattern is wrong, or would take too long."""


class SpellingError(PenwrightError):
    """A dictionary or a list of words can't be read or kept."""


class StyleError(PenwrightError):
    """A style's file is wrong, or what was given for its fields."""


class SettingsError(PenwrightError):
    """The settings can't be read or kept."""


class ModelError(PenwrightError):
    """A model file is missing, broken or of an unknown kind."""


class HubError(PenwrightError):
    """The network is off, or the hub of models can't be reached or refuses."""


class DownloadError(PenwrightError):
    """A model can't be fetched, kept or checked."""


class EngineError(PenwrightError):
    """The engine process can't be started, or ended."""
