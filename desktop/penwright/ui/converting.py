"""Other formats read and written in a process of its own, so that no key waits for it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from penwright.base.errors import DocumentError
from penwright.base.own_process import own_command
from penwright.formats.kinds import Kind
from penwright.formats.losses import Note
from penwright.storage.documents import TextFile

CONVERSION_FLAG = "--conversion"


def import_document(path: Path) -> TextFile:
    """Return a document as a new Markdown text. It may wait long: not for the window's thread.

    Raises DocumentError.
    """
    answer = _ask({"kind": None, "source": str(path.absolute()), "target": None}, "")
    notes = tuple((str(key), dict(values)) for key, values in answer["notes"])
    return TextFile(Path(answer["path"]), answer["text"], notes=notes)


def export_document(text: str, source: Path | None, kind: Kind, target: Path) -> tuple[Note, ...]:
    """Write a text in another format, over what is there; return what was lost. It may wait long.

    source: where the text lies, for its pictures. Raises DocumentError.
    """
    place = str(source.absolute()) if source is not None else None
    answer = _ask({"kind": kind.value, "source": place, "target": str(target.absolute())}, text)
    return tuple((str(key), dict(values)) for key, values in answer["notes"])


def _ask(job: dict[str, str | None], text: str) -> dict[str, Any]:
    given = json.dumps(job).encode("ascii") + b"\n" + text.encode("utf-8", "surrogatepass")
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # no console on Windows
    command = own_command(CONVERSION_FLAG)
    done = subprocess.run(command, input=given, capture_output=True, check=False, creationflags=hidden)
    if done.returncode or not done.stdout:
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise DocumentError("formats.ended", reason=reason or str(done.returncode))
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise DocumentError(answer["error"], **answer["values"])
    return answer
