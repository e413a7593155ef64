"""What the writer has chosen, kept between runs in settings.json."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from penwright.base.errors import SettingsError
from penwright.base.files import read_bounded, readable_name, write_atomically

_LIMIT_BYTES = 1_000_000  # far more than settings can need; a longer file is not ours
_KEPT_ASIDE_LIMIT = 1000  # broken files; more of them means that something else is wrong

Value = str | bool | int | tuple[str, ...] | None

# A step takes what a file of one version holds and returns what the next version would.
Step = Callable[[dict[str, Any]], dict[str, Any]]

# By the version that a step leads away from. Version 1 is the first, so there is none yet.
STEPS: Mapping[int, Step] = types.MappingProxyType({})


def _setting(default: Any, description: str) -> Any:
    """Declare a setting: its default, and the catalogue key of its description."""
    return field(default=default, metadata={"description": description})


@dataclass(frozen=True)
class Settings:
    """Every setting, declared once: name, type, default, and the key of its description.

    model: path of a GGUF file, or None for the starter that comes with the program.
    writing_model: path of a second one, asked for whole sentences; None for none.
    typeface: of the text. font: a family before it. zoom: per cent. measure: characters in a line.
    focus: what alone is not dimmed. typewriter: whether the line being written stays where it is.
    suggestions: whether any are shown. eagerness: how readily. banned_phrases: never.
    suggestion_log: whether what is suggested is kept in a file, with words of the texts.
    gpu: whether graphics cards are used, as far as a model fits there.
    seen_tab_hint: the hint about Tab was shown and sent away. network: "off" makes no connection at all.
    hub_endpoint: another hub or a mirror of it. proxy: to go through to it. models_folder: where models are
    kept. shared_models: folders of other programs, read only. download_limit: kB a second; 0 for none.
    offer_models: to who has none; False once that was refused.
    """

    model: str | None = _setting(None, "settings.about_model")
    writing_model: str | None = _setting(None, "settings.about_writing_model")
    typeface: Literal["serif", "sans"] = _setting("serif", "settings.about_typeface")
    font: str | None = _setting(None, "settings.about_font")
    zoom: int = _setting(100, "settings.about_zoom")
    measure: int = _setting(70, "settings.about_measure")
    focus: Literal["off", "sentence", "paragraph"] = _setting("off", "settings.about_focus")
    typewriter: bool = _setting(False, "settings.about_typewriter")
    suggestions: bool = _setting(True, "settings.about_suggestions")
    eagerness: Literal["quiet", "normal", "eager"] = _setting("normal", "settings.about_eagerness")
    banned_phrases: tuple[str, ...] = _setting((), "settings.about_banned_phrases")
    suggestion_log: bool = _setting(False, "settings.about_suggestion_log")
    gpu: Literal["auto", "off"] = _setting("auto", "settings.about_gpu")
    seen_tab_hint: bool = _setting(False, "settings.about_seen_tab_hint")
    network: Literal["off", "ask"] = _setting("ask", "settings.about_network")
    hub_endpoint: str | None = _setting(None, "settings.about_hub_endpoint")
    proxy: str | None = _setting(None, "settings.about_proxy")
    models_folder: str | None = _setting(None, "settings.about_models_folder")
    shared_models: tuple[str, ...] = _setting((), "settings.about_shared_models")
    download_limit: int = _setting(0, "settings.about_download_limit")
    offer_models: bool = _setting(True, "settings.about_offer_models")


@dataclass(frozen=True)
class Declaration:
    """One setting as data: for a page of preferences, and for help.

    choices: the values that it can take, or None where any value of its type will do.
    """

    name: str
    default: Value
    description: str
    choices: tuple[str | bool, ...] | None
    accepts: Callable[[object], bool]


def declarations() -> tuple[Declaration, ...]:
    """Return every setting in its order."""
    hints = get_type_hints(Settings)
    return tuple(_declaration(entry, hints[entry.name]) for entry in fields(Settings))


def _declaration(entry: Field[Any], hint: Any) -> Declaration:
    choices: tuple[str | bool, ...] | None = None
    accepted: tuple[type, ...] = ()
    several = get_origin(hint) is tuple
    if get_origin(hint) is Literal:
        choices = get_args(hint)
    elif hint is bool:
        choices = (False, True)
    elif not several:
        accepted = tuple(cast("tuple[type, ...]", get_args(hint) or (hint,)))

    def accepts(value: object) -> bool:
        if several:  # JSON has lists alone
            return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        if hint is int:
            return type(value) is int and value >= 0
        if choices is None:
            return isinstance(value, accepted)
        # By type as well, or 1 would pass for True.
        return any(value == choice and type(value) is type(choice) for choice in choices)

    default = cast("Value", entry.default)
    return Declaration(entry.name, default, entry.metadata["description"], choices, accepts)


class SettingsFile:
    """The file that keeps the settings.

    folder: where settings.json lies; made at the first save. steps: migrations by the version that each
    leads away from, without gaps from 1 on.
    """

    def __init__(self, folder: Path, steps: Mapping[int, Step] = STEPS) -> None:
        self.path = folder / "settings.json"
        self._steps = steps
        self._version = len(steps) + 1

    def load(self) -> tuple[Settings, tuple[SettingsError, ...]]:
        """Return the settings, and what a person should be told of them; it never raises for a bad file.

        A broken file is kept aside as settings.broken-<n>.json, and the defaults are returned.
        """
        try:
            kept = self._read()
        except FileNotFoundError:
            return Settings(), ()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return Settings(), (SettingsError("settings.not_readable", reason=reason),)
        except ValueError:
            return Settings(), (self._keep_aside(),)
        notes: list[SettingsError] = []
        if kept["version"] > self._version:
            notes.append(SettingsError("settings.newer"))
        chosen: dict[str, Any] = {}
        for setting in declarations():
            value = kept.get(setting.name, setting.default)
            if setting.accepts(value):
                chosen[setting.name] = tuple(value) if isinstance(value, list) else value
            else:
                notes.append(SettingsError("settings.wrong_value", name=setting.name))
        return Settings(**chosen), tuple(notes)

    def save(self, settings: Settings) -> None:
        """Keep `settings`, readable for their owner alone; names that this version doesn't know stay.

        Raises SettingsError; what was kept before is unchanged then.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                kept = self._read()
            except FileNotFoundError:
                kept = {"version": self._version}
            except ValueError as broken:
                aside = self._keep_aside()
                if aside.key != "settings.broken":
                    raise aside from broken
                kept = {"version": self._version}
            text = json.dumps({**kept, **asdict(settings)}, indent=2) + "\n"
            write_atomically(self.path, text.encode("utf-8"), private=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SettingsError("settings.not_kept", reason=reason) from error

    def _read(self) -> dict[str, Any]:
        """Return what the file holds, brought to this version; ValueError where it is broken."""
        data, _stamp = read_bounded(self.path, _LIMIT_BYTES)
        if len(data) > _LIMIT_BYTES:
            raise ValueError("too long")
        try:
            loaded: object = json.loads(data.decode("utf-8-sig"))
        except RecursionError as error:  # a thousand brackets
            raise ValueError("too deep") from error
        if not isinstance(loaded, dict):
            raise ValueError("no object")  # noqa: TRY004 - the file is wrong, not the caller
        kept: dict[str, Any] = loaded
        version = kept.setdefault("version", 1)
        if type(version) is not int or version < 1:
            raise ValueError("no version")
        try:
            for step in range(version, self._version):
                kept = self._steps[step](kept)
                kept["version"] = step + 1
        except Exception as error:  # a step meets what no version ever wrote
            raise ValueError("no step fits") from error
        return kept

    def _keep_aside(self) -> SettingsError:
        """Rename the broken file and return what a person is told of that."""
        for count in range(1, _KEPT_ASIDE_LIMIT):
            aside = self.path.with_name(f"settings.broken-{count}.json")
            if aside.exists() or aside.is_symlink():
                continue
            try:
                self.path.rename(aside)
            except OSError:
                break
            return SettingsError("settings.broken", name=readable_name(aside))
        return SettingsError("settings.broken_stays", name=readable_name(self.path))
