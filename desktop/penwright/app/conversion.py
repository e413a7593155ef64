"""The process that reads and writes other formats for a window: in the window's own it would delay keys.

Its input is one JSON line (ui.converting.Job) and then the text; its output one JSON line.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

from penwright.app.pages import draw_pdf
from penwright.base.errors import PenwrightError
from penwright.formats.carrying import carry_pictures, write_file, write_pictures
from penwright.formats.exporting import Exporter
from penwright.formats.kinds import Kind
from penwright.formats.losses import Losses, Note
from penwright.formats.markdown_in import read_markdown
from penwright.formats.opening import open_as_markdown
from penwright.formats.pictures import Pictures

_NICER = 10  # steps of priority below the window's


def main() -> None:
    """Do one piece of work, and end."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(_NICER)
    job = json.loads(sys.stdin.buffer.readline())
    text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
    try:
        answer = _import(Path(job["source"])) if job["target"] is None else _export(job, text)
    except PenwrightError as error:
        answer = {"error": error.key, "values": dict(error.values)}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


def _import(source: Path) -> dict[str, object]:
    file = open_as_markdown(source)
    return {"path": str(file.path), "text": file.text, "notes": file.notes}


def _export(job: dict[str, str | None], text: str) -> dict[str, object]:
    kind, target = Kind(job["kind"]), Path(str(job["target"]))
    folder = Path(str(job["source"])).parent if job["source"] is not None else None
    document = read_markdown(text)
    losses = Losses()
    if kind is Kind.MARKDOWN and folder is not None:
        document, beside = carry_pictures(document, folder, target, losses)
        write_pictures(beside)
    exported = Exporter(draw_pdf).export(document, kind, Pictures(folder))
    write_file(target, exported.data)
    notes: tuple[Note, ...] = (*losses.notes(), *exported.notes)
    return {"notes": notes}
