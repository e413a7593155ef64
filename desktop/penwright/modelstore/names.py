"""Names that come from a hub: which are safe to make files of, and what a GGUF file's name tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from penwright.base.errors import HubError

# owner/name, as the hub allows it: letters, digits, "-", "_", "."; never a dot first, never "..".
_REPO = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}/[A-Za-z0-9_][A-Za-z0-9._-]{0,95}")
# A part of a path that every system takes as an ordinary name: no sign that Windows forbids, no dot first
# (".", "..", hidden files) or last, no space at either end.
_FORBIDDEN = r"<>:\"/\\|?*\x00-\x1f\x7f"
_PART = re.compile(rf"[^\s.{_FORBIDDEN}](?:[^{_FORBIDDEN}]{{0,198}}[^\s.{_FORBIDDEN}])?")
# Devices on Windows, with any ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_MAX_PARTS = 4

_SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
_QUANTIZATION = re.compile(
    r"(?:^|[-_.])(?P<name>(?:UD-)?(?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|F16|F32|FP16|FP32))"
    r"(?=[-_.]|$)",
    re.IGNORECASE,
)


def check_repo(repo: str) -> str:
    """Return the repository's name, or raise HubError where it is none."""
    if not _REPO.fullmatch(repo) or ".." in repo or repo.endswith((".git", ".")):
        raise HubError("hub.bad_repo", repo=printable(repo))
    return repo


def check_file(name: str) -> str:
    """Return the name of a GGUF file in a repository, or raise HubError where it could lead elsewhere.

    Refused are absolute paths, "..", hidden files, and what some system takes for something else.
    """
    parts = name.split("/")
    safe = all(_PART.fullmatch(part) and not _DEVICES.fullmatch(part) for part in parts)
    if not safe or len(parts) > _MAX_PARTS or not name.lower().endswith(".gguf"):
        raise HubError("hub.bad_file", name=printable(name))
    return name


def is_safe_file(name: str) -> bool:
    """Return whether `check_file` would take the name."""
    try:
        check_file(name)
    except HubError:
        return False
    return True


def printable(text: str) -> str:
    """Return a stranger's text fit for a sentence: bounded, and without what no screen can show."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:200])


@dataclass(frozen=True)
class Shard:
    """One file of a model that is split. stem: what all have in common. number: from 1."""

    stem: str
    number: int
    count: int


def shard_of(name: str) -> Shard | None:
    """Return which part of a split model the file is, or None where it is whole."""
    match = _SHARD.fullmatch(name)
    if match is None:
        return None
    number, count = int(match["number"]), int(match["count"])
    return Shard(match["stem"], number, count) if 1 <= number <= count else None


def shards_of(name: str) -> tuple[str, ...]:
    """Return the names of all files of the model that this one belongs to, the first part first."""
    shard = shard_of(name)
    if shard is None:
        return (name,)
    ending = name[len(f"{shard.stem}-00000-of-00000") :]
    return tuple(f"{shard.stem}-{n:05}-of-{shard.count:05}{ending}" for n in range(1, shard.count + 1))


def is_companion(name: str) -> bool:
    """Return whether the file only helps another: a projector for pictures, or a predictor."""
    base = PurePosixPath(name).name.lower()
    return base.startswith(("mmproj", "mtp-")) or "mmproj" in base


def quantization_of(name: str) -> str | None:
    """Return how the weights are stored, as the file's name says: "Q4_K_M", "UD-Q4_K_XL", "MXFP4"."""
    shard = shard_of(name)
    base = PurePosixPath(shard.stem if shard else name.removesuffix(".gguf")).name
    found = [match["name"] for match in _QUANTIZATION.finditer(base)]
    return found[-1].upper() if found else None
