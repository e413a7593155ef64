"""Every setting, declared once as data: the page of preferences and its help are made from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from enum import Enum
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

Value = str | bool | int | tuple[str, ...] | None


class Page(Enum):
    """The pages of the preferences, in their order. NONE: what the program keeps for itself."""

    WRITING = "writing"
    SUGGESTIONS = "suggestions"
    MODELS = "models"
    NETWORK = "network"
    KEEPING = "keeping"
    NONE = "none"


class Kind(Enum):
    """What a text setting names."""

    TEXT = "text"
    FILE = "file"
    FOLDER = "folder"


def _setting(
    default: Any,
    description: str,
    page: Page = Page.WRITING,
    *,
    kind: Kind = Kind.TEXT,
    most: int = 10_000_000,
) -> Any:
    """Declare a setting: its default, the catalogue key of its description, and where it is set.

    kind: of a text or a list of them. most: of a number, which is never below 0.
    """
    return field(
        default=default, metadata={"description": description, "page": page, "kind": kind, "most": most}
    )


@dataclass(frozen=True)
class Settings:
    """Every setting, declared once: name, type, default, and the key of its description.

    model: path of a GGUF file, or None for the starter that comes with the program.
    writing_model: path of a second one, asked for whole sentences; None for none.
    typeface: of the text. font: a family before it. zoom: per cent. measure: characters in a line.
    focus: what alone is not dimmed. typewriter: whether the line being written stays where it is.
    spelling: whether wrong words are marked. spelling_languages: codes of
    dictionaries; none for that of the system's language.
    quotes: whose quotes and dashes straight ones become (core.typography.MARKS). count: what the status
    line says of the text. session_goal, daily_goal: words; 0 for none.
    suggestions: whether any are shown. eagerness: how readily. banned_phrases: never.
    favourite_styles, recent_styles: ids of styles, for the panel.
    suggestion_log: whether what is suggested is kept in a file, with words of the texts.
    gpu: whether graphics cards are used, as far as a model fits there.
    seen_tab_hint: the hint about Tab was shown and sent away. network: "off" makes no connection at all.
    hub_endpoint: another hub or a mirror of it. proxy: to go through to it. models_folder: where models are
    kept. shared_models: folders of other programs, read only. download_limit: kB a second; 0 for none.
    earlier_versions: whether what a file held is kept when it is saved over. restore_session: whether the
    files that were open come back. private_mode: nothing of the texts is kept besides their files.
    offer_models: to who has none; False once that was refused.
    """

    model: str | None = _setting(None, "settings.about_model", Page.MODELS, kind=Kind.FILE)
    writing_model: str | None = _setting(None, "settings.about_writing_model", Page.MODELS, kind=Kind.FILE)
    typeface: Literal["serif", "sans"] = _setting("serif", "settings.about_typeface", Page.WRITING)
    font: str | None = _setting(None, "settings.about_font", Page.WRITING)
    zoom: int = _setting(100, "settings.about_zoom", Page.WRITING, most=300)
    measure: int = _setting(70, "settings.about_measure", Page.WRITING, most=120)
    focus: Literal["off", "sentence", "paragraph"] = _setting("off", "settings.about_focus", Page.WRITING)
    typewriter: bool = _setting(False, "settings.about_typewriter", Page.WRITING)
    spelling: bool = _setting(True, "settings.about_spelling")
    spelling_languages: tuple[str, ...] = _setting((), "settings.about_spelling_languages")
    quotes: Literal[
        "off", "en", "en-gb", "de", "de-ch", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "ru",
        "zh", "ja",
    ] = _setting("off", "settings.about_quotes", Page.WRITING)  # fmt: skip
    count: Literal["words", "characters", "minutes"] = _setting("words", "settings.about_count", Page.WRITING)
    session_goal: int = _setting(0, "settings.about_session_goal", Page.WRITING, most=100_000)
    daily_goal: int = _setting(0, "settings.about_daily_goal", Page.WRITING, most=100_000)
    suggestions: bool = _setting(True, "settings.about_suggestions", Page.SUGGESTIONS)
    eagerness: Literal["quiet", "normal", "eager"] = _setting(
        "normal", "settings.about_eagerness", Page.SUGGESTIONS
    )
    banned_phrases: tuple[str, ...] = _setting((), "settings.about_banned_phrases", Page.SUGGESTIONS)
    favourite_styles: tuple[str, ...] = _setting((), "settings.about_favourite_styles", Page.NONE)
    recent_styles: tuple[str, ...] = _setting((), "settings.about_recent_styles", Page.NONE)
    suggestion_log: bool = _setting(False, "settings.about_suggestion_log", Page.SUGGESTIONS)
    gpu: Literal["auto", "off"] = _setting("auto", "settings.about_gpu", Page.MODELS)
    seen_tab_hint: bool = _setting(False, "settings.about_seen_tab_hint", Page.NONE)
    network: Literal["off", "ask"] = _setting("ask", "settings.about_network", Page.NETWORK)
    hub_endpoint: str | None = _setting(None, "settings.about_hub_endpoint", Page.NETWORK)
    proxy: str | None = _setting(None, "settings.about_proxy", Page.NETWORK)
    models_folder: str | None = _setting(None, "settings.about_models_folder", Page.MODELS, kind=Kind.FOLDER)
    shared_models: tuple[str, ...] = _setting(
        (), "settings.about_shared_models", Page.MODELS, kind=Kind.FOLDER
    )
    download_limit: int = _setting(0, "settings.about_download_limit", Page.NETWORK)
    earlier_versions: bool = _setting(True, "settings.about_earlier_versions", Page.KEEPING)
    restore_session: bool = _setting(True, "settings.about_restore_session", Page.KEEPING)
    private_mode: bool = _setting(False, "settings.about_private_mode", Page.KEEPING)
    offer_models: bool = _setting(True, "settings.about_offer_models", Page.MODELS)


@dataclass(frozen=True)
class Declaration:
    """One setting as data: for a page of preferences, and for help.

    title, description: keys of the catalogue. several: a list of texts. choices: the values that it can
    take, or None where any value of its type will do. most: of a number.
    """

    name: str
    default: Value
    title: str
    description: str
    page: Page
    kind: Kind
    most: int
    several: bool
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
            return type(value) is int and 0 <= value <= entry.metadata["most"]
        if choices is None:
            return isinstance(value, accepted)
        # By type as well, or 1 would pass for True.
        return any(value == choice and type(value) is type(choice) for choice in choices)

    told = entry.metadata
    return Declaration(
        entry.name,
        default=cast("Value", entry.default),
        title=f"settings.title_{entry.name}",
        description=told["description"],
        page=told["page"],
        kind=told["kind"],
        most=told["most"],
        several=several,
        choices=choices,
        accepts=accepts,
    )
