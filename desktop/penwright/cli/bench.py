"""`penwright bench`: how quick the engine is on this machine, beside the least that could be."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.errors import UsageError
from penwright.cli.engine import start_engine, wanted_model
from penwright.cli.measuring.busy import load_average
from penwright.cli.measuring.peer import Peer
from penwright.cli.measuring.report import Plan, as_text, engine_figures, machine, peer_figures
from penwright.engine.messages import Load


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    say = catalogue.say
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = say("bench.figures")
    parser.add_argument("--model", metavar="PATH", help=say("complete.model"))
    parser.add_argument("--json", action="store_true", help=say("complete.json"))
    parser.add_argument("--peer", metavar="URL", help=say("bench.peer"))
    parser.add_argument("--peer-only", action="store_true", help=say("bench.peer_only"))
    parser.add_argument("--llama-bench", metavar="PROGRAM", help=say("bench.program"))
    parser.add_argument("--threads", metavar="N", type=int, default=0, help=say("bench.threads"))
    parser.add_argument("--context", metavar="N", type=int, default=0, help=say("bench.context"))
    parser.add_argument("--seed", metavar="N", type=int, default=1, help=say("bench.seed"))
    parser.add_argument("--quick", action="store_true", help=say("bench.quick"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Measure, and print the report."""
    if not 0 <= options.threads <= 1024:
        raise UsageError("bench.number", option="--threads", given=options.threads)
    if not 0 <= options.context <= 1_000_000:
        raise UsageError("bench.number", option="--context", given=options.context)
    if options.peer_only and options.peer is None:
        raise UsageError("bench.no_peer")
    if options.llama_bench is not None and not Path(options.llama_bench).is_file():
        raise UsageError("bench.llama_bench", program=options.llama_bench, why=catalogue.say("bench.no_file"))
    model = wanted_model(options.model)
    peer = Peer(options.peer) if options.peer is not None else None
    plan = Plan.quick(options.seed) if options.quick else Plan(options.seed)
    load = Load(str(model.path.absolute()), n_ctx=options.context, n_threads=options.threads)
    before = load_average()
    with start_engine() as engine:
        ready = engine.load(load)
        if peer is not None:
            peer.check(ready)
        report: dict[str, object] = {
            "model": f"{model.path.name} ({ready.description})",
            "threads": ready.n_threads,
            "context": ready.n_ctx,
            "binding": ready.binding,
        }
        if not options.peer_only:
            report |= engine_figures(engine, ready, plan, options.llama_bench)
        if peer is not None:
            report["peer"] = peer_figures(engine, ready, plan, peer)
            peer.close()
    report |= {"load_average": before, "load_average_after": load_average(), "machine": machine()}
    print(json.dumps(report, ensure_ascii=False) if options.json else as_text(report))
    return 0
