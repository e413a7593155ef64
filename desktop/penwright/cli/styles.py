"""`penwright styles`: which there are, what one asks for, whether a file is one, whether a model obeys it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError, StyleError
from penwright.cli.engine import declare_gpu, load, start_engine
from penwright.cli.model_tables import table
from penwright.cli.styles_shown import facts, language_of, shown, told_findings
from penwright.cli.write import prompt_text, seeded, style_files, write_told, writing_model
from penwright.core.checking import check
from penwright.core.prompt import filled, job
from penwright.core.styles import SelfTest, Style
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Ready
from penwright.storage.styles import style_in

_DISOBEYED = 1


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the actions and their arguments."""
    say = catalogue.say
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str) -> argparse.ArgumentParser:
        told = say(f"styles.do_{name}")
        made: argparse.ArgumentParser = actions.add_parser(
            name, help=told, description=told, allow_abbrev=False
        )
        made.add_argument("--language", metavar="CODE", help=say("styles.language"))
        return made

    listed = action("list")
    listed.add_argument("--json", action="store_true", help=say("complete.json"))
    one = action("show")
    one.add_argument("id", metavar="ID", help=say("write.id"))
    one.add_argument("--prompt", action="store_true", help=say("styles.prompt"))
    action("check").add_argument("file", metavar="FILE", type=Path, help=say("styles.file"))
    test = action("test")
    test.add_argument("id", metavar="ID", help=say("write.id"))
    test.add_argument("--model", metavar="PATH", help=say("rewrite.model"))
    test.add_argument("--seed", metavar="N", type=int, help=say("write.seed"))
    declare_gpu(test, catalogue)


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Do what was asked."""
    return _ACTIONS[options.action](options, catalogue)


def _list(options: argparse.Namespace, catalogue: Catalogue) -> int:
    files = style_files()
    files.refresh()
    rows = [facts(style, options.language or _usual(style)) for style in files.styles()]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        print(table(rows, ("id", "group", "kind", "languages", "name")), end="")
    for fault in files.faults():
        print(catalogue.sentence(fault), file=sys.stderr)
    return 0


def _usual(style: Style) -> str:
    return language_of(style, None)


def _show(options: argparse.Namespace, catalogue: Catalogue) -> int:
    style = style_files().style(options.id)
    language = language_of(style, options.language)
    test = style.words(language).self_test
    if options.prompt and test is not None:
        print(prompt_text(job(style, test.values, language)))
    else:
        print(shown(style, language, catalogue))
    return 0


def _check(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Tell whether a file is a style whose own test holds in each of its languages."""
    style = style_in(options.file)
    holds = True
    for language in [options.language] if options.language else list(style.wordings):
        language_of(style, language)
        test = style.words(language).self_test
        if test is None:
            print(catalogue.say("styles.untested", language=language))
            continue
        values = filled(style, test.values, language)
        job(style, values, language)
        wrong = check(style, values, test.good, language)
        if wrong:
            print(catalogue.say("styles.good_fails", language=language))
            told_findings(wrong, test.good, catalogue, sys.stdout)
        caught = {found.check for found in check(style, values, test.bad, language)}
        if test.caught_by not in caught:
            print(catalogue.say("styles.bad_passes", language=language, check=test.caught_by))
        holds = holds and not wrong and test.caught_by in caught
    if holds:
        print(catalogue.say("styles.holds", file=options.file.name, name=style.words("en").name))
    return 0 if holds else _DISOBEYED


def _test(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Have a model write each language's test, and tell what of the style it does not obey."""
    style = style_files().style(options.id)
    languages = [language_of(style, options.language)] if options.language else list(style.wordings)
    tests = [(each, style.words(each).self_test) for each in languages]
    if all(test is None for _, test in tests):
        raise StyleError("styles.no_test", id=style.id)
    model = writing_model(options.model)
    obeyed = True
    with start_engine() as engine:
        ready = load(engine, model, options.gpu)
        for language, test in tests:
            if test is not None:
                fine = _tested(
                    style, language, test, ready=ready, engine=engine, seed=options.seed, catalogue=catalogue
                )
                obeyed = obeyed and fine
    name = Path(ready.path).name
    print(catalogue.say("styles.obeys" if obeyed else "styles.disobeys", model=name, id=style.id))
    return 0 if obeyed else _DISOBEYED


def _tested(
    style: Style,
    language: str,
    test: SelfTest,
    *,
    ready: Ready,
    engine: BlockingEngine,
    seed: int | None,
    catalogue: Catalogue,
) -> bool:
    values = filled(style, test.values, language)
    print(f"== {style.words(language).name} ({language})")
    try:
        asked = seeded(job(style, values, language), seed)
        written = write_told(asked, ready, engine, lambda text: print(text, end="", flush=True), catalogue)
    except PenwrightError as error:
        print(catalogue.sentence(error))
        return False
    print("\n--")
    found = check(style, values, written.text.strip("\n"), language)
    told_findings(found, written.text, catalogue, sys.stdout)
    if written.stop == "length":
        print(catalogue.say("write.cut_short"))
    return not found and written.stop != "length"


_ACTIONS = {"list": _list, "show": _show, "check": _check, "test": _test}
