"""Which build this program is, where it came from an installer: what its bundle says of itself."""

from __future__ import annotations

import json
from pathlib import Path

from penwright.base.paths import resources


def build_facts(folder: Path | None = None) -> dict[str, str]:
    """Return the installer's kind ("deb", "archive" ...), the engine's build and the commit.

    folder: where to look; by default the running bundle. Outside of a bundle the installer is "none" alone.
    What an unfinished upgrade left unreadable is not told: this is for the one who asks what is wrong.
    """
    folder = resources().parent if folder is None else folder
    try:
        told = json.loads((folder / "build.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"installer": "none"}
    try:
        kind = (folder / "installer").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        kind = "none"  # the bundle itself, from no installer
    facts = told if isinstance(told, dict) else {}
    named = {"engine_build": facts.get("engine"), "commit": facts.get("commit")}
    return {"installer": kind, **{name: str(fact) for name, fact in named.items() if fact}}
