"""The words of each day, kept in progress.json: figures alone, nothing of the text."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from penwright.base.errors import SettingsError
from penwright.base.file_faults import telling
from penwright.base.files import explain, make_private_folder, read_bounded, readable_name, write_atomically
from penwright.core.progress import Days

_LIMIT_BYTES = 200_000  # KEPT_DAYS need a tenth of it
_VERSION = 1


class ProgressFile:
    """The file of days. Its methods wait for the disk, so they are not for the window's thread.

    folder: where progress.json lies; made, for its owner alone, at the first save.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "progress.json"

    def load(self) -> dict[date, int]:
        """Return the days that are kept. Raises SettingsError; a broken file is renamed before."""
        try:
            data, _stamp = read_bounded(self.path, _LIMIT_BYTES)
            return _days(data)
        except FileNotFoundError:
            return {}
        except OSError as error:
            key, values = explain(error, self.path, "files.reading")
            raise SettingsError(key, **values) from error
        except (ValueError, RecursionError) as error:
            aside = self.path.with_name("progress.broken.json")
            try:
                self.path.replace(aside)
            except OSError:
                aside = self.path
            raise SettingsError("progress.broken", name=readable_name(aside)) from error

    def save(self, days: Days) -> None:
        """Keep these days. Raises SettingsError; what was kept before is unchanged then."""
        table = {day.isoformat(): words for day, words in sorted(days.items())}
        text = json.dumps({"version": _VERSION, "days": table}, indent=1) + "\n"
        with telling(SettingsError, self.path, "files.writing"):
            make_private_folder(self.path.parent)
            write_atomically(self.path, text.encode("ascii"), private=True)

    def erase(self) -> None:
        """Forget every day. Raises SettingsError."""
        with telling(SettingsError, self.path, "files.writing"):
            self.path.unlink(missing_ok=True)


def _days(data: bytes) -> dict[date, int]:
    """Read the file's contents; ValueError where they are not what save() writes."""
    kept = json.loads(data.decode("utf-8"))
    if len(data) > _LIMIT_BYTES or not isinstance(kept, dict) or not isinstance(kept.get("days"), dict):
        raise ValueError("not a table of days")
    days = {}
    for day, words in kept["days"].items():
        if type(words) is not int:
            raise ValueError("no number")
        days[date.fromisoformat(day)] = words
    return days
