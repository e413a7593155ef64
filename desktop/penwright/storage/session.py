"""Which texts were open, and where the caret stood in each: for the next start."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from penwright.base.files import make_private_folder, read_bounded, write_atomically

_LIMIT_BYTES = 1_000_000
_MOST = 300  # texts whose places are kept; of more, those that were left longest ago go


@dataclass(frozen=True)
class Place:
    """Where someone was in a text. caret: in UTF-16 units. scroll: lines above the window."""

    path: str
    caret: int = 0
    scroll: int = 0


@dataclass(frozen=True)
class Session:
    """What was open when the program ended, and the places in all texts, the latest last."""

    open: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()

    def place(self, path: Path) -> Place | None:
        """Return where someone was in the text at `path`."""
        wanted = str(path.absolute())
        return next((each for each in reversed(self.places) if each.path == wanted), None)

    def with_places(self, places: Iterable[Place], now_open: Iterable[str]) -> Session:
        """Return this session with newer places, and other texts open."""
        newer = {each.path: each for each in places}
        older = [each for each in self.places if each.path not in newer]
        return Session(tuple(now_open), (*older, *newer.values())[-_MOST:])

    def without(self, path: Path) -> Session:
        """Return this session without any trace of the text at `path`."""
        gone = {str(path.absolute()), str(path.resolve())}
        return Session(
            tuple(each for each in self.open if each not in gone),
            tuple(each for each in self.places if each.path not in gone),
        )


class SessionFile:
    """The file session.json, the owner's alone. Its methods wait for the disk and raise OSError."""

    def __init__(self, folder: Path) -> None:
        """folder: made with the first writing."""
        self.path = folder / "session.json"

    def read(self) -> Session:
        """Return what is kept; a file that is damaged counts as none."""
        try:
            data, _stamp = read_bounded(self.path, _LIMIT_BYTES)
        except FileNotFoundError:
            return Session()
        try:
            return _session(json.loads(data))
        except (ValueError, TypeError, KeyError, RecursionError):
            return Session()

    def write(self, session: Session) -> None:
        """Keep this session in place of the one before."""
        make_private_folder(self.path.parent)
        write_atomically(self.path, json.dumps(asdict(session)).encode("ascii"), private=True)

    def erase(self) -> None:
        """Delete it."""
        self.path.unlink(missing_ok=True)


def _session(loaded: Any) -> Session:
    places = (Place(str(each["path"]), int(each["caret"]), int(each["scroll"])) for each in loaded["places"])
    return Session(tuple(str(each) for each in loaded["open"]), tuple(places))
