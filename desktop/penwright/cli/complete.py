"""`penwright complete`: the continuation of a text, once, or line by line with one engine kept warm."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TextIO

from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError, UsageError
from penwright.cli.engine import bounded, declare_gpu, load, start_engine, text_argument, wanted_model
from penwright.core.gate import Eagerness, judge
from penwright.core.snapshot import Snapshot
from penwright.engine.blocking import BlockingEngine
from penwright.engine.messages import Done, Request

_MAX_TOKENS = 32
_DOCUMENT = "command line"


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    say = catalogue.say
    parser.add_argument("--model", metavar="PATH", help=say("complete.model"))
    before = parser.add_mutually_exclusive_group()
    before.add_argument("--before", metavar="TEXT", help=say("complete.before"))
    before.add_argument("--before-file", metavar="FILE", help=say("complete.before_file"))
    after = parser.add_mutually_exclusive_group()
    after.add_argument("--after", metavar="TEXT", help=say("complete.after"))
    after.add_argument("--after-file", metavar="FILE", help=say("complete.after_file"))
    parser.add_argument(
        "--max-tokens", metavar="N", type=int, default=_MAX_TOKENS, help=say("complete.max_tokens")
    )
    declare_gpu(parser, catalogue)
    parser.add_argument("--json", action="store_true", help=say("complete.json"))
    parser.add_argument("--serve", action="store_true", help=say("complete.serve"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Complete a text, or serve requests until the input ends."""
    if options.max_tokens < 1:
        raise UsageError("complete.few_tokens", given=options.max_tokens)
    if options.serve:
        if any((options.before, options.before_file, options.after, options.after_file)):
            raise UsageError("complete.serve_alone")
        model = wanted_model(options.model)
        with start_engine() as engine:
            load(engine, model, options.gpu)
            return serve(engine, sys.stdin, sys.stdout, catalogue)
    if options.before is None and options.before_file is None:
        raise UsageError("complete.nothing")
    if options.before_file == "-" and options.after_file == "-":
        raise UsageError("complete.one_input")
    before = text_argument(options.before, options.before_file, catalogue)
    after = text_argument(options.after, options.after_file, catalogue)
    model = wanted_model(options.model)
    with start_engine() as engine:
        load(engine, model, options.gpu)
        answer = complete(engine, before, after, options.max_tokens, gate=False)
    print(json.dumps(answer, ensure_ascii=False) if options.json else answer["text"])
    return 0


def complete(
    engine: BlockingEngine, before: str, after: str, max_tokens: int, *, gate: bool
) -> dict[str, object]:
    """Return the continuation with its figures, as the JSON of the command line has them.

    gate: withhold what the window would not show; `stop` is "withheld" then, and `reason` says why.
    """
    before, after, origin = bounded(before, after)
    done = engine.ask(Request(0, before, after, _DOCUMENT, 0, origin, max_tokens, patient=True))
    figures = _figures(done)
    if gate:
        verdict = judge(done.best, Snapshot(_DOCUMENT, 0, before, after, origin), Eagerness.NORMAL)
        figures["text"] = verdict.text
        if not verdict.text:
            figures.update(stop="withheld", reason=verdict.reason)
    return figures


def _figures(done: Done) -> dict[str, object]:
    return {
        "text": done.text,
        "tokens": done.tokens,
        "prompt_tokens": done.prompt_tokens,
        "reused_tokens": done.reused_tokens,
        "prompt_ms": done.prompt_ms,
        "total_ms": done.total_ms,
        "mean_logprob": round(done.best.mean_logprob, 4),
        "stop": done.stop,
    }


def serve(engine: BlockingEngine, source: TextIO, target: TextIO, catalogue: Catalogue) -> int:
    """Answer JSON lines until the input ends; a line that can't be answered gets an `error`."""
    for line in source:
        if not line.strip():
            continue
        number: object = None
        try:
            fields = _object(line)
            number = fields.get("id")
            _check(fields)
            reply = complete(
                engine,
                str(fields.get("before", "")),
                str(fields.get("after", "")),
                int(str(fields.get("max_tokens", _MAX_TOKENS))),
                gate=fields.get("gate") is True,
            )
        except PenwrightError as error:
            reply = {"error": catalogue.sentence(error)}
        print(json.dumps({"id": number, **reply}, ensure_ascii=False), file=target, flush=True)
    return 0


_FIELDS: dict[str, type | tuple[type, ...]] = {
    "id": (int, str),
    "before": str,
    "after": str,
    "max_tokens": int,
    "gate": bool,
}


def _object(line: str) -> dict[str, object]:
    """Return the JSON object in a line. Raises UsageError when it holds none."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError("complete.not_json", why=str(error)) from error
    if not isinstance(fields, dict):
        raise UsageError("complete.not_object")
    return fields


def _check(fields: dict[str, object]) -> None:
    """Raise UsageError for a field that is unknown or can't have its value."""
    for name, value in fields.items():
        if name not in _FIELDS:
            raise UsageError("complete.unknown_field", field=name, fields=", ".join(_FIELDS))
        flag_for_number = isinstance(value, bool) and _FIELDS[name] is not bool
        too_low = name == "max_tokens" and isinstance(value, int) and value < 1
        if not isinstance(value, _FIELDS[name]) or flag_for_number or too_low:
            raise UsageError("complete.wrong_field", field=name)
