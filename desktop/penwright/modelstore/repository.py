"""What a hub tells of repositories and files, as values that have been looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penwright.modelstore.names import (
    check_repo,
    is_companion,
    is_safe_file,
    printable,
    quantization_of,
    shard_of,
    shards_of,
)

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Return whether this is a sha256 in hexadecimal: the name of a large file's content."""
    return bool(_SHA256.fullmatch(text))


@dataclass(frozen=True)
class FileFacts:
    """What a file should be. revision: a commit. size: bytes."""

    repo: str
    file: str
    revision: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Found:
    """A repository that a search brought; "" or 0 for what the hub doesn't say."""

    repo: str
    licence: str
    gated: bool
    downloads: int
    architecture: str
    parameters: int
    context: int


@dataclass(frozen=True)
class Choice:
    """A model in a repository. file: its first. files: all of them. size: bytes of all, 0 for unknown."""

    file: str
    files: tuple[str, ...]
    quantization: str
    size: int


@dataclass(frozen=True)
class Repository:
    """What a repository holds. projectors: files that translate pictures, with their sizes in bytes."""

    repo: str
    revision: str
    licence: str
    gated: bool
    choices: tuple[Choice, ...]
    projectors: tuple[tuple[str, int], ...]


def found_from(info: ModelInfo) -> Found:
    """Return a search result. Raises ValueError where it is none."""
    gguf = info.gguf if isinstance(info.gguf, dict) else {}
    return Found(
        repo=check_repo(info.id),
        licence=_licence(info),
        gated=bool(info.gated),
        downloads=_count(info.downloads),
        architecture=printable(str(gguf.get("architecture") or "")),
        parameters=_count(gguf.get("total")),
        context=_count(gguf.get("context_length")),
    )


def repository_from(repo: str, info: ModelInfo) -> Repository:
    """Return a repository's models: parts of a split one together, helpers apart, unsafe names left out."""
    sizes = {
        sibling.rfilename: _count(sibling.lfs.size if sibling.lfs else sibling.size)
        for sibling in info.siblings or ()
        if is_safe_file(sibling.rfilename)
    }
    projectors = [(name, size) for name, size in sizes.items() if "mmproj" in name.lower()]
    return Repository(
        repo=repo,
        revision=str(info.sha or ""),
        licence=_licence(info),
        gated=bool(info.gated),
        choices=tuple(_choices(sizes)),
        projectors=tuple(sorted(projectors)),
    )


def _choices(sizes: dict[str, int]) -> Iterable[Choice]:
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        shard = shard_of(name)
        if is_companion(name) or (shard is not None and shard.number != 1):
            continue
        files = shards_of(name)
        if all(file in sizes for file in files):
            yield Choice(name, files, quantization_of(name) or "", sum(sizes[file] for file in files))


def _count(value: object) -> int:
    return value if type(value) is int and value > 0 else 0


def _licence(info: ModelInfo) -> str:
    for tag in info.tags or ():
        if str(tag).startswith("license:"):
            return printable(str(tag).removeprefix("license:"))
    card = getattr(info, "card_data", None)
    return printable(str(getattr(card, "license", None) or ""))
