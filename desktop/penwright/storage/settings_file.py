"""The file settings.json: read, checked, brought to this version, and kept."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from penwright.base.errors import SettingsError
from penwright.base.files import read_bounded, readable_name, write_atomically
from penwright.storage.settings import Settings, declarations

_LIMIT_BYTES = 1_000_000  # far more than settings can need; a longer file is not ours
_KEPT_ASIDE_LIMIT = 1000  # broken files; more of them means that something else is wrong

# A step takes what a file of one version holds and returns what the next version would.
Step = Callable[[dict[str, Any]], dict[str, Any]]

# By the version that a step leads away from. Version 1 is the first, so there is none yet.
STEPS: Mapping[int, Step] = types.MappingProxyType({})


class SettingsFile:
    """The file that keeps the settings.

    folder: where settings.json lies; made at the first save. steps: migrations by the version that each
    leads away from, without gaps from 1 on. Before a file of an older version is written over, it is copied
    to settings.version-<n>.json.
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
            kept, _old = self._read()
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
                kept, old = self._read()
                if old is not None:
                    version, data = old
                    beside = self.path.with_name(f"settings.version-{version}.json")
                    write_atomically(beside, data, private=True)
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

    def _read(self) -> tuple[dict[str, Any], tuple[int, bytes] | None]:
        """Return what the file holds, brought to this version; of an older one its version and its bytes too.

        Raises ValueError where it is broken.
        """
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
        return kept, (version, data) if version < self._version else None

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
