"""`penwright demo`: the real window types, waits for the real suggestion, and tells what came."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.display import check_display
from penwright.base.errors import DisplayError, UsageError
from penwright.cli.engine import wanted_model

TEXT = "He took off his hat and sat"
_WAIT = 20.0  # seconds


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    parser.add_argument("--type", metavar="TEXT", default=TEXT, help=catalogue.say("demo.type"))
    parser.add_argument("--model", metavar="PATH", help=catalogue.say("complete.model"))
    parser.add_argument("--screenshot", metavar="FILE", type=Path, help=catalogue.say("demo.screenshot"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Run the demonstration; the exit code is 0 when a suggestion came, 1 when none came in 20 s."""
    if not options.type.strip():
        raise UsageError("demo.nothing_to_type")
    model = wanted_model(options.model)
    picture = options.screenshot or Path(tempfile.gettempdir()) / f"penwright-demo-{os.getpid()}.png"
    try:
        check_display(os.environ, sys.platform)
    except DisplayError:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from penwright.app.demonstration import run_demo  # noqa: PLC0415 - Qt is loaded for the window alone

    report = run_demo(options.type, model, picture, _WAIT, catalogue)
    came = report.outcome
    say = catalogue.say
    print(say("demo.typed", text=came.text))
    if not came.ghost or not report.pid:
        print(say("demo.none", seconds=int(_WAIT)), file=sys.stderr)
        return 1
    print(say("demo.suggested", text=came.ghost))
    print(say("demo.latency", ms=round(came.latency_ms)))
    if came.asked:
        print(say("demo.asked"))
    print(say("demo.worker", pid=report.pid, title=model.title(catalogue)))
    print(say("demo.picture" if report.drawn else "demo.no_picture", path=str(picture)))
    return 0
