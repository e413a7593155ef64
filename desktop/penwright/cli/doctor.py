"""`penwright doctor`: what this machine has, where everything lies, and whether the model loads."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
from pathlib import Path

import psutil

from penwright import __version__
from penwright.base.build import build_facts
from penwright.base.catalogue import Catalogue
from penwright.base.errors import PenwrightError
from penwright.base.paths import Folders, resources
from penwright.cli.engine import declare_gpu, load, start_engine, wanted_model
from penwright.engine.messages import Placement
from penwright.storage.settings_file import SettingsFile

_MEBI = 1024 * 1024


def declare(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add the command's arguments."""
    parser.add_argument("--model", metavar="PATH", help=catalogue.say("complete.model"))
    declare_gpu(parser, catalogue)
    parser.add_argument("--json", action="store_true", help=catalogue.say("complete.json"))


def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Print the report; the exit code is 0 when the model loads, 2 when it does not."""
    report = examine(options.model, catalogue, options.gpu)
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print(as_text(report, catalogue))
    return 0 if report["model"]["loads"] else 2


def examine(given: str | None, catalogue: Catalogue, gpu: str | None = None) -> dict[str, dict[str, object]]:
    """Return everything there is to know, by section. gpu: "auto", "off", or None as the settings say."""
    folders = Folders.of_user()
    settings, troubles = SettingsFile(folders.config).load()
    memory = psutil.virtual_memory()
    report: dict[str, dict[str, object]] = {
        "versions": {
            "penwright": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            **build_facts(),
            **{name: _version(name) for name in ("PySide6-Essentials", "llama-cpp-python", "numpy")},
        },
        "folders": {
            "data": _folder(folders.data, catalogue),
            "config": _folder(folders.config, catalogue),
            "cache": _folder(folders.cache, catalogue),
            "log": _folder(folders.log, catalogue),
            "resources": str(resources()),
        },
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": psutil.cpu_count(logical=False) or os.cpu_count() or 1,
            "threads": os.cpu_count() or 1,
            "memory_mb": memory.total // _MEBI,
            "free_memory_mb": memory.available // _MEBI,
        },
        "engine": {},
        "model": {"loads": False},
    }
    if troubles:
        report["folders"]["settings"] = " ".join(catalogue.sentence(trouble) for trouble in troubles)
    try:
        model = wanted_model(given, settings.model)
        report["model"] |= {"title": model.title(catalogue), "path": str(model.path)}
        with start_engine() as engine:
            ready = load(engine, model, gpu or settings.gpu, keep=False)  # looking writes nothing
    except PenwrightError as error:
        report["model"]["problem"] = catalogue.sentence(error)
        return report
    report["engine"] = {
        "binding": ready.binding,
        "backends": ", ".join(ready.backends),
        "system_info": ready.system_info,
        "threads": ready.n_threads,
        "devices": [
            {
                "name": device.name,
                "description": device.description,
                "kind": device.kind,
                "memory_mb": device.total // _MEBI,
                "free_mb": device.free // _MEBI,
            }
            for device in ready.devices
        ],
        **_placement(ready.placement, catalogue),
    }
    report["model"] |= {
        "loads": True,
        "description": ready.description,
        "parameters": ready.parameters,
        "size_mb": round(ready.size / _MEBI, 1),
        "context": ready.n_ctx,
        "trained_context": ready.n_ctx_train,
        "vocabulary": ready.n_vocab,
        "load_ms": round(ready.load_ms, 1),
    }
    return report


def _placement(placement: Placement | None, catalogue: Catalogue) -> dict[str, object]:
    if placement is None:
        return {}
    return {
        "gpu_layers": placement.layers,
        "layers": placement.in_all,
        "gpu": placement.device,
        "placement": catalogue.say(placement.key, **placement.values),
    }


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "-"


def _folder(path: Path, catalogue: Catalogue) -> str:
    """Return the folder, and in words that it can't be written to, where that is so."""
    nearest = next((each for each in (path, *path.parents) if each.exists()), path)
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return str(path)
    return catalogue.say("doctor.not_writable", path=str(path))


def as_text(report: dict[str, dict[str, object]], catalogue: Catalogue) -> str:
    """Return the report for people: a heading a section, a line a fact."""
    lines = []
    for section, facts in report.items():
        lines.append(catalogue.say(f"doctor.{section}"))
        for name, fact in facts.items():
            lines.append(f"  {name.replace('_', ' '):<18} {_in_words(fact, catalogue)}")
        lines.append("")
    return "\n".join(lines).rstrip()


def _in_words(fact: object, catalogue: Catalogue) -> str:
    if isinstance(fact, bool):
        return catalogue.say("doctor.yes" if fact else "doctor.no")
    if isinstance(fact, list):
        return "; ".join(
            catalogue.say("doctor.device", **{**each, "kind": catalogue.say(f"doctor.kind_{each['kind']}")})
            for each in fact
        )
    return str(fact) or "-"
