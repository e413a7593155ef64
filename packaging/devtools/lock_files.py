"""Read the lock files: which version and hashes each package is pinned to."""

import re
from dataclasses import dataclass
from pathlib import Path

ENGINE_PACKAGE = "llama-cpp-python"

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=(?P<hash>sha256:[0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """One locked package: the lines as they stand in the file, and what they say."""

    name: str
    version: str
    hashes: tuple[str, ...]
    text: str


def read_pins(lock: Path) -> list[Pin]:
    """Return the pins of a lock file, in its order."""
    entries: list[list[str]] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace() and entries:
            entries[-1].append(line)
        else:
            entries.append([line])
    pins = []
    for entry in entries:
        match = _PIN.match(entry[0])
        if match is None:
            raise ValueError(f"{lock.name} has a line that pins nothing: {entry[0]}")
        text = "\n".join(entry)
        hashes = tuple(found["hash"] for found in _HASH.finditer(text))
        pins.append(Pin(match["name"].lower(), match["version"], hashes, text))
    return pins


def engine_pin(lock: Path) -> Pin:
    """Return the pin of the engine, which is built here instead of being installed from the lock."""
    return next(pin for pin in read_pins(lock) if pin.name == ENGINE_PACKAGE)


def without_engine(lock: Path) -> str:
    """Return a lock file's text without the engine: its wheel is built here, so no hash can be locked."""
    return "\n".join(pin.text for pin in read_pins(lock) if pin.name != ENGINE_PACKAGE) + "\n"
