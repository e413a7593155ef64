"""`penwright evaluate`: whether suggestions are worth showing, counted on a text or on cases."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable

from penwright.base.catalogue import Catalogue
from penwright.base.errors import UsageError
from penwright.cli.asking import Asker, Reply, scores
from penwright.cli.engine import load, start_engine, text_argument, wanted_model
from penwright.cli.rows import Rows
from penwright.core.gate import Eagerness
from penwright.evaluation import cases, report, writer
from penwright.evaluation.carets import Place, sample
from penwright.evaluation.figures import Asked
from penwright.evaluation.rightness import compare

_CARETS = 2_000  # a precision of 0.6 of 600 shown has a standard error of 0.02
_LETTERS = 12_000
_THREADS = 1  # fixed, so that figures of two runs can be compared
_ROW_BEFORE, _ROW_FOLLOWS = 80, 60  # letters of the text in a row


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    say = catalogue.say
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = say("evaluate.counted")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--text", metavar="FILE", help=say("evaluate.text"))
    what.add_argument("--cases", metavar="FILE", help=say("evaluate.cases"))
    parser.add_argument("--model", metavar="PATH", help=say("complete.model"))
    parser.add_argument("--seed", metavar="N", type=int, default=1, help=say("evaluate.seed"))
    parser.add_argument("--carets", metavar="N", type=int, default=_CARETS, help=say("evaluate.carets"))
    parser.add_argument("--letters", metavar="N", type=int, default=_LETTERS, help=say("evaluate.letters"))
    parser.add_argument(
        "--eagerness",
        choices=[each.name.lower() for each in Eagerness],
        default="normal",
        help=say("evaluate.eagerness"),
    )
    parser.add_argument("--baseline", action="store_true", help=say("evaluate.baseline"))
    parser.add_argument("--threads", metavar="N", type=int, default=_THREADS, help=say("evaluate.threads"))
    parser.add_argument("--gpu", choices=("auto", "off"), default="off", help=say("evaluate.gpu"))
    parser.add_argument("--rows", metavar="OUT", help=say("evaluate.rows"))
    parser.add_argument("--json", action="store_true", help=say("complete.json"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Evaluate on a text or on cases, and print the figures."""
    if options.text is None and options.cases is None:
        raise UsageError("evaluate.nothing")
    for name, least in (("carets", 1), ("letters", 0), ("threads", 1)):
        if getattr(options, name) < least:
            raise UsageError("evaluate.too_few", option=f"--{name}", given=getattr(options, name))
    file = options.text if options.text is not None else options.cases
    text = text_argument(None, file, catalogue)
    given = cases.read_cases(text.split("\n"), file) if options.cases is not None else []
    places = [] if given else sample(text, options.carets, options.seed)
    if not given and not places:
        raise UsageError("evaluate.no_carets", name=file)
    model = wanted_model(options.model)
    with Rows.to(options.rows) as rows, start_engine() as engine:
        load(engine, model, options.gpu, options.threads)
        asker = Asker(engine, Eagerness[options.eagerness.upper()], baseline=options.baseline)
        figures = _on_cases(given, asker, rows) if given else _on_text(text, places, asker, rows, options)
    settings = {
        "file": file,
        "model": model.title(catalogue),
        "seed": options.seed,
        "suggestions": "baseline" if options.baseline else options.eagerness,
        "threads": options.threads,
        "gpu": options.gpu,
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }
    if options.json:
        print(json.dumps({**settings, **figures}, ensure_ascii=False))
    else:
        print("\n".join(f"{name:<14} {value}" for name, value in settings.items()), end="\n\n")
        print(_as_text(figures))
    return 0


def _on_text(
    text: str, places: list[Place], asker: Asker, rows: Rows | None, options: argparse.Namespace
) -> dict[str, object]:
    asked: list[Asked] = []
    for place in places:
        before = text[: place.at]
        reply = asker.ask(before, place.after)
        shown = reply.verdict.text
        asked.append(Asked(place.kind, shown, compare(shown, place.follows), reply.ms))
        if rows is not None:
            rows.write(_place_row(place, before, reply, asked[-1]))
    asker.times.clear()
    written: list[writer.Typed] = []
    for start, end in writer.choose(text, options.letters, options.seed):
        written.append(writer.Typed())
        writer.write(text, start, end, lambda before: asker.ask(before).verdict.text, written[-1])
    return report.of_text(asked, written, asker.times)


def _on_cases(given: Iterable[cases.Case], asker: Asker, rows: Rows | None) -> dict[str, object]:
    judged: list[cases.Judged] = []
    for number, case in enumerate(given):
        reply = asker.ask(case.before, case.after, f"case {number}")
        judged.append(cases.Judged(case, reply.verdict.text, reply.answer.text, reply.ms))
        if rows is not None:
            outcome = judged[-1].outcome.value
            rows.write({"id": case.id, "outcome": outcome, **scores(reply, case.before, case.after)})
    return {**cases.count_cases(judged), "tags": cases.by_tag(judged)}


def _place_row(place: Place, before: str, reply: Reply, asked: Asked) -> dict[str, object]:
    return {
        "kind": place.kind.value,
        "at": place.at,
        "before": before[-_ROW_BEFORE:],
        "follows": place.follows[:_ROW_FOLLOWS],
        "right": asked.rightness.first if asked.shown else None,
        **scores(reply, before, place.after),
    }


def _as_text(figures: dict[str, object]) -> str:
    plain = {name: each for name, each in figures.items() if each is None or isinstance(each, int | float)}
    if "tags" in figures:
        return report.case_tables(plain, _nested(figures["tags"]))
    lines = [report.text_tables(plain, _nested(figures["kinds"])), ""]
    (writing,) = _nested({"writer": figures["writer"]}).values()
    lines += [f"writer: {name:<10} {value}" for name, value in writing.items()]
    return "\n".join(lines)


def _nested(value: object) -> dict[str, dict[str, float | int | None]]:
    assert isinstance(value, dict)
    return value
