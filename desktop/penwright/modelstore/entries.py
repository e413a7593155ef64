"""The catalogue of models that Penwright offers: resources/catalogue.toml, checked when it is read.

Nothing that can change is trusted from it: revision, size and sha256 are asked of the hub when a file is
fetched. A size in it is a hint, for judging whether a model fits before anything is asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from penwright.base.errors import HubError, ModelError
from penwright.base.files import readable_name
from penwright.modelstore.names import check_file, check_repo, quantization_of

ROLES = ("inline", "writing", "vision")


@dataclass(frozen=True)
class Variant:
    """One way in which a model's weights are stored.

    quantization: as in "Q4_K_M". files: in its repository; several where it is split. size_hint: bytes of
    all of them.
    """

    quantization: str
    files: tuple[str, ...]
    size_hint: int


@dataclass(frozen=True)
class Entry:
    """A model that is offered; None where a fact isn't known.

    id: what it is called on the command line. about: one sentence. repo: "owner/name" on the hub. roles:
    "inline" goes on with a sentence, "writing" writes and rewrites, "vision" sees pictures. parameters: as
    in its name. variants: the best first. mmproj: the projector file that pictures need. architecture: as
    in a GGUF header. context: tokens it was trained for. kv_mib_per_1k: MiB of KV cache for 1,000 tokens.
    memory_gb, gpu_gb: the machine that it is meant for, either of them. languages: ISO 639 codes, "mul" for
    many. thinking: it thinks aloud first unless it is told not to.
    """

    id: str
    title: str
    about: str
    repo: str
    parameters: str
    roles: tuple[str, ...]
    variants: tuple[Variant, ...]
    mmproj: str | None = None
    mmproj_size_hint: int | None = None
    architecture: str | None = None
    context: int | None = None
    kv_mib_per_1k: int | None = None
    memory_gb: int | None = None
    gpu_gb: int | None = None
    licence: str | None = None
    licence_url: str | None = None
    languages: tuple[str, ...] = ()
    thinking: bool | None = None


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Return the catalogue in its order.

    Raises ModelError (models.catalogue_broken) for a file that can't be read, a field that is unknown,
    missing or of another type, a name that is no safe file, or an id that is there twice.
    """
    name = readable_name(path)
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        unknown = tables.keys() - {"model"}
        if unknown:
            raise _WrongEntryError(f"unknown table {min(unknown)}")
        models = tables.get("model", [])
        if not isinstance(models, list):
            raise _WrongEntryError("model is no list of tables")
        entries = tuple(_entry(model) for model in models)
        ids = [entry.id for entry in entries]
        if len(set(ids)) < len(ids):
            raise _WrongEntryError(f"an id is there twice: {max(ids, key=ids.count)}")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ModelError("models.catalogue_broken", name=name, why=why) from error
    except HubError as error:
        raise ModelError("models.catalogue_broken", name=name, why=str(error)) from error
    except ValueError as error:  # of TOML, of UTF-8, or _WrongEntryError
        raise ModelError("models.catalogue_broken", name=name, why=str(error)) from error
    return entries


def find_entry(entries: tuple[Entry, ...], wanted: str) -> Entry | None:
    """Return the entry with this id, in whatever case it was typed."""
    return next((entry for entry in entries if entry.id == wanted.lower()), None)


class _WrongEntryError(ValueError):
    """An entry is not as it has to be."""


def _entry(table: object) -> Entry:
    if not isinstance(table, dict):
        raise _WrongEntryError("a model is no table")
    given = dict(table)
    label = f"model {given.get('id', '?')}"
    variants = given.pop("variant", None)
    if not isinstance(variants, list) or not variants:
        raise _WrongEntryError(f"{label} has no variant")
    given["variants"] = tuple(Variant(**_checked(Variant, each, label)) for each in variants)
    entry = Entry(**_checked(Entry, given, label))
    check_repo(entry.repo)
    for file in (*(file for variant in entry.variants for file in variant.files), entry.mmproj):
        if file is not None:
            check_file(file)
    if not entry.roles or set(entry.roles) - set(ROLES):
        raise _WrongEntryError(f"{label} has a role that is none of {', '.join(ROLES)}")
    if ("vision" in entry.roles) != (entry.mmproj is not None):
        raise _WrongEntryError(f"{label}: seeing pictures takes an mmproj, and nothing else does")
    if (entry.licence is None) != (entry.licence_url is None):
        raise _WrongEntryError(f"{label}: licence and licence_url go together")
    for variant in entry.variants:
        if not variant.files or quantization_of(variant.files[0]) != variant.quantization:
            raise _WrongEntryError(f"{label}: the file's name doesn't say {variant.quantization}")
    return entry


def _checked(kind: type[Any], table: object, label: str) -> dict[str, Any]:
    """Return the fields of `table`, fit for the dataclass `kind`."""
    if not isinstance(table, Mapping):
        raise _WrongEntryError(f"{label}: a variant is no table")
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    for name in table:
        if name not in names:
            raise _WrongEntryError(f"{label} has an unknown field {name}")
    for field in fields(kind):
        if field.default is MISSING and field.name not in table:
            raise _WrongEntryError(f"{label} lacks {field.name}")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    for name, value in values.items():
        if not _fits(value, hints[name]):
            raise _WrongEntryError(f"{label} has a {name} that can't be")
    return values


def _fits(value: object, hint: object) -> bool:
    if hint in (bool, bool | None):
        return isinstance(value, bool)
    if hint in (int, int | None):
        return type(value) is int and value > 0
    if hint in (str, str | None):
        return isinstance(value, str) and bool(value.strip())
    if hint == tuple[Variant, ...]:
        return True
    return isinstance(value, tuple) and all(isinstance(each, str) and each for each in value)
