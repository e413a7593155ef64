"""`penwright models`: what fits this machine, what the hub has, what is installed, and fetching it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.errors import ModelError, PenwrightError, UsageError
from penwright.base.paths import Folders, bundled_model, resources
from penwright.cli.engine import load, start_engine
from penwright.cli.model_fetch import Shown, fetch, pause
from penwright.cli.model_tables import (
    entry_facts,
    found_facts,
    installed_facts,
    offer_facts,
    repository_facts,
    size_text,
    table,
    unfinished_facts,
)
from penwright.modelstore.entries import Entry, Variant, find_entry, read_entries
from penwright.modelstore.fit import DEFAULT_CONTEXT, Machine, Verdict, best_variant, offers, recommend
from penwright.modelstore.hub_faults import Transient
from penwright.modelstore.library import choose
from penwright.modelstore.machine import this_machine
from penwright.modelstore.store import Store
from penwright.storage.settings_file import SettingsFile

_ROLES = ("inline", "writing")


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the actions and their arguments."""
    say = catalogue.say
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, *, as_json: bool = False) -> argparse.ArgumentParser:
        told = say(f"models.do_{name}")
        made: argparse.ArgumentParser = actions.add_parser(
            name, help=told, description=told, allow_abbrev=False
        )
        if as_json:
            made.add_argument("--json", action="store_true", help=say("complete.json"))
        return made

    action("list", as_json=True)
    action("recommend", as_json=True).add_argument(
        "--context", metavar="TOKENS", type=int, default=DEFAULT_CONTEXT, help=say("models.context")
    )
    search = action("search", as_json=True)
    search.add_argument("words", nargs="+", metavar="WORDS")
    search.add_argument("--all", action="store_true", help=say("models.all_pages"))
    action("info", as_json=True).add_argument("id", metavar="ID", help=say("models.id"))
    download = action("download")
    download.add_argument("id", metavar="ID|REPO/FILE", help=say("models.id_or_file"))
    download.add_argument("--quiet", action="store_true", help=say("models.quiet"))
    action("pause").add_argument("id", nargs="?", metavar="ID", help=say("models.pause_id"))
    action("verify", as_json=True).add_argument("id", nargs="?", metavar="ID", help=say("models.verify_id"))
    bring = action("import")
    bring.add_argument("file", metavar="FILE", help=say("models.file"))
    bring.add_argument("--in-place", action="store_true", help=say("models.in_place"))
    action("remove").add_argument("id", metavar="ID", help=say("models.id"))
    action("token").add_argument("--forget", action="store_true", help=say("models.forget"))
    action("connections", as_json=True)


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Do what was asked."""
    store = _open()
    try:
        return _ACTIONS[options.action](options, catalogue, store)
    except Transient as fault:  # a question that is asked once
        raise fault.error from None
    finally:
        store.hub.close()


def _open() -> Store:
    folders = Folders.of_user()
    settings, _troubles = SettingsFile(folders.config).load()
    return Store.open(
        folders,
        read_entries(resources() / "catalogue.toml"),
        lambda: settings.network != "off",
        endpoint=settings.hub_endpoint,
        proxy=settings.proxy,
        models_folder=settings.models_folder,
        shared=settings.shared_models,
        limit_kb=settings.download_limit,
    )


def _machine(store: Store) -> Machine:
    """Return what this machine has; the engine knows which graphics cards it can use."""
    try:
        with start_engine() as engine:
            devices = load(engine, choose(None, bundled_model())).devices
    except PenwrightError:
        devices = ()  # then the main memory alone counts
    gpus = [device.total for device in devices if device.kind == "gpu"]
    return this_machine(store.folder, max(gpus, default=0))


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _list(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    models = [installed_facts(model) for model in store.installed.models()]
    parts = [unfinished_facts(*each) for each in store.downloader.unfinished()]
    if options.json:
        _print_json({"folder": str(store.folder), "installed": models, "unfinished": parts})
        return 0
    if not models and not parts:
        print(catalogue.say("models.none", folder=str(store.folder)))
    print(table(models, ("id", "size", "quantization", "licence", "since", "checked", "path")), end="")
    for each in parts:
        key = "models.at_work" if each["at_work"] else "models.paused_at"
        print(catalogue.say(key, name=str(each["id"]), percent=int(str(each["percent"]))))
    return 0


def _recommend(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    if not 1 <= options.context <= 10_000_000:
        raise UsageError("models.bad_context", given=options.context)
    machine = _machine(store)
    best = {role: recommend(store.entries, machine, role) for role in _ROLES}
    judged = [offer_facts(offer) for offer in offers(store.entries, machine, options.context)]
    if options.json:
        _print_json(
            {
                "machine": machine.__dict__,
                "recommended": {role: offer and offer.entry.id for role, offer in best.items()},
                "models": judged,
            }
        )
        return 0
    for role, offer in best.items():
        if offer is None:
            print(catalogue.say(f"models.no_{role}"))
        else:
            print(catalogue.say(f"models.best_{role}", name=offer.entry.title, id=offer.entry.id))
    print()
    for each in judged:
        each["verdict"] = catalogue.say(f"models.{each['verdict']}")
    print(table(judged, ("id", "quantization", "files", "needed", "room", "verdict")), end="")
    return 0


def _search(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    found = []
    for page in store.hub.search(" ".join(options.words)):
        found += [found_facts(each) for each in page]
        if not options.all:
            break
    if options.json:
        _print_json(found)
    elif not found:
        print(catalogue.say("models.nothing_found"))
    else:
        print(table(found, ("repo", "parameters", "licence", "gated", "downloads")), end="")
    return 0


def _info(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    entry = find_entry(store.entries, options.id)
    facts: dict[str, object] = {}
    trouble: PenwrightError | None = None
    if entry is not None:
        machine = _machine(store)
        facts = entry_facts(entry, best_variant(entry, machine))
        try:
            facts["hub"] = repository_facts(store.hub.repository(entry.repo))
        except PenwrightError as error:
            trouble = error
        except Transient as fault:
            trouble = fault.error
    else:
        try:
            facts = installed_facts(store.installed.find(options.id))
        except ModelError:
            repo = "/".join(options.id.split("/")[:2])
            if not store.is_safe_repo(repo):
                raise ModelError("models.unknown", wanted=options.id) from None
            facts = repository_facts(store.hub.repository(repo))
    if options.json:
        _print_json(facts)
    else:
        print("\n".join(_lines(facts)))
    if trouble is not None:  # the catalogue's own facts are there all the same
        print(catalogue.sentence(trouble), file=sys.stderr)
    return 0


def _lines(facts: dict[str, object], indent: str = "") -> list[str]:
    lines = []
    for name, value in facts.items():
        label = f"{indent}{name.replace('_', ' '):<16}"
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", *_lines(value, indent + "  ")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            rows = table(value, tuple(value[0])).splitlines()
            lines += [f"{indent}{name}:", *(f"{indent}  {row}" for row in rows)]
        else:
            is_size = name in {"size", "needed", "room", "cache", "files"} and isinstance(value, int)
            shown = size_text(int(str(value))) if is_size else value
            lines.append(f"{label} {', '.join(map(str, shown)) if isinstance(shown, list) else shown}")
    return lines


def _download(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    def chosen(entry: Entry) -> Variant:
        machine = _machine(store)
        variant, fit = best_variant(entry, machine)
        if fit.verdict in (Verdict.TOO_LARGE, Verdict.TIGHT) and not options.quiet:
            key = "models.warn_tight" if fit.verdict is Verdict.TIGHT else "models.warn_large"
            values = {"needed": size_text(fit.needed), "room": size_text(fit.room)}
            print(catalogue.say(key, name=entry.title, **values), file=sys.stderr)
        return variant

    order = store.order(options.id, chosen)
    return fetch(store, order, catalogue, Shown.of(sys.stderr, quiet=options.quiet))


def _pause(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    return pause(store, options.id, catalogue)


def _verify(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    models = [store.installed.find(options.id)] if options.id else store.installed.models()
    results: list[dict[str, object]] = []
    for model in models:
        result: dict[str, object] = {"id": model.id, "whole": True}
        try:
            result["sha256"] = store.installed.verify(model)
        except PenwrightError as error:
            result |= {"whole": False, "problem": catalogue.sentence(error)}
        results.append(result)
        if not options.json:
            key = "models.known" if model.record is not None else "models.only_read"
            print(result.get("problem") or catalogue.say(key, name=model.id, sha256=str(result["sha256"])))
    if options.json:
        _print_json(results)
    return 0 if all(result["whole"] for result in results) else 2


def _import(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    if not options.file:
        raise UsageError("cli.empty_model")
    model = store.installed.bring_in(Path(options.file), copy=not options.in_place)
    print(catalogue.say("models.brought_in", name=model.id, size=size_text(model.size)))
    return 0


def _remove(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    entry = find_entry(store.entries, options.id)
    wanted = options.id
    if entry is not None:
        first = [f"{entry.repo}/{variant.files[0]}" for variant in entry.variants]
        there = [model.id for model in store.installed.models() if model.id in first]
        wanted = there[0] if there else options.id
    model = store.installed.find(wanted)
    freed = store.installed.remove(model)
    print(catalogue.say("models.removed", name=model.id, size=size_text(freed)))
    return 0


def _token(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    origin = store.hub.origin
    if options.forget:
        key = "models.token_gone" if store.tokens.drop(origin) else "models.token_none"
        print(catalogue.say(key, host=origin.host))
        return 0
    if sys.stdin.isatty():
        import getpass  # noqa: PLC0415 - only on a terminal, which doesn't show what is typed

        token = getpass.getpass(catalogue.say("models.token_ask", host=origin.host))
    else:
        token = sys.stdin.readline()
    store.tokens.put(origin, token)
    print(catalogue.say("models.token_kept", host=origin.host))
    return 0


def _connections(options: argparse.Namespace, catalogue: Catalogue, store: Store) -> int:
    entries = [entry.__dict__ for entry in store.log.entries()]
    if options.json:
        _print_json(entries)
    elif not entries:
        print(catalogue.say("models.no_connections"))
    else:
        print(table(entries, ("time", "host", "why", "size", "outcome")), end="")
    return 0


_Action = Callable[[argparse.Namespace, Catalogue, Store], int]
_ACTIONS: dict[str, _Action] = {
    "list": _list,
    "recommend": _recommend,
    "search": _search,
    "info": _info,
    "download": _download,
    "pause": _pause,
    "verify": _verify,
    "import": _import,
    "remove": _remove,
    "token": _token,
    "connections": _connections,
}
