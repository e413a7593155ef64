"""Loads a model as high on the ladder as it will go: all layers on a GPU, some of them, none.

A rung is kept when the model has loaded, its context was made, and a full batch and a single token have been
evaluated. Only for the worker's process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from penwright.base.errors import EngineError, ModelError, PenwrightError
from penwright.engine.messages import Load, Placement, Trying
from penwright.engine.placement import Target, below, explain, rungs, target
from penwright.engine.worker import memory
from penwright.engine.worker.evaluation import Evaluation, cells_for
from penwright.engine.worker.llama.context import CPU_BATCH, GPU_BATCH, Context
from penwright.engine.worker.llama.library import Library
from penwright.engine.worker.llama.model import Model
from penwright.modelstore.gguf_header import read_header

_OUT_OF_MEMORY = ("alloc", "memory")  # in llama.cpp's words, when a device had too little of it


@dataclass(frozen=True)
class Seat:
    """A model with its KV cache, where it could be placed. positions: tokens of a prompt and its answer."""

    model: Model
    evaluation: Evaluation
    positions: int
    placement: Placement


class _TooHigh(Exception):  # noqa: N818 - never leaves this module
    """A rung could not be held. short: for want of memory, so that a lower one may do."""

    def __init__(self, *, short: bool) -> None:
        super().__init__(short)
        self.short = short


def take_seat(
    library: Library,
    load: Load,
    wanted: int,
    n_threads: int,
    tell: Callable[[Trying], None],
) -> Seat:
    """Load the model of `load` on the highest rung that holds. `tell` hears of each rung before it is tried.

    wanted: tokens of a prompt and its answer; a model that was trained for fewer gets fewer. Raises
    ModelError when the file is no model, doesn't fit into memory, or is refused; EngineError when the
    context can't be made.
    """
    path = Path(load.path)
    header = read_header(path)
    cells = cells_for(min(wanted, header.context_length or wanted))
    shape = memory.shape_of(path, header, cells, GPU_BATCH)
    device = target(library.devices()) if load.gpu_layers != 0 else None
    free = memory.available() - load.held
    ladder = rungs(shape, device, free, load.gpu_layers)
    if not ladder:
        raise memory.short(path, shape.on_host(0), free)

    def make(model: Model, layers: int) -> Evaluation:
        batch = GPU_BATCH if layers else CPU_BATCH
        return Evaluation(model, min(wanted, model.n_ctx_train), n_threads, batch)

    failed = 0
    while ladder:
        layers, *lower = ladder
        tell(Trying(layers, shape.layers, device.name if device is not None else ""))
        try:
            model, evaluation = _try(library, path, -1 if layers == shape.layers else layers, make)
        except _TooHigh as too_high:
            failed = failed or layers
            ladder = tuple(lower) if too_high.short else tuple(lower[-1:])
            continue
        on_device, in_all = library.offloaded
        placement = explain(on_device, in_all or shape.layers, shape, device, load, failed=failed)
        return Seat(model, evaluation, min(wanted, model.n_ctx_train), placement)
    raise memory.short(path, shape.on_host(0), free)


def _try(
    library: Library, path: Path, layers: int, make: Callable[[Model, int], Evaluation]
) -> tuple[Model, Evaluation]:
    """Load with so many layers on a GPU (-1: all). Raises _TooHigh when a lower rung may do, else why not."""
    model: Model | None = None
    evaluation: Evaluation | None = None
    try:
        model = Model(library, path, layers)
        evaluation = make(model, layers)
        if layers:
            _prove(evaluation.context)
            _look(target(library.devices()))
    except (PenwrightError, _TooHigh) as error:
        if evaluation is not None:
            evaluation.context.close()
        if model is not None:
            model.close()
        if layers and isinstance(error, EngineError):
            raise _TooHigh(short=True) from error
        if layers and isinstance(error, ModelError) and error.key == "engine.refused":
            why = str(error.values["why"]).lower()
            raise _TooHigh(short=any(word in why for word in _OUT_OF_MEMORY)) from error
        raise
    return model, evaluation


def _prove(context: Context) -> None:
    """Evaluate a full batch and one token, and forget them: what a GPU lacks shows now, not at a key."""
    context.evaluate((0,) * context.n_batch, 0, 0)
    context.evaluate((0,), 0, context.n_batch)
    context.remove(0)


def _look(device: Target | None) -> None:
    """Raise _TooHigh when a GPU is full to the brim: its driver would move memory to and fro."""
    if device is not None and not device.shared and device.free < device.total // 100:
        raise _TooHigh(short=True)


def after_running_out(load: Load, placement: Placement, error: PenwrightError) -> Load | None:
    """Return what to load after an evaluation failed on a GPU; None when it was not a GPU's fault.

    llama_decode returns -2 when memory can't be had and -3 when the backend fails.
    """
    if placement.layers == 0 or error.key != "engine.evaluation_failed":
        return None
    if int(error.values.get("code", 0)) > -2:
        return None
    return replace(
        load,
        gpu_layers=below(placement.layers, 2 if load.fallen else 1),
        fallen="ran_out",
        fallen_from=placement.layers,
        fallen_on=placement.device,
    )
