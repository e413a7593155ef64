"""What the commands share: the model that was asked for, an engine that has it, and texts as arguments."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from penwright.base.catalogue import Catalogue
from penwright.base.errors import UsageError
from penwright.base.paths import Folders, bundled_model
from penwright.core.snapshot import AFTER_LIMIT, BEFORE_LIMIT, utf16_units
from penwright.engine.blocking import BlockingEngine
from penwright.engine.client import EngineClient
from penwright.engine.messages import Load, Ready
from penwright.engine.placement import gpu_layers
from penwright.modelstore.library import ModelFile, choose
from penwright.storage.documents import Documents
from penwright.storage.settings_file import SettingsFile


def wanted_model(given: str | None, setting: str | None = None) -> ModelFile:
    """Return the model of `--model`, else that of the settings, else the starter. Raises ModelError."""
    if given == "":
        raise UsageError("cli.empty_model")
    return choose(given if given is not None else setting, bundled_model())


def start_engine() -> BlockingEngine:
    """Return an engine in a worker process of its own; use it in a `with`."""
    return BlockingEngine(EngineClient)


def declare_gpu(parser: argparse.ArgumentParser, catalogue: Catalogue) -> None:
    """Add `--gpu auto|off`."""
    parser.add_argument("--gpu", choices=("auto", "off"), help=catalogue.say("cli.gpu"))


def load(
    engine: BlockingEngine,
    model: ModelFile,
    gpu: str | None = None,
    threads: int = 0,
    *,
    keep: bool = True,
) -> Ready:
    """Load the model. Raises ModelError or EngineError.

    gpu: "auto" puts layers on a GPU as far as they fit, "off" none; None does what the settings say.
    threads: 0 for the engine's choice. keep: what can be made again (a vocabulary's table) is kept in the
    cache folder.
    """
    if gpu is None:
        gpu = SettingsFile(Folders.of_user().config).load()[0].gpu
    cache = str(Folders.of_user().cache) if keep else ""
    path = str(model.path.absolute())
    return engine.load(Load(path, n_threads=threads, gpu_layers=gpu_layers(gpu), cache=cache))


def text_argument(given: str | None, file: str | None, catalogue: Catalogue) -> str:
    """Return a text given by itself or as a file ("-" is standard input). Raises DocumentError.

    What was guessed of the file, such as its encoding, is told on the error stream.
    """
    if given is not None:
        # What the shell passed in bytes that are no UTF-8 comes as lone surrogates.
        return given.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if file is None:
        return ""
    documents = Documents()
    found = documents.read(sys.stdin.buffer, "-") if file == "-" else documents.open(Path(file))
    for key, values in found.notes:
        print(catalogue.say(key, **values), file=sys.stderr)
    return found.text


def bounded(before: str, after: str) -> tuple[str, str, int]:
    """Return the text around the caret as the window would take it, and where it begins (UTF-16 units)."""
    cut = max(0, len(before) - BEFORE_LIMIT)
    return before[cut:], after[:AFTER_LIMIT], utf16_units(before[:cut])
