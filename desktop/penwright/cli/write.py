"""`penwright write ID`: a text in a style, streamed as it is written, and what of it is to be checked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from penwright.base.catalogue import Catalogue
from penwright.base.errors import EngineError, StyleError, UsageError
from penwright.base.paths import Folders, resources
from penwright.cli.engine import declare_gpu, load, start_engine, text_argument, wanted_model
from penwright.cli.styles_shown import language_of, told_findings
from penwright.core.checking import marks
from penwright.core.composition import Job
from penwright.core.prompt import filled, job
from penwright.core.styles import Style
from penwright.engine.blocking import BlockingEngine
from penwright.engine.jobs import Written, fitted, prompt_of, write
from penwright.engine.messages import Ready
from penwright.modelstore.library import ModelFile
from penwright.storage.settings_file import SettingsFile
from penwright.storage.styles import StyleFiles


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    say = catalogue.say
    parser.add_argument("id", metavar="ID", help=say("write.id"))
    parser.add_argument("--field", action="append", default=[], metavar="NAME=VALUE", help=say("write.field"))
    parser.add_argument("--language", metavar="CODE", help=say("styles.language"))
    parser.add_argument("--model", metavar="PATH", help=say("rewrite.model"))
    parser.add_argument("--seed", metavar="N", type=int, help=say("write.seed"))
    parser.add_argument("--prompt", action="store_true", help=say("write.prompt"))
    declare_gpu(parser, catalogue)


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Write one text to standard output; everything else is said on the error stream."""
    style = style_files().style(options.id)
    language = language_of(style, options.language)
    values = filled(style, fields(options.field, style, catalogue), language)
    asked = seeded(job(style, values, language), options.seed)
    if options.prompt:
        print(prompt_text(asked))
        return 0
    model = writing_model(options.model)
    with start_engine() as engine:
        ready = load(engine, model, options.gpu)
        written = write_told(asked, ready, engine, _print, catalogue)
    print()
    if written.stop == "cancelled":
        raise KeyboardInterrupt  # what was written stands there; the exit code says that it is not all
    if written.stop == "length":
        print(catalogue.say("write.cut_short"), file=sys.stderr)
    told_findings(marks(style, values, written.text, language), written.text, catalogue, sys.stderr)
    return 0


def writing_model(given: str | None) -> ModelFile:
    """Return the model of `--model`, else the settings' writing model, else the one that suggests."""
    settings = SettingsFile(Folders.of_user().config).load()[0]
    return wanted_model(given, settings.writing_model or settings.model)


def style_files() -> StyleFiles:
    """Return the styles there are for this user; none is read yet."""
    return StyleFiles(resources() / "styles", Folders.of_user().data / "styles")


def fields(given: Sequence[str], style: Style, catalogue: Catalogue) -> dict[str, str]:
    """Return the values of `--field NAME=VALUE`; @FILE is a file's text, @@ a plain @.

    Raises UsageError, StyleError, DocumentError.
    """
    values: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise UsageError("write.no_value", given=each[:60])
        if name in values:
            raise UsageError("write.twice", field=name)
        if style.field(name) is None and name not in style.given:
            known = ", ".join((*style.given, *(field.id for field in style.fields)))
            raise StyleError("style.no_such_field", style=style.id, field=name[:60], known=known or "-")
        if value.startswith("@") and not value.startswith("@@"):
            values[name] = text_argument(None, value[1:], catalogue)
        else:
            plain = value[1:] if value.startswith("@@") else value
            values[name] = text_argument(plain, None, catalogue)
    return values


def seeded(asked: Job, seed: int | None) -> Job:
    """Return the job with a seed of its own."""
    return asked if seed is None else replace(asked, sampling=replace(asked.sampling, seed=seed))


def prompt_text(asked: Job) -> str:
    """Return a job as it is asked of models with conversations, and of those that only continue."""
    parts = [f"[{message.role}]\n{message.content}" for message in asked.messages]
    return "\n\n".join([*parts, *([f"[base]\n{asked.base}"] if asked.base else [])])


def write_told(
    asked: Job, ready: Ready, engine: BlockingEngine, heard: Callable[[str], None], catalogue: Catalogue
) -> Written:
    """Write a job's text; say on the error stream beforehand what this model can't do, and what was cut.

    Raises ModelError and EngineError.
    """
    prompt = prompt_of(asked, ready)
    if prompt.form == "base":
        try:
            fitted(asked, prompt, engine)
        except EngineError as error:
            if error.key != "compose.too_long":
                raise
            values = {name: error.values[name] for name in ("tokens", "wanted", "room")}
            raise EngineError("write.no_room_for_examples", **values) from error
        key = "chat.without_template" if prompt.fault is not None else "write.only_continues"
        print(catalogue.say(key), file=sys.stderr, flush=True)
    written = write(asked, ready, engine, heard)
    for cut in written.cuts:
        print(catalogue.say("write.cut", name=cut.name, kept=cut.kept, whole=cut.whole), file=sys.stderr)
    return written


def _print(text: str) -> None:
    print(text, end="", flush=True)
