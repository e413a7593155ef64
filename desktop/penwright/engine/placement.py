"""Where a model's layers go: which numbers of layers are tried on a GPU, and what memory each needs.

The rules are pure. The worker tries the rungs from the top (engine.loading), the client goes on further down
when a rung ended the worker (engine.faults). Figures are estimates from the file's header; they only choose
where to begin, for a rung is kept when it has loaded and evaluated something, and not before.

Layers are counted as llama.cpp counts them for a GPU: the repeating ones and the output.
"""

from __future__ import annotations

from dataclasses import dataclass

from penwright.base.errors import Value
from penwright.engine.messages import Device, Load, Placement

_MEBI = 1024 * 1024
# What the process has besides the model: Python, llama.cpp, the token table.
PROCESS = 150 * _MEBI
# Left free on a GPU for what is drawn on it: a twentieth, and never more than this.
_SPARE_MOST = 512 * _MEBI
# Estimates are a little high more often than low, so a rung this much above what is free is still tried.
_HOPE = 1.1
_ALSO_NONE = frozenset({"ended", "ran_out", "short", "part"})  # reasons with a sentence for no layer at all


@dataclass(frozen=True)
class Shape:
    """What decides how much memory a model takes. Sizes in bytes.

    layers: the repeating ones and the output. weights: of all tensors. cache: KV cache of the whole context.
    scratch: for evaluating one batch, on each device that has layers.
    """

    layers: int
    weights: int
    cache: int
    scratch: int

    def on_device(self, layers: int) -> int:
        """Return what so many layers need on a GPU."""
        if layers <= 0:
            return 0
        return (self.weights + self.cache) * min(layers, self.layers) // self.layers + self.scratch

    def on_host(self, layers: int, *, shared: bool = False) -> int:
        """Return what the system's memory has to hold when so many layers are on a GPU.

        shared: the GPU has no memory of its own.
        """
        if shared:
            return self.weights + self.cache + self.scratch + PROCESS
        left = max(0, self.layers - layers)
        return (self.weights + self.cache) * left // self.layers + self.scratch + PROCESS


@dataclass(frozen=True)
class Target:
    """The GPU, or all of them together, that llama.cpp would put layers on. Memory in bytes.

    shared: its memory is the system's.
    """

    name: str
    free: int
    total: int
    shared: bool = False

    @property
    def room(self) -> int:
        """How much of it a model may take."""
        return max(0, self.free - min(_SPARE_MOST, self.total // 20))


def target(devices: tuple[Device, ...]) -> Target | None:
    """Return what llama.cpp uses of these devices: all GPUs, or an integrated one where there is no other."""
    used = [device for device in devices if device.kind == "gpu"]
    shared = not used
    if not used:
        used = [device for device in devices if device.kind == "integrated"][:1]
    if not used:
        return None
    name = " + ".join(device.description or device.name for device in used)
    free, total = sum(device.free for device in used), sum(device.total for device in used)
    if shared:  # some drivers report all of the memory as free
        system = [device.free for device in devices if device.kind == "cpu"]
        free = min([free, *system])
    return Target(name, free, total, shared)


def fitting(shape: Shape, room: int) -> int:
    """Return how many layers fit into so much of a GPU's memory, by the estimate."""
    each = (shape.weights + shape.cache) / shape.layers
    if room <= shape.scratch or not each:
        return 0
    return min(shape.layers, int((room - shape.scratch) / each))


def rungs(shape: Shape, device: Target | None, host_free: int, most: int = -1) -> tuple[int, ...]:
    """Return the numbers of layers to try, the best first; none when the system has no memory for any.

    most: no rung above it, -1 for no such limit. The last rung is 0 layers, where the system's memory allows
    that: everything on the processor.
    """
    top = shape.layers if most < 0 else min(most, shape.layers)
    steps: list[int] = []
    if device is not None and top > 0:
        fit = fitting(shape, device.room)
        if shape.on_device(top) <= device.room * _HOPE:
            steps.append(top)
        below = min(fit, top - 1) if fit < top else top * 3 // 4
        steps += [below, below * 3 // 4, below // 2, below // 4]
    ladder: list[int] = []
    for layers in [*steps, 0]:
        held = shape.on_host(layers, shared=device is not None and device.shared)
        if held <= host_free and layers >= 0 and (not ladder or layers < ladder[-1]):
            ladder.append(layers)
    return tuple(ladder)


def gpu_layers(wish: str) -> int:
    """Return Load's `gpu_layers` for a writer's wish, "auto" or "off"."""
    return 0 if wish == "off" else -1


def below(layers: int, falls: int) -> int:
    """Return how many layers are tried after a worker with `layers` on a GPU has ended for the falls-th time.

    Half at first. A GPU that ends the worker again is left alone: each fall costs the writer a restart.
    """
    return layers // 2 if falls < 2 else 0


def explain(
    layers: int, in_all: int, shape: Shape, device: Target | None, load: Load, *, failed: int = 0
) -> Placement:
    """Return the placement of a model that has been loaded, with the reason for it.

    layers, in_all: as llama.cpp told them. failed: the highest rung that was tried in vain, 0 for none.
    """
    name = load.fallen_on or (device.name if device is not None else "")
    values: dict[str, Value] = {"layers": layers, "in_all": in_all, "device": name}
    reason = "all"
    if load.fallen == "driver":
        reason = "driver"
    elif load.fallen:
        reason, values["tried"] = load.fallen, load.fallen_from
    elif load.gpu_layers == 0:
        reason = "off"
    elif device is None:
        reason = "no_device"
    elif failed:
        reason, values["tried"] = "short", failed
    elif layers < in_all and 0 <= load.gpu_layers <= layers:
        reason = "asked"
    elif layers < in_all:
        reason = "part"
        values["needed_mb"] = -(-shape.on_device(shape.layers) // _MEBI)
        values["free_mb"] = device.room // _MEBI
    if layers == 0 and reason in _ALSO_NONE:
        reason += "_none"
    return Placement(layers, in_all, name if layers else "", f"placement.{reason}", values, bool(load.fallen))
