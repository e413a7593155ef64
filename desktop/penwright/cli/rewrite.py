"""`penwright rewrite`: a text from standard input, rewritten in a style, or what would change in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError, StyleError, UsageError
from penwright.base.paths import Folders, resources
from penwright.cli.engine import declare_gpu, load, start_engine, text_argument, wanted_model
from penwright.core.continuing import language_of
from penwright.core.diff import unified
from penwright.core.prompt import filled, job
from penwright.core.rewriting import around, cleaned, passages, put_together
from penwright.core.sandbox import render
from penwright.core.styles import Style
from penwright.engine.blocking import BlockingEngine
from penwright.engine.jobs import write
from penwright.engine.messages import Ready
from penwright.storage.settings_file import SettingsFile
from penwright.storage.styles import StyleFiles

_OWN = "own-instruction"


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    say = catalogue.say
    parser.add_argument("action", metavar="ACTION", help=say("rewrite.action"))
    parser.add_argument("--instruction", metavar="TEXT", help=say("rewrite.instruction"))
    parser.add_argument(
        "--field", metavar="NAME=VALUE", action="append", default=[], help=say("rewrite.field")
    )
    parser.add_argument("--diff", action="store_true", help=say("rewrite.diff"))
    parser.add_argument("--anyway", action="store_true", help=say("rewrite.anyway"))
    parser.add_argument("--model", metavar="PATH", help=say("rewrite.model"))
    declare_gpu(parser, catalogue)


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Rewrite standard input; nothing is written out before all of it is done."""
    folders = Folders.of_user()
    style = _style(StyleFiles(resources() / "styles", folders.data / "styles"), options.action)
    given = _given(options, style)
    text = text_argument(None, "-", catalogue)
    if not text.strip():
        raise UsageError("rewrite.nothing")
    filled(style, given | {"text": "-"}, language_of(text))  # what is wrong with it is told before a model is
    settings = SettingsFile(folders.config).load()[0]
    model = wanted_model(options.model, settings.writing_model or settings.model)
    with start_engine() as engine:
        ready = load(engine, model, options.gpu)
        if not ready.chat_template and not options.anyway:
            raise ModelError("rewrite.only_continues", model=model.title(catalogue))
        new = rewritten(
            style, given, text, ready, engine, tell=lambda key, values: _tell(catalogue, key, values)
        )
    if options.diff:
        for line in unified(text, new):
            print(line)
    else:
        sys.stdout.write(new)
    return 0


def rewritten(
    style: Style,
    given: Mapping[str, str],
    text: str,
    ready: Ready,
    engine: BlockingEngine,
    *,
    tell: Callable[[str, dict[str, int]], None],
) -> str:
    """Return the text with each of its passages rewritten; one that comes back unfinished stays.

    Raises PenwrightError, and KeyboardInterrupt where the writer stopped it.
    """
    parts = passages(text, 0, len(text))
    written: dict[int, str] = {}
    for number, part in enumerate(parts):
        tell("rewrite.progress", {"number": number + 1, "of": len(parts)})
        old = text[part.start : part.end]
        before, after = around(text, part)
        made = job(style, {**given, "text": old, "before": before, "after": after}, language_of(old))
        outcome = write(made, ready, engine, lambda _more: None, fill=render)
        if outcome.stop == "cancelled":
            raise KeyboardInterrupt
        new = cleaned(old, outcome.text)
        if new and outcome.stop != "length":
            written[number] = new
    if len(written) < len(parts):
        tell("rewrite.unfinished", {"number": len(parts) - len(written), "of": len(parts)})
    return put_together(text, 0, len(text), parts, written)


def _style(files: StyleFiles, action: str) -> Style:
    """Return the style of an action. Raises UsageError, which names those there are."""
    try:
        style = files.style(action)
    except StyleError as error:
        if error.key != "style.no_style":
            raise
        style = None
    if style is None or style.kind != "rewrite":
        files.refresh()  # the one that was asked for is all that is read till now
        known = ", ".join(each.id for each in files.styles() if each.kind == "rewrite")
        raise UsageError("rewrite.no_action", action=action[:60], known=known)
    return style


def _given(options: argparse.Namespace, style: Style) -> dict[str, str]:
    given: dict[str, str] = {}
    for entry in options.field:
        name, is_one, value = entry.partition("=")
        if not is_one:
            raise UsageError("rewrite.no_field", given=entry[:60])
        given[name] = value
    if options.instruction is not None:
        if style.id != _OWN:
            raise UsageError("rewrite.not_own", action=style.id, own=_OWN)
        given["instruction"] = options.instruction
    return given


def _tell(catalogue: Catalogue, key: str, values: dict[str, int]) -> None:
    """Say how it goes, on a terminal; what a person has to know, always."""
    if key == "rewrite.unfinished" or sys.stderr.isatty():
        print(catalogue.say(key, **values), file=sys.stderr)
